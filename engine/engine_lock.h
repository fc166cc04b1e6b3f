#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>

namespace portlight {

/// One engine a directory: flock(2) on `engine.lock`, which the kernel drops with its holder,
/// however that ended. The file names the holder's process and stays behind.
class EngineLock {
public:
    /// Errors: Conflict naming the directory and the process that holds it.
    static Result<EngineLock> take(const std::string& directory);

private:
    explicit EngineLock(Fd file)
        : m_file(std::move(file))
    {
    }
    Fd m_file;
};

} // namespace portlight
