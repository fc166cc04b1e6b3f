#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portlight::runtime {

/// @p program with a prologue that answers ENOSYS to system calls numbered above the newest one
/// that libseccomp knows for their architecture (one of @p architectures, libseccomp tokens):
/// EPERM would make programs give up where ENOSYS makes them try the older call.
Result<std::string> withEnosysForUnknown(
    const std::string& program, const std::vector<std::uint32_t>& architectures);

/// The greatest number that libseccomp has a name for.
std::uint32_t newestSyscall(std::uint32_t architecture);

} // namespace portlight::runtime
