#include "engine/oci/runtime_config.h"

#include "engine/oci/json_fields.h"
#include "engine/oci/runtime_config_linux.h"

#include <algorithm>

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
    // What podman's "--group-add keep-groups" asks an OCI runtime for.
    if (const auto kept = config.annotations.find("run.oci.keep_original_groups");
        config.process && kept != config.annotations.end())
        config.process->user.keepsGroups = kept->second == "1";
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
