#include "engine/runtime/seccomp_profile.h"

#include "engine/runtime/default_seccomp_json.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>

namespace portlight::runtime {

namespace {

// Architecture names of profiles, and what libseccomp calls them.
struct ArchitectureName {
    const char* profile;
    const char* machine; ///< uname -m
    const char* seccomp;
};
constexpr ArchitectureName kArchitectures[] {
    { "amd64", "x86_64", "SCMP_ARCH_X86_64" },
    { "arm64", "aarch64", "SCMP_ARCH_AARCH64" },
    { "riscv64", "riscv64", "SCMP_ARCH_RISCV64" },
    { "ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE" },
    { "s390x", "s390x", "SCMP_ARCH_S390X" },
    { "loong64", "loongarch64", "SCMP_ARCH_LOONGARCH64" },
    { "x86", "i686", "SCMP_ARCH_X86" },
    { "arm", "armv7l", "SCMP_ARCH_ARM" },
};

const ArchitectureName* findArchitecture(const std::string& profileName)
{
    const auto* const found = std::find_if(std::begin(kArchitectures), std::end(kArchitectures),
        [&](const ArchitectureName& each) { return each.profile == profileName; });
    return found == std::end(kArchitectures) ? nullptr : found;
}

bool contains(const std::vector<std::string>& list, const std::string& item)
{
    return std::find(list.begin(), list.end(), item) != list.end();
}

struct Condition {
    std::vector<std::string> capabilities;
    std::vector<std::string> architectures;
    std::string minKernel;
};

Result<Condition> conditionOf(const Json& rule, const char* key)
{
    Condition condition;
    const Json& json = jsonMember(rule, key);
    PL_TRY(condition.capabilities, jsonStrings(json, "caps"));
    PL_TRY(condition.architectures, jsonStrings(json, "arches"));
    PL_TRY(condition.minKernel, jsonString(json, "minKernel"));
    return condition;
}

Result<bool> isKernelAtLeast(const SeccompMachine& machine, const std::string& version)
{
    int major = 0;
    int minor = 0;
    if (std::sscanf(version.c_str(), "%d.%d", &major, &minor) != 2)
        return makeError(
            Errc::InvalidArgument, "seccomp profile: minKernel '" + version + "' is no version");
    return machine.kernelMajor > major
        || (machine.kernelMajor == major && machine.kernelMinor >= minor);
}

Result<bool> applies(
    const Json& rule, const std::vector<std::string>& capabilities, const SeccompMachine& machine)
{
    const auto isHeld = [&](const std::string& name) { return contains(capabilities, name); };
    PL_TRY(const auto includes, conditionOf(rule, "includes"));
    PL_TRY(const auto excludes, conditionOf(rule, "excludes"));
    if (!includes.architectures.empty() && !contains(includes.architectures, machine.architecture))
        return false;
    if (!std::all_of(includes.capabilities.begin(), includes.capabilities.end(), isHeld))
        return false;
    if (!includes.minKernel.empty()) {
        PL_TRY(const bool isNewEnough, isKernelAtLeast(machine, includes.minKernel));
        if (!isNewEnough)
            return false;
    }
    if (contains(excludes.architectures, machine.architecture))
        return false;
    if (std::any_of(excludes.capabilities.begin(), excludes.capabilities.end(), isHeld))
        return false;
    if (!excludes.minKernel.empty()) {
        PL_TRY(const bool isNewEnough, isKernelAtLeast(machine, excludes.minKernel));
        return !isNewEnough;
    }
    return true;
}

// The machine's own architecture and those it can run besides.
Result<std::vector<std::string>> architecturesOf(const Json& profile, const SeccompMachine& machine)
{
    std::vector<std::string> architectures;
    const ArchitectureName* const native = findArchitecture(machine.architecture);
    if (native == nullptr)
        return architectures;
    architectures.emplace_back(native->seccomp);
    const Json& map = jsonMember(profile, "archMap");
    if (!map.is_null() && !map.is_array())
        return makeError(Errc::InvalidArgument, "seccomp profile: archMap is not a list");
    for (const Json& entry : map) {
        PL_TRY(const auto name, jsonString(entry, "architecture"));
        if (name != native->seccomp)
            continue;
        PL_TRY(const auto others, jsonStrings(entry, "subArchitectures"));
        architectures.insert(architectures.end(), others.begin(), others.end());
    }
    return architectures;
}

Result<Json> ruleOf(const Json& rule)
{
    Json out;
    PL_TRY(auto names, jsonStrings(rule, "names"));
    PL_TRY(auto name, jsonString(rule, "name")); // the form before Docker 1.12
    if (!name.empty())
        names.push_back(std::move(name));
    out["names"] = names;
    PL_TRY(out["action"], jsonString(rule, "action"));
    if (const Json& number = jsonMember(rule, "errnoRet"); !number.is_null())
        out["errnoRet"] = number;
    if (const Json& args = jsonMember(rule, "args"); args.is_array() && !args.empty())
        out["args"] = args;
    return out;
}

} // namespace

SeccompMachine thisMachine()
{
    SeccompMachine machine;
    utsname names {};
    ::uname(&names);
    for (const ArchitectureName& each : kArchitectures) {
        if (std::string(names.machine) == each.machine)
            machine.architecture = each.profile;
    }
    (void)std::sscanf(names.release, "%d.%d", &machine.kernelMajor, &machine.kernelMinor);
    return machine;
}

Result<Json> resolveSeccompProfile(const Json& profile,
    const std::vector<std::string>& capabilities, const SeccompMachine& machine)
{
    if (!profile.is_object())
        return makeError(Errc::InvalidArgument, "seccomp profile is not an object");
    Json resolved;
    PL_TRY(resolved["defaultAction"], jsonString(profile, "defaultAction"));
    if (const Json& number = jsonMember(profile, "defaultErrnoRet"); !number.is_null())
        resolved["defaultErrnoRet"] = number;
    if (!jsonMember(profile, "archMap").is_null()) {
        PL_TRY(resolved["architectures"], architecturesOf(profile, machine));
    } else {
        PL_TRY(resolved["architectures"], jsonStrings(profile, "architectures"));
    }
    Json rules = Json::array();
    const Json& listed = jsonMember(profile, "syscalls");
    if (!listed.is_null() && !listed.is_array())
        return makeError(Errc::InvalidArgument, "seccomp profile: syscalls is not a list");
    for (const Json& rule : listed) {
        PL_TRY(const bool isWanted, applies(rule, capabilities, machine));
        if (!isWanted)
            continue;
        PL_TRY(auto converted, ruleOf(rule));
        rules.push_back(std::move(converted));
    }
    resolved["syscalls"] = std::move(rules);
    return resolved;
}

Result<Json> defaultSeccomp(const std::vector<std::string>& capabilities)
{
    PL_TRY(const auto profile, parseJson(kDefaultSeccompJson));
    return resolveSeccompProfile(profile, capabilities, thisMachine());
}

} // namespace portlight::runtime
