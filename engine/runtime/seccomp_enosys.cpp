#include "engine/runtime/seccomp_enosys.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

namespace portlight::runtime {

namespace {

constexpr std::uint32_t kX32Bit = 0x40000000; // x32 calls share x86-64's architecture value
constexpr int kMaxNumber = 1024;

sock_filter statement(std::uint16_t code, std::uint32_t operand)
{
    return sock_filter { code, 0, 0, operand };
}

sock_filter jump(std::uint16_t code, std::uint32_t operand, std::uint8_t yes, std::uint8_t no)
{
    return sock_filter { code, yes, no, operand };
}

// Falls through to what follows the block for another architecture; a known number jumps to the end
// of the prologue, whose distance is patched in at kEndAt.
constexpr std::size_t kEndAt = 5;
std::vector<sock_filter> blockFor(
    std::uint32_t auditArchitecture, std::uint32_t newest, std::uint32_t newestX32)
{
    const auto nr = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
    return {
        jump(BPF_JMP | BPF_JEQ | BPF_K, auditArchitecture, 0, 6),
        statement(BPF_LD | BPF_W | BPF_ABS, nr),
        jump(BPF_JMP | BPF_JGE | BPF_K, newestX32 == 0 ? 0xFFFFFFFF : kX32Bit, 1, 0),
        jump(BPF_JMP | BPF_JGT | BPF_K, newest, 2, 1),
        jump(BPF_JMP | BPF_JGT | BPF_K, newestX32, 1, 0),
        statement(BPF_JMP | BPF_JA, 0),
        statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    };
}

} // namespace

std::uint32_t newestSyscall(std::uint32_t architecture)
{
    const int base = architecture == SCMP_ARCH_X32 ? static_cast<int>(kX32Bit) : 0;
    for (int number = kMaxNumber; number > 0; --number) {
        char* const name = ::seccomp_syscall_resolve_num_arch(architecture, base + number);
        const bool isKnown = name != nullptr;
        std::free(name);
        if (isKnown)
            return static_cast<std::uint32_t>(base + number);
    }
    return static_cast<std::uint32_t>(base + kMaxNumber);
}

Result<std::string> withEnosysForUnknown(
    const std::string& program, const std::vector<std::uint32_t>& architectures)
{
    const bool hasX32 =
        std::find(architectures.begin(), architectures.end(), SCMP_ARCH_X32) != architectures.end();
    std::vector<sock_filter> prologue { statement(
        BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offsetof(seccomp_data, arch))) };
    std::vector<std::size_t> ends;
    for (const std::uint32_t architecture : architectures) {
        if (architecture == SCMP_ARCH_X32)
            continue;
        const bool withX32 = hasX32 && architecture == SCMP_ARCH_X86_64;
        const auto block = blockFor(
            architecture, newestSyscall(architecture), withX32 ? newestSyscall(SCMP_ARCH_X32) : 0);
        ends.push_back(prologue.size() + kEndAt);
        prologue.insert(prologue.end(), block.begin(), block.end());
    }
    for (const std::size_t at : ends)
        prologue[at].k = static_cast<std::uint32_t>(prologue.size() - at - 1);
    const std::size_t bytes = prologue.size() * sizeof(sock_filter);
    if ((bytes + program.size()) / sizeof(sock_filter) > BPF_MAXINSNS)
        return makeError(Errc::InvalidArgument, "seccomp: the filter has too many rules");
    std::string whole(reinterpret_cast<const char*>(prologue.data()), bytes);
    return whole + program;
}

} // namespace portlight::runtime
