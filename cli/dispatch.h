#pragma once

#include <optional>
#include <string>
#include <vector>

namespace portlight::cli {

/// Runs a command line that names a command, a help or a version; the exit code. Nothing where it
/// is the window's: no arguments, its options, archives to open.
std::optional<int> runCommandLine(const std::vector<std::string>& words);

} // namespace portlight::cli
