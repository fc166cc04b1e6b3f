#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace portlight::runtime {

/// What of a Docker seccomp profile depends on the machine.
struct SeccompMachine {
    std::string architecture; ///< as profiles name it: "amd64", "arm64", "riscv64", …
    int kernelMajor = 0;
    int kernelMinor = 0;
};
/// This machine; the kernel version from uname(2).
SeccompMachine thisMachine();

/// The default profile (resources/seccomp/default.json, built in) as OCI `linux.seccomp` for a
/// process with @p capabilities ("CAP_CHOWN"). Errors: none in a sound build.
Result<Json> defaultSeccomp(const std::vector<std::string>& capabilities);

/// Turns a profile in Docker's form (archMap, includes, excludes) into `linux.seccomp`: groups that
/// do not fit are left out. A profile that has the OCI form already passes through.
/// Errors: InvalidArgument naming what is wrong.
Result<Json> resolveSeccompProfile(const Json& profile,
    const std::vector<std::string>& capabilities, const SeccompMachine& machine);

} // namespace portlight::runtime
