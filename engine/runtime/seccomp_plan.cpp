#include "engine/runtime/seccomp_plan.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/seccomp_compiler.h"

#include <fcntl.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <functional>
#include <string_view>

namespace portlight::runtime {

namespace {

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, "seccomp: " + std::move(message));
}

// What is asked of this process's own set-up after the filter is in force; with these calls waiting
// for the listener's answer nobody could hand that listener over.
constexpr std::string_view kNeverNotified[] { "sendmsg", "read", "close", "prctl" };

Result<unsigned> flagsOf(const Json& seccomp)
{
    unsigned flags = 0;
    PL_TRY(const auto names, jsonStrings(seccomp, "flags"));
    for (const std::string& name : names) {
        if (name == "SECCOMP_FILTER_FLAG_LOG")
            flags |= SECCOMP_FILTER_FLAG_LOG;
        else if (name == "SECCOMP_FILTER_FLAG_SPEC_ALLOW")
            flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
        else if (name == "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
            flags |= 1U << 5U;
        else if (name != "SECCOMP_FILTER_FLAG_TSYNC") // there is one thread when it is installed
            return invalid("unknown flag '" + name + "'");
    }
    return flags;
}

Result<bool> hasNotify(const Json& seccomp)
{
    bool isUsed = false;
    for (const Json& rule : jsonMember(seccomp, "syscalls")) {
        PL_TRY(const auto action, jsonString(rule, "action"));
        if (action != "SCMP_ACT_NOTIFY")
            continue;
        isUsed = true;
        PL_TRY(const auto names, jsonStrings(rule, "names"));
        for (const std::string_view name : kNeverNotified) {
            if (std::find(names.begin(), names.end(), name) != names.end())
                return invalid("SCMP_ACT_NOTIFY cannot be used for " + std::string(name)
                    + ": the container could not be started");
        }
    }
    return isUsed;
}

Result<void> readListener(const Json& seccomp, SeccompFilter& filter)
{
    PL_TRY(filter.listenerPath, jsonString(seccomp, "listenerPath"));
    PL_TRY(filter.listenerMetadata, jsonString(seccomp, "listenerMetadata"));
    if (filter.hasListener && filter.listenerPath.empty())
        return invalid("SCMP_ACT_NOTIFY needs listenerPath");
    if (!filter.listenerPath.empty() && filter.listenerPath.front() != '/')
        return invalid("listenerPath '" + filter.listenerPath + "' is not an absolute path");
    if (filter.listenerPath.empty() && !filter.listenerMetadata.empty())
        return invalid("listenerMetadata needs listenerPath");
    return success();
}

// A kept program: the text it was made from, a NUL, the program. Found by a hash of the text, taken
// only if the text is the same.
Result<std::string> compileKept(const Json& seccomp, const std::string& cacheDir)
{
    if (cacheDir.empty())
        return compileSeccomp(seccomp);
    const std::string text = compilerVersion() + dumpJson(seccomp);
    const std::string path = cacheDir + "/" + std::to_string(std::hash<std::string> {}(text));
    if (const auto kept = readFile(path); kept && kept.value().size() > text.size()
        && kept.value().starts_with(text) && kept.value()[text.size()] == '\0')
        return kept.value().substr(text.size() + 1);
    PL_TRY(auto program, compileSeccomp(seccomp));
    // Without it the next start takes longer; no more.
    if (makeDirs(cacheDir))
        (void)writeFileDurably(path, text + '\0' + program);
    return program;
}

} // namespace

Result<SeccompFilter> planSeccomp(const Json& ociLinuxSeccomp, const std::string& cacheDir)
{
    if (ociLinuxSeccomp.is_null())
        return SeccompFilter();
    PL_TRY(const auto flags, flagsOf(ociLinuxSeccomp));
    PL_TRY(const auto isNotifying, hasNotify(ociLinuxSeccomp));
    PL_TRY(const auto program, compileKept(ociLinuxSeccomp, cacheDir));
    PL_TRY(auto filter, seccompFromBytes(program));
    filter.flags = flags;
    filter.hasListener = isNotifying;
    PL_TRY(readListener(ociLinuxSeccomp, filter));
    return filter;
}

} // namespace portlight::runtime
