#include "engine/cgroup/device_filter.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace portlight::cgroup {

namespace {

constexpr std::uint32_t kAllAccess = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;

// Registers of the program. R1 is the context when it is entered.
constexpr std::uint8_t kResult = BPF_REG_0;
constexpr std::uint8_t kContext = BPF_REG_1;
constexpr std::uint8_t kType = BPF_REG_2;
constexpr std::uint8_t kAccess = BPF_REG_3;
constexpr std::uint8_t kMajor = BPF_REG_4;
constexpr std::uint8_t kMinor = BPF_REG_5;
constexpr std::uint8_t kScratch = BPF_REG_6;

bpf_insn instruction(unsigned code, std::uint8_t target, std::uint8_t source = 0,
    std::int16_t offset = 0, std::int32_t immediate = 0)
{
    bpf_insn made {};
    made.code = static_cast<std::uint8_t>(code);
    made.dst_reg = target & 0xFU;
    made.src_reg = source & 0xFU;
    made.off = offset;
    made.imm = immediate;
    return made;
}

bpf_insn loadField(std::uint8_t target, std::size_t offset)
{
    return instruction(
        BPF_LDX | BPF_MEM | BPF_W, target, kContext, static_cast<std::int16_t>(offset));
}

bpf_insn setNumber(std::uint8_t target, std::int32_t value)
{
    return instruction(BPF_ALU | BPF_MOV | BPF_K, target, 0, 0, value);
}

bpf_insn skipUnless(std::uint8_t left, std::int32_t value)
{
    // The offset is filled in when the end of the rule is known.
    return instruction(BPF_JMP | BPF_JNE | BPF_K, left, 0, 0, value);
}

void start(std::vector<bpf_insn>& program)
{
    // access_type is the type in its low half and the access in its high one.
    program.push_back(loadField(kType, offsetof(bpf_cgroup_dev_ctx, access_type)));
    program.push_back(instruction(BPF_ALU | BPF_AND | BPF_K, kType, 0, 0, 0xFFFF));
    program.push_back(loadField(kAccess, offsetof(bpf_cgroup_dev_ctx, access_type)));
    program.push_back(instruction(BPF_ALU | BPF_RSH | BPF_K, kAccess, 0, 0, 16));
    program.push_back(loadField(kMajor, offsetof(bpf_cgroup_dev_ctx, major)));
    program.push_back(loadField(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)));
}

void finish(std::vector<bpf_insn>& program, bool isAllowed)
{
    program.push_back(setNumber(kResult, isAllowed ? 1 : 0));
    program.push_back(instruction(BPF_JMP | BPF_EXIT, 0));
}

std::uint32_t accessBits(const std::string& access)
{
    std::uint32_t bits = 0;
    for (const char letter : access)
        bits |= letter == 'r' ? BPF_DEVCG_ACC_READ
            : letter == 'w'   ? BPF_DEVCG_ACC_WRITE
                              : BPF_DEVCG_ACC_MKNOD;
    return bits;
}

bool fitsAll(const oci::DeviceRule& rule)
{
    return rule.type == 'a' && rule.major < 0 && rule.minor < 0
        && accessBits(rule.access) == kAllAccess;
}

