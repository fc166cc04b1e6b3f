#include "engine/oci/runtime_config.h"

#include "engine/oci/json_fields.h"

#include <algorithm>
#include <set>

// config.json, process: config.md, Process.
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

Result<Scheduler> schedulerFromJson(const Json& json)
{
    Scheduler scheduler;
    PL_TRY(scheduler.policy, requiredString(json, "policy"));
    PL_TRY(const auto nice, numberField<std::int32_t>(json, "nice"));
    PL_TRY(const auto priority, numberField<std::int32_t>(json, "priority"));
    PL_TRY(scheduler.flags, jsonStrings(json, "flags"));
    PL_TRY(scheduler.runtimeNanoseconds, numberField<std::uint64_t>(json, "runtime"));
    PL_TRY(scheduler.deadlineNanoseconds, numberField<std::uint64_t>(json, "deadline"));
    PL_TRY(scheduler.periodNanoseconds, numberField<std::uint64_t>(json, "period"));
    scheduler.nice = nice.value_or(0);
    scheduler.priority = priority.value_or(0);
    return scheduler;
}

Result<void> readScheduling(const Json& json, Process& process)
{
    PL_TRY(const Json* scheduler, objectField(json, "scheduler"));
    if (!scheduler->is_null()) {
        PL_TRY(process.scheduler, schedulerFromJson(*scheduler));
    }
    PL_TRY(const Json* priority, objectField(json, "ioPriority"));
    if (!priority->is_null()) {
        IoPriority io;
        PL_TRY(io.className, requiredString(*priority, "class"));
        // The idle class has but one level.
        PL_TRY(const auto level, numberField<int>(*priority, "priority"));
        if (!level && io.className != "IOPRIO_CLASS_IDLE")
            return invalid("field 'priority' of ioPriority is missing");
        io.priority = level.value_or(0);
        if (io.priority < 0 || io.priority > 7)
            return invalid("ioPriority priority is not one of 0 to 7");
        process.ioPriority = io;
    }
    PL_TRY(const Json* affinity, objectField(json, "execCPUAffinity"));
    PL_TRY(process.execCpuAffinity.initial, jsonString(*affinity, "initial"));
    PL_TRY(process.execCpuAffinity.final, jsonString(*affinity, "final"));
    return success();
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
    PL_TRY(readScheduling(json, process));
    return process;
}

} // namespace portlight::oci
