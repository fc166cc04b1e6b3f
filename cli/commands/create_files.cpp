#include "cli/commands/create_parts.h"

#include "cli/text/human.h"

#include <filesystem>

namespace portlight::cli {

namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path)
{
    std::error_code failure;
    return fs::absolute(path, failure).lexically_normal().string();
}

bool isPath(const std::string& text)
{
    return text.starts_with('/') || text.starts_with('.') || text.starts_with('~');
}

Error badMount(const std::string& field)
{
    return makeError(Errc::InvalidArgument,
        "invalid argument for \"--mount\" flag: unexpected or invalid '" + field + "'");
}

/// The fields that belong to one type of mount; false where the field is none of them.
Result<bool> putTypedField(const std::string& key, const std::string& setting, Json& mount)
{
    if (key == "bind-propagation")
        mount["BindOptions"]["Propagation"] = setting;
    else if (key == "bind-nonrecursive")
        mount["BindOptions"]["NonRecursive"] = setting != "false";
    else if (key == "bind-recursive" && setting == "disabled")
        mount["BindOptions"]["NonRecursive"] = true;
    else if (key == "bind-recursive" && setting == "writable")
        mount["BindOptions"]["ReadOnlyNonRecursive"] = true;
    else if (key == "bind-recursive" && setting == "readonly")
        mount["BindOptions"]["ReadOnlyForceRecursive"] = true;
    else if (key == "volume-nocopy")
        mount["VolumeOptions"]["NoCopy"] = setting != "false";
    else if (key == "volume-subpath")
        mount["VolumeOptions"]["Subpath"] = setting;
    else if (key == "volume-driver")
        mount["VolumeOptions"]["DriverConfig"]["Name"] = setting;
    else if (key == "volume-label" || key == "volume-opt") {
        const std::size_t equals = setting.find('=');
        Json& options = mount["VolumeOptions"];
        Json& map = key == "volume-label" ? options["Labels"] : options["DriverConfig"]["Options"];
        map[setting.substr(0, equals)] =
            equals == std::string::npos ? std::string() : setting.substr(equals + 1);
    } else if (key == "tmpfs-size") {
        PL_TRY(mount["TmpfsOptions"]["SizeBytes"], parseBytes(setting));
    } else if (key == "tmpfs-mode") {
        if (setting.empty() || setting.find_first_not_of("01234567") != std::string::npos)
            return badMount(key + "=" + setting);
        mount["TmpfsOptions"]["Mode"] = std::stoul(setting.substr(0, 8), nullptr, 8);
    } else {
        return false;
    }
    return true;
}

Result<Json> mountOf(const std::string& text)
{
    Json mount { { "Type", "volume" } };
    for (const std::string& field : split(text, ',')) {
        const std::size_t equals = field.find('=');
        const std::string key = field.substr(0, equals);
        const std::string setting = equals == std::string::npos ? "true" : field.substr(equals + 1);
        if (key == "type") {
            mount["Type"] = setting;
        } else if (key == "source" || key == "src") {
            mount["Source"] = setting.starts_with('.') ? absolute(setting) : setting;
        } else if (key == "target" || key == "dst" || key == "destination") {
            mount["Target"] = setting;
        } else if (key == "readonly" || key == "ro") {
            mount["ReadOnly"] = setting != "false" && setting != "0";
        } else if (key == "consistency") {
            mount["Consistency"] = setting;
        } else {
            PL_TRY(const bool isKnown, putTypedField(key, setting, mount));
            if (!isKnown)
                return badMount(field);
        }
    }
    if (!mount.contains("Target"))
        return makeError(Errc::InvalidArgument,
            "invalid argument \"" + text + "\" for \"--mount\" flag: target is required");
    return mount;
}

} // namespace

Result<void> putFiles(const Options& options, Json& body)
{
    Json& host = body["HostConfig"];
    for (const std::string& given : options.all("volume")) {
        const std::size_t colon = given.find(':');
        if (colon == std::string::npos)
            body["Volumes"][given] = Json::object();
        else if (isPath(given) && !given.starts_with('/'))
            host["Binds"].push_back(absolute(given.substr(0, colon)) + given.substr(colon));
        else
            host["Binds"].push_back(given);
    }
    for (const std::string& given : options.all("mount")) {
        PL_TRY(Json mount, mountOf(given));
        host["Mounts"].push_back(std::move(mount));
    }
    for (const std::string& given : options.all("tmpfs")) {
        const std::size_t colon = given.find(':');
        host["Tmpfs"][given.substr(0, colon)] =
            colon == std::string::npos ? std::string() : given.substr(colon + 1);
    }
    return success();
}

} // namespace portlight::cli