// An allowing rule must hold every access that is asked for; a denying one is enough with any.
void addRule(std::vector<bpf_insn>& program, const oci::DeviceRule& rule)
{
    const std::size_t begin = program.size();
    const std::uint32_t bits = accessBits(rule.access);
    if (rule.type != 'a')
        program.push_back(
            skipUnless(kType, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
    if (rule.major >= 0)
        program.push_back(skipUnless(kMajor, static_cast<std::int32_t>(rule.major)));
    if (rule.minor >= 0)
        program.push_back(skipUnless(kMinor, static_cast<std::int32_t>(rule.minor)));
    if (bits != kAllAccess) {
        program.push_back(instruction(BPF_ALU | BPF_MOV | BPF_X, kScratch, kAccess));
        const std::uint32_t mask = rule.isAllowed ? kAllAccess & ~bits : bits;
        program.push_back(instruction(
            BPF_ALU | BPF_AND | BPF_K, kScratch, 0, 0, static_cast<std::int32_t>(mask)));
        program.push_back(rule.isAllowed
                ? skipUnless(kScratch, 0)
                : instruction(BPF_JMP | BPF_JEQ | BPF_K, kScratch, 0, 0, 0));
    }
    finish(program, rule.isAllowed);
    for (std::size_t at = begin; at < program.size(); ++at) {
        const unsigned operation = program[at].code & 0xF0U;
        const bool isJump = (program[at].code & 0x07U) == BPF_JMP && operation != BPF_EXIT;
        if (isJump)
            program[at].off = static_cast<std::int16_t>(program.size() - at - 1);
    }
}

Result<Fd> loadProgram(const std::vector<bpf_insn>& program)
{
    std::vector<char> log(16384);
    bpf_attr attributes {};
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = reinterpret_cast<std::uint64_t>(program.data());
    attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
    attributes.license = reinterpret_cast<std::uint64_t>("GPL");
    long raw = ::syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
    if (raw >= 0)
        return Fd(static_cast<int>(raw));
    const int number = errno;
    if (number == EPERM || number == ENOSYS)
        return errnoError(number, "load device filter");
    // Again, for the verifier's words.
    attributes.log_buf = reinterpret_cast<std::uint64_t>(log.data());
    attributes.log_size = static_cast<std::uint32_t>(log.size());
    attributes.log_level = 1;
    raw = ::syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
    if (raw >= 0)
        return Fd(static_cast<int>(raw));
    return makeError(Errc::Unavailable,
        "load device filter: " + errnoText(number) + ": "
            + std::string(log.data(), ::strnlen(log.data(), log.size())));
}

// The programs attached to the group itself, by id.
Result<std::vector<std::uint32_t>> attachedPrograms(const Fd& group)
{
    std::vector<std::uint32_t> ids(64);
    bpf_attr attributes {};
    attributes.query.target_fd = static_cast<std::uint32_t>(group.get());
    attributes.query.attach_type = BPF_CGROUP_DEVICE;
    attributes.query.prog_ids = reinterpret_cast<std::uint64_t>(ids.data());
    attributes.query.prog_cnt = static_cast<std::uint32_t>(ids.size());
    if (::syscall(SYS_bpf, BPF_PROG_QUERY, &attributes, sizeof attributes) != 0)
        return errnoError(errno, "look for device filters");
    ids.resize(attributes.query.prog_cnt);
    return ids;
}

Result<void> detachProgram(const Fd& group, std::uint32_t id)
{
    bpf_attr find {};
    find.prog_id = id;
    const Fd program(
        static_cast<int>(::syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &find, sizeof find)));
    if (!program.isOpen())
        return errnoError(errno, "open old device filter");
    bpf_attr attributes {};
    attributes.target_fd = static_cast<std::uint32_t>(group.get());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
    attributes.attach_type = BPF_CGROUP_DEVICE;
    if (::syscall(SYS_bpf, BPF_PROG_DETACH, &attributes, sizeof attributes) != 0)
        return errnoError(errno, "take off old device filter");
    return success();
}

} // namespace

std::vector<bpf_insn> deviceProgram(const std::vector<oci::DeviceRule>& rules)
{
    std::vector<bpf_insn> program;
    start(program);
    // From the last to the first: the first that fits in the program decides.
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        if (fitsAll(*rule)) {
            finish(program, rule->isAllowed);
            return program;
        }
        addRule(program, *rule);
    }
    finish(program, false);
    return program;
}

Result<void> attachDeviceFilter(
    const std::string& directory, const std::vector<oci::DeviceRule>& rules)
{
    PL_TRY(const auto group, openFile(directory, O_RDONLY | O_DIRECTORY));
    PL_TRY(const auto program, loadProgram(deviceProgram(rules)));
    PL_TRY(const auto old, attachedPrograms(group));
    bpf_attr attributes {};
    attributes.target_fd = static_cast<std::uint32_t>(group.get());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
    attributes.attach_type = BPF_CGROUP_DEVICE;
    // With others, so that a filter of a group above stays in force as well.
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    if (::syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof attributes) != 0)
        return errnoError(errno, "attach device filter");
    for (const std::uint32_t id : old) {
        PL_TRY(detachProgram(group, id));
    }
    return success();
}

} // namespace portlight::cgroup
