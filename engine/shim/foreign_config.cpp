#include "engine/shim/foreign_config.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_options.h"
#include "engine/runtime/user_lookup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::shim {

namespace {

constexpr std::size_t kMaxUserFile = 1U << 20U;

/// Where other processes find what we have open.
std::string pathOf(int descriptor)
{
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor);
}

/// A bind of a place below a volume: opened here, where nothing in it can lead elsewhere.
Result<void> resolveSubpath(Json& mount, std::vector<Fd>& held)
{
    Json& options = mount["options"];
    const std::string_view key = runtime::kSubpathOption;
    for (auto at = options.begin(); at != options.end(); ++at) {
        const auto* const word = at->get_ptr<const std::string*>();
        if (word == nullptr || !word->starts_with(key))
            continue;
        const std::string subpath = word->substr(key.size());
        PL_TRY(const auto source, jsonString(mount, "source"));
        PL_TRY(const auto top, openFile(source, O_PATH | O_DIRECTORY));
        auto place = openInRoot(top, subpath, O_PATH);
        if (!place)
            return withContext(place.error(), "subpath '" + subpath + "' of '" + source + "'");
        mount["source"] = pathOf(place.value().get());
        held.push_back(std::move(place).value());
        options.erase(at);
        return success();
    }
    return success();
}

void nameNetwork(Json& linuxPart)
{
    const std::string own = "/proc/self/fd/" + std::to_string(runtime::kNetworkFd);
    if (!linuxPart.contains("namespaces"))
        return;
    for (Json& space : linuxPart["namespaces"]) {
        if (space.is_object() && space.value("path", std::string()) == own)
            space["path"] = pathOf(runtime::kNetworkFd);
    }
}

// Not a link, not a FIFO, not without end: the container may have put anything there.
std::string textInRoot(const Fd& root, const char* path)
{
    const auto file = openInRoot(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat info {};
    if (!file || ::fstat(file.value().get(), &info) != 0 || !S_ISREG(info.st_mode))
        return {};
    auto text = readAll(file.value(), kMaxUserFile);
    return text ? std::move(text).value() : std::string();
}

} // namespace

Result<ForeignConfig> foreignConfig(const runtime::Bundle& bundle, const std::string& group)
{
    ForeignConfig config;
    PL_TRY(const auto text, readFile(bundle.path + "/config.json", 8U << 20U));
    PL_TRY(config.json, parseJson(text));
    // Older ones (crun 1.8) read no other; what we use means the same in all of them.
    config.json["ociVersion"] = "1.0.2";
    const std::string& root = bundle.config.rootPath;
    config.json["root"]["path"] = root.starts_with('/') ? root : bundle.path + "/" + root;
    Json& linuxPart = config.json["linux"];
    if (!linuxPart.is_object())
        linuxPart = Json::object();
    nameNetwork(linuxPart);
    linuxPart.erase("cgroupsPath");
    if (!group.empty())
        linuxPart["cgroupsPath"] = group;
    if (config.json.contains("mounts")) {
        for (Json& mount : config.json["mounts"]) {
            if (mount.is_object() && mount.contains("options")) {
                PL_TRY(resolveSubpath(mount, config.held));
            }
        }
    }
    return config;
}

Result<Json> foreignProcess(
    std::string_view payload, const runtime::ExecRequest& request, pid_t pid)
{
    PL_TRY(const auto json, parseJson(payload));
    Json process = jsonMember(json, "process");
    PL_TRY(
        const auto root, openFile("/proc/" + std::to_string(pid) + "/root", O_PATH | O_DIRECTORY));
    PL_TRY(const auto user,
        runtime::resolveUser(request.user, request.groups, textInRoot(root, "/etc/passwd"),
            textInRoot(root, "/etc/group")));
    process["user"] = { { "uid", user.uid }, { "gid", user.gid },
        { "additionalGids", user.additionalGids } };
    return process;
}

} // namespace portlight::shim
