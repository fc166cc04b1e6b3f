#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <cstdint>
#include <string>
#include <vector>

/// The last steps to a container's program: everything here runs with the container's root as "/".
namespace portlight::runtime {

/// The file that @p name stands for, looked up in PATH of @p env when it holds no slash, as
/// execvp(3) does. Errors with docker's texts and the errno that exitCodeForExec() reads.
Result<std::string> findExecutable(const std::string& name, const std::vector<std::string>& env);

/// What `docker run` reports when a program cannot be started: 127 not found, 126 otherwise.
int exitCodeForExec(int sysErrno);

/// The text for an execve(2) that failed.
std::string execFailure(const std::string& name, int sysErrno);

/// The text of the regular file @p path; empty where there is none that can be read. Opening does
/// not hang on a FIFO or a device that an image put there.
std::string readRegularFile(const char* path);

/// @p env, with HOME from /etc/passwd (or "/") where it has none.
std::vector<std::string> withHome(std::vector<std::string> env, std::uint32_t uid);

/// The home directory of @p uid in the text of a passwd(5) file; empty where it has none.
std::string homeInPasswd(const std::string& text, std::uint32_t uid);

} // namespace portlight::runtime
