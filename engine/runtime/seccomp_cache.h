#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>

namespace portlight::runtime {

/// The path below @p cacheDir of the compiled filter for @p ociLinuxSeccomp: compiled once per
/// content, then found again by its hash. Errors: those of compileSeccomp and of writing;
/// NotImplemented for SCMP_ACT_NOTIFY, whose listener a file cannot name.
Result<std::string> compiledSeccompFile(const Json& ociLinuxSeccomp, const std::string& cacheDir);

} // namespace portlight::runtime
