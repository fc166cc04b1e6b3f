#include "engine/oci/runtime_config.h"

#include "engine/oci/json_fields.h"
#include "engine/oci/runtime_config_linux.h"

#include <algorithm>
#include <set>

namespace portlight::oci {

namespace {

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
}

// A NUL cannot be passed to a system call; what follows it would be dropped silently.
bool hasNul(const std::string& text)
{
    return text.find('\0') != std::string::npos;
}

Result<ProcessUser> userFromJson(const Json& json)
{
    ProcessUser user;
    PL_TRY(const auto uid, numberField<std::uint32_t>(json, "uid"));
    PL_TRY(const auto gid, numberField<std::uint32_t>(json, "gid"));
    user.uid = uid.value_or(0);
    user.gid = gid.value_or(0);
    PL_TRY(user.umask, numberField<std::uint32_t>(json, "umask"));
    const Json& groups = jsonMember(json, "additionalGids");
    if (!groups.is_null() && !groups.is_array())
        return invalid("field 'additionalGids' is not a list");
    for (const Json& group : groups) {
        if (!group.is_number_unsigned() || group.get<std::uint64_t>() > UINT32_MAX)
            return invalid("field 'additionalGids' holds what is not a group id");
        user.additionalGids.push_back(group.get<std::uint32_t>());
    }
    return user;
}

Result<Rlimit> rlimitFromJson(const Json& json)
{
    Rlimit limit;
    PL_TRY(limit.type, requiredString(json, "type"));
    PL_TRY(limit.soft, requiredNumber<std::uint64_t>(json, "soft"));
    PL_TRY(limit.hard, requiredNumber<std::uint64_t>(json, "hard"));
    return limit;
}

Result<CapabilitySets> capabilitiesFromJson(const Json& json)
{
    CapabilitySets sets;
    PL_TRY(sets.bounding, jsonStrings(json, "bounding"));
    PL_TRY(sets.effective, jsonStrings(json, "effective"));
    PL_TRY(sets.permitted, jsonStrings(json, "permitted"));
    PL_TRY(sets.inheritable, jsonStrings(json, "inheritable"));
    PL_TRY(sets.ambient, jsonStrings(json, "ambient"));
    return sets;
}

Result<void> readConsole(const Json& json, Process& process)
{
    PL_TRY(process.hasTerminal, jsonBool(json, "terminal"));
    PL_TRY(const Json* size, objectField(json, "consoleSize"));
    if (!size->is_null()) {
        ConsoleSize console;
        PL_TRY(console.rows, requiredNumber<std::uint16_t>(*size, "height"));
        PL_TRY(console.columns, requiredNumber<std::uint16_t>(*size, "width"));
        process.consoleSize = console;
    }
    return success();
}

Result<void> readPrivileges(const Json& json, Process& process)
{
    PL_TRY(const Json* capabilities, objectField(json, "capabilities"));
    if (!capabilities->is_null()) {
        PL_TRY(process.capabilities, capabilitiesFromJson(*capabilities));
    }
    PL_TRY(process.rlimits, listField<Rlimit>(json, "rlimits", &rlimitFromJson));
    std::set<std::string> seen;
    for (const Rlimit& limit : process.rlimits) {
        if (!seen.insert(limit.type).second)
            return invalid("rlimit '" + limit.type + "' is given twice");
    }
    PL_TRY(process.hasNoNewPrivileges, jsonBool(json, "noNewPrivileges"));
    PL_TRY(process.oomScoreAdj, numberField<int>(json, "oomScoreAdj"));
    PL_TRY(process.apparmorProfile, jsonString(json, "apparmorProfile"));
    PL_TRY(process.selinuxLabel, jsonString(json, "selinuxLabel"));
    return success();
}

Result<Mount> mountFromJson(const Json& json)
{
    Mount mount;
    PL_TRY(mount.destination, requiredString(json, "destination"));
    if (mount.destination.front() != '/') // allowed for old configurations: relative to "/"
        mount.destination.insert(0, "/");
    PL_TRY(mount.type, jsonString(json, "type"));
    PL_TRY(mount.source, jsonString(json, "source"));
    PL_TRY(mount.options, jsonStrings(json, "options"));
    PL_TRY(mount.uidMappings, listField<IdMapping>(json, "uidMappings", &idMappingFromJson));
    PL_TRY(mount.gidMappings, listField<IdMapping>(json, "gidMappings", &idMappingFromJson));
    if (hasNul(mount.destination) || hasNul(mount.source))
        return invalid("mount path holds a NUL byte");
    return mount;
}

Result<Hook> hookFromJson(const Json& json)
{
    Hook hook;
    PL_TRY(hook.path, requiredString(json, "path"));
    if (hook.path.front() != '/')
        return invalid("hook path '" + hook.path + "' is not absolute");
    PL_TRY(hook.args, jsonStrings(json, "args"));
    PL_TRY(hook.env, jsonStrings(json, "env"));
    PL_TRY(hook.timeoutSeconds, numberField<std::int64_t>(json, "timeout"));
    if (hook.timeoutSeconds && *hook.timeoutSeconds <= 0)
        return invalid("hook timeout must be greater than zero");
    return hook;
}

Result<Hooks> hooksFromJson(const Json& json)
{
    Hooks hooks;
    PL_TRY(hooks.prestart, listField<Hook>(json, "prestart", &hookFromJson));
    PL_TRY(hooks.createRuntime, listField<Hook>(json, "createRuntime", &hookFromJson));
    PL_TRY(hooks.createContainer, listField<Hook>(json, "createContainer", &hookFromJson));
    PL_TRY(hooks.startContainer, listField<Hook>(json, "startContainer", &hookFromJson));
    PL_TRY(hooks.poststart, listField<Hook>(json, "poststart", &hookFromJson));
    PL_TRY(hooks.poststop, listField<Hook>(json, "poststop", &hookFromJson));
    return hooks;
}

} // namespace

