#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>

/// From OCI `linux.seccomp` to what the kernel takes. Engine side: compiling costs milliseconds, so
/// the shim only reads the result.
namespace portlight::runtime {

/// Compiles config-linux.md, Seccomp, to BPF (an array of sock_filter in this machine's byte
/// order). Names that libseccomp does not know are left out, as other runtimes do; and where the
/// default is an error, numbers above the newest that it knows answer ENOSYS, so that programs take
/// their fall-back for new calls. Errors: InvalidArgument naming the field.
Result<std::string> compileSeccomp(const Json& ociLinuxSeccomp);

/// What a compiled program depends on beside the text it is made from; for who keeps programs.
std::string compilerVersion();

} // namespace portlight::runtime
