#include "engine/engine_lock.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace portlight {

namespace {

std::string holderOf(const std::string& path)
{
    const auto text = readFile(path, 64);
    const std::string pid =
        text ? text.value().substr(0, text.value().find_first_not_of("0123456789")) : "";
    return pid.empty() ? std::string() : " (process " + pid + ")";
}

} // namespace

Result<EngineLock> EngineLock::take(const std::string& directory)
{
    const std::string path = directory + "/engine.lock";
    PL_TRY(auto file, openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
    int locked = -1;
    do
        locked = ::flock(file.get(), LOCK_EX | LOCK_NB);
    while (locked != 0 && errno == EINTR);
    if (locked != 0 && errno == EWOULDBLOCK)
        return makeError(Errc::Conflict,
            "another engine" + holderOf(path) + " uses '" + directory
                + "'; stop it or choose other directories");
    if (locked != 0)
        return errnoError(errno, "lock '" + path + "'");
    if (::ftruncate(file.get(), 0) != 0)
        return errnoError(errno, "write '" + path + "'");
    PL_TRY(writeAll(file, std::to_string(::getpid()) + "\n"));
    return EngineLock(std::move(file));
}

} // namespace portlight
