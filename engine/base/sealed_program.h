#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>

/// Programs that a container can get hold of: a process on its way into a container still is the
/// runtime's program, and /proc/PID/exe leads to that file itself, past every mount namespace. Run
/// from a copy in memory that is sealed, what it leads to can be written by nobody, and the file on
/// disk is out of reach (CVE-2019-5736). memfd_create(2), fcntl(2) F_ADD_SEALS.
namespace portlight {

/// A sealed copy, made once and run as often as is wanted; all that run it share its memory.
class SealedProgram {
public:
    /// Copies the program @p path. Errors: as open(2); Unavailable where the host forbids programs
    /// in memory (sysctl vm.memfd_noexec).
    static Result<SealedProgram> load(const std::string& path);

    /// What execve(2) and posix_spawn(3) of this process take; good while this object lives. The
    /// descriptor's number is above those that a child is given.
    std::string path() const { return "/proc/self/fd/" + std::to_string(m_copy.get()); }
    /// The program's name, for the first argument and messages.
    const std::string& name() const noexcept { return m_name; }

private:
    SealedProgram(Fd copy, std::string name)
        : m_copy(std::move(copy))
        , m_name(std::move(name))
    {
    }
    Fd m_copy;
    std::string m_name;
};

/// Returns where this process runs from a sealed copy; else replaces it by one that does, with the
/// same @p arguments (a null-terminated array). For the start of main(), whoever started it.
Result<void> ensureSealed(char** arguments);

} // namespace portlight
