#include "engine/runtime/seccomp_compiler.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/seccomp_enosys.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>

namespace portlight::runtime {

namespace {

constexpr const char* kCacheVersion = "1"; // of what this file makes from the same profile

struct FilterRelease {
    void operator()(void* context) const { ::seccomp_release(context); }
};
using Filter = std::unique_ptr<void, FilterRelease>;

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, "seccomp: " + std::move(message));
}

Result<std::uint32_t> numberOf(const Json& object, const char* key, std::uint32_t fallback)
{
    PL_TRY(const auto value, jsonInt(object, key, fallback));
    if (value < 0 || value > 0xFFFF)
        return invalid("field '" + std::string(key) + "' is out of range");
    return static_cast<std::uint32_t>(value);
}

Result<std::uint32_t> actionOf(const std::string& name, std::uint32_t errnoRet)
{
    static const std::map<std::string, std::uint32_t> kActions {
        { "SCMP_ACT_KILL", SCMP_ACT_KILL },
        { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
        { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
        { "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
        { "SCMP_ACT_LOG", SCMP_ACT_LOG },
        { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
    };
    if (name == "SCMP_ACT_ERRNO")
        return SCMP_ACT_ERRNO(errnoRet);
    if (name == "SCMP_ACT_TRACE")
        return SCMP_ACT_TRACE(errnoRet);
    if (name == "SCMP_ACT_NOTIFY")
        return SCMP_ACT_NOTIFY;
    const auto found = kActions.find(name);
    if (found == kActions.end())
        return invalid("unknown action '" + name + "'");
    return found->second;
}

Result<scmp_compare> operatorOf(const std::string& name)
{
    static const std::map<std::string, scmp_compare> kOperators {
        { "SCMP_CMP_NE", SCMP_CMP_NE },
        { "SCMP_CMP_LT", SCMP_CMP_LT },
        { "SCMP_CMP_LE", SCMP_CMP_LE },
        { "SCMP_CMP_EQ", SCMP_CMP_EQ },
        { "SCMP_CMP_GE", SCMP_CMP_GE },
        { "SCMP_CMP_GT", SCMP_CMP_GT },
        { "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
    };
    const auto found = kOperators.find(name);
    if (found == kOperators.end())
        return invalid("unknown operator '" + name + "'");
    return found->second;
}

Result<std::uint32_t> architectureOf(const std::string& name)
{
    constexpr std::string_view kPrefix = "SCMP_ARCH_";
    std::string lower = name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : std::string();
    std::transform(lower.begin(), lower.end(), lower.begin(),
        [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::uint32_t token = lower.empty() ? 0 : ::seccomp_arch_resolve_name(lower.c_str());
    if (token == 0)
        return invalid("unknown architecture '" + name + "'");
    return token;
}

Result<std::uint64_t> operandOf(const Json& argument, const char* key)
{
    const Json& member = jsonMember(argument, key);
    if (member.is_null())
        return std::uint64_t { 0 };
    if (!member.is_number_integer())
        return invalid("field '" + std::string(key) + "' is not a whole number");
    return member.is_number_unsigned() ? member.get<std::uint64_t>()
                                       : static_cast<std::uint64_t>(member.get<std::int64_t>());
}

Result<std::vector<scmp_arg_cmp>> argumentsOf(const Json& rule)
{
    std::vector<scmp_arg_cmp> arguments;
    const Json& list = jsonMember(rule, "args");
    if (!list.is_null() && !list.is_array())
        return invalid("args is not a list");
    for (const Json& each : list) {
        PL_TRY(const auto index, numberOf(each, "index", 0));
        PL_TRY(const auto name, jsonString(each, "op"));
        PL_TRY(const auto comparison, operatorOf(name));
        PL_TRY(const auto value, operandOf(each, "value"));
        PL_TRY(const auto valueTwo, operandOf(each, "valueTwo"));
        if (index > 5)
            return invalid("a system call has no argument " + std::to_string(index));
        arguments.push_back(scmp_arg_cmp { index, comparison, value, valueTwo });
    }
    return arguments;
}

Result<void> addOne(const Filter& filter, int number, std::uint32_t action,
    const std::vector<scmp_arg_cmp>& arguments, const std::string& name)
{
    const int failed = ::seccomp_rule_add_array(filter.get(), action, number,
        static_cast<unsigned>(arguments.size()), arguments.empty() ? nullptr : arguments.data());
    // -EEXIST: the same rule twice.
    if (failed != 0 && failed != -EEXIST)
        return invalid("rule for '" + name + "': " + errnoText(-failed));
    return success();
}

// Conditions on different arguments are joined by "and"; several on one argument cannot be, so each
// becomes a rule of its own, as other runtimes do.
Result<void> addRule(const Filter& filter, const Json& rule, std::uint32_t defaultAction)
{
    PL_TRY(const auto names, jsonStrings(rule, "names"));
    PL_TRY(const auto actionName, jsonString(rule, "action"));
    PL_TRY(const auto errnoRet, numberOf(rule, "errnoRet", EPERM));
    PL_TRY(const auto action, actionOf(actionName, errnoRet));
    PL_TRY(const auto arguments, argumentsOf(rule));
    if (names.empty())
        return invalid("a rule without names");
    if (action == defaultAction) // libseccomp refuses it; it says nothing new
        return success();
    unsigned seen = 0;
    bool isRepeated = false;
    for (const scmp_arg_cmp& each : arguments) {
        isRepeated = isRepeated || (seen & (1U << each.arg)) != 0;
        seen |= 1U << each.arg;
    }
    for (const std::string& name : names) {
        const int number = ::seccomp_syscall_resolve_name(name.c_str());
        if (number == __NR_SCMP_ERROR)
            continue;
        if (!isRepeated) {
            PL_TRY(addOne(filter, number, action, arguments, name));
            continue;
        }
        for (const scmp_arg_cmp& each : arguments) {
            PL_TRY(addOne(filter, number, action, { each }, name));
        }
    }
    return success();
}

Result<std::vector<std::uint32_t>> addArchitectures(const Filter& filter, const Json& seccomp)
{
    PL_TRY(const auto names, jsonStrings(seccomp, "architectures"));
    std::vector<std::uint32_t> architectures { ::seccomp_arch_native() };
    for (const std::string& name : names) {
        PL_TRY(const auto token, architectureOf(name));
        const int failed = ::seccomp_arch_add(filter.get(), token);
        if (failed != 0 && failed != -EEXIST)
            return invalid("architecture '" + name + "': " + errnoText(-failed));
        if (failed == 0)
            architectures.push_back(token);
    }
    return architectures;
}

Result<std::string> exportBpf(const Filter& filter)
{
    const Fd memory(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!memory.isOpen())
        return errnoError(errno, "make memory file");
    if (const int failed = ::seccomp_export_bpf(filter.get(), memory.get()); failed != 0)
        return errnoError(-failed, "compile seccomp filter");
    if (::lseek(memory.get(), 0, SEEK_SET) != 0)
        return errnoError(errno, "read seccomp filter");
    return readAll(memory);
}

} // namespace

Result<std::string> compileSeccomp(const Json& ociLinuxSeccomp)
{
    PL_TRY(const auto actionName, jsonString(ociLinuxSeccomp, "defaultAction"));
    PL_TRY(const auto errnoRet, numberOf(ociLinuxSeccomp, "defaultErrnoRet", EPERM));
    if (actionName == "SCMP_ACT_NOTIFY")
        return invalid("SCMP_ACT_NOTIFY cannot be the default action");
    PL_TRY(const auto defaultAction, actionOf(actionName, errnoRet));
    const Filter filter(::seccomp_init(defaultAction));
    if (!filter)
        return makeError(Errc::Internal, "seccomp: cannot make a filter");
    PL_TRY(const auto architectures, addArchitectures(filter, ociLinuxSeccomp));
    const Json& rules = jsonMember(ociLinuxSeccomp, "syscalls");
    if (!rules.is_null() && !rules.is_array())
        return invalid("syscalls is not a list");
    for (const Json& rule : rules) {
        PL_TRY(addRule(filter, rule, defaultAction));
    }
    // A binary tree over the numbers instead of a list: every call of the container runs it.
    (void)::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    PL_TRY(auto program, exportBpf(filter));
    if (actionName != "SCMP_ACT_ERRNO" && !actionName.starts_with("SCMP_ACT_KILL"))
        return program;
    return withEnosysForUnknown(program, architectures);
}

std::string compilerVersion()
{
    const scmp_version* const version = ::seccomp_version();
    utsname names {};
    ::uname(&names);
    return std::string(kCacheVersion) + " " + std::to_string(version->major) + "."
        + std::to_string(version->minor) + "." + std::to_string(version->micro) + " "
        + names.machine + " ";
}

} // namespace portlight::runtime
