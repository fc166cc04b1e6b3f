#pragma once

#include "engine/base/json.h"
#include "engine/runtime/seccomp.h"

#include <string>

namespace portlight::runtime {

/// Everything of config.json's `linux.seccomp`: the compiled program, flags and listener. A null
/// @p ociLinuxSeccomp is no filter. Compiling takes milliseconds, so the program is kept below
/// @p cacheDir with the text it was made from ("": nothing is kept).
/// Errors: InvalidArgument, NotImplemented naming the field. config-linux.md, Seccomp.
Result<SeccompFilter> planSeccomp(const Json& ociLinuxSeccomp, const std::string& cacheDir);

} // namespace portlight::runtime
