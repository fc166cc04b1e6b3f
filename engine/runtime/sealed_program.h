#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>

/// Programs that a container can get hold of: a process on its way into a container still is the
/// runtime's program, and /proc/PID/exe leads to that file itself, past every mount namespace
/// (CVE-2019-5736). So it is run from where it can be read and never be written, by nobody: through
/// a file system of its own that has no place for changes (overlay without an upper directory), or,
/// where that cannot be had, from a sealed copy in memory.
namespace portlight::runtime {

/// A program in such a place, found once and run as often as is wanted.
class SealedProgram {
public:
    /// The program @p path, seen through an overlay of its directory and @p emptyDirectory (made
    /// where it is missing): its pages are those of the file, shared with everybody. Else a sealed
    /// copy. Errors: as open(2); Unavailable where the host forbids programs in memory, too
    /// (sysctl vm.memfd_noexec).
    static Result<SealedProgram> load(const std::string& path, const std::string& emptyDirectory);
    /// The copy in memory; memfd_create(2), fcntl(2) F_ADD_SEALS.
    static Result<SealedProgram> copy(const std::string& path);

    /// What execve(2) and posix_spawn(3) of this process take; good while this object lives. The
    /// descriptor's number is above those that a child is given.
    std::string path() const { return "/proc/self/fd/" + std::to_string(m_file.get()); }
    /// The program's name, for the first argument and messages.
    const std::string& name() const noexcept { return m_name; }

private:
    SealedProgram(Fd file, std::string name)
        : m_file(std::move(file))
        , m_name(std::move(name))
    {
    }
    Fd m_file;
    std::string m_name;
};

/// Returns where nobody can write to this process's program; else replaces it by one that runs from
/// a sealed copy, with the same @p arguments (a null-terminated array). For the start of main(),
/// whoever started it.
Result<void> ensureSealed(char** arguments);

} // namespace portlight::runtime