Result<Process> processFromJson(const Json& json)
{
    if (!json.is_object())
        return invalid("process is not an object");
    Process process;
    PL_TRY(readConsole(json, process));
    PL_TRY(const Json* user, objectField(json, "user"));
    PL_TRY(process.user, userFromJson(*user));
    PL_TRY(process.args, jsonStrings(json, "args"));
    if (process.args.empty())
        return invalid("process has no args");
    PL_TRY(process.env, jsonStrings(json, "env"));
    PL_TRY(process.cwd, requiredString(json, "cwd"));
    if (process.cwd.front() != '/')
        return invalid("working directory '" + process.cwd + "' is not an absolute path");
    if (hasNul(process.cwd) || std::any_of(process.args.begin(), process.args.end(), hasNul)
        || std::any_of(process.env.begin(), process.env.end(), hasNul))
        return invalid("process holds a NUL byte in args, env or cwd");
    PL_TRY(readPrivileges(json, process));
    return process;
}

Result<RuntimeConfig> runtimeConfigFromJson(const Json& json)
{
    if (!json.is_object())
        return invalid("runtime configuration is not an object");
    RuntimeConfig config;
    PL_TRY(config.ociVersion, requiredString(json, "ociVersion"));
    if (!config.ociVersion.starts_with("1."))
        return invalid("ociVersion '" + config.ociVersion + "' is not 1.x");
    PL_TRY(const Json* root, objectField(json, "root"));
    PL_TRY(config.rootPath, requiredString(*root, "path"));
    PL_TRY(config.isRootReadOnly, jsonBool(*root, "readonly"));
    PL_TRY(const Json* process, objectField(json, "process"));
    if (!process->is_null()) {
        PL_TRY(config.process, processFromJson(*process));
    }
    PL_TRY(config.hostname, jsonString(json, "hostname"));
    PL_TRY(config.domainname, jsonString(json, "domainname"));
    PL_TRY(config.mounts, listField<Mount>(json, "mounts", &mountFromJson));
    PL_TRY(const Json* hooks, objectField(json, "hooks"));
    PL_TRY(config.hooks, hooksFromJson(*hooks));
    PL_TRY(config.annotations, stringMapField(json, "annotations"));
    PL_TRY(const Json* linuxPart, objectField(json, "linux"));
    PL_TRY(config.linuxConfig, linuxConfigFromJson(*linuxPart));
    return config;
}

const Namespace* LinuxConfig::findNamespace(const std::string& type) const
{
    const auto found = std::find_if(namespaces.begin(), namespaces.end(),
        [&type](const Namespace& each) { return each.type == type; });
    return found == namespaces.end() ? nullptr : &*found;
}

} // namespace portlight::oci
