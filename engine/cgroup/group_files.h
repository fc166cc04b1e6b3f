#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

/// The small text files that a cgroup directory is made of.
namespace portlight::cgroup {

/// The whole number that @p path holds; "max" and a missing file are nullopt.
std::optional<std::uint64_t> readNumber(const std::string& path);
/// The file's text; empty where it cannot be read.
std::string readText(const std::string& path);
/// Lines of "key value" (memory.stat, cpu.stat).
std::map<std::string, std::uint64_t> parseKeyed(std::string_view text);
/// The value of @p key in such lines.
std::optional<std::uint64_t> findKeyed(std::string_view text, std::string_view key);
/// The numbers of a cgroup.procs file; 0 (a process outside our pid namespace) is left out.
std::vector<pid_t> parseProcesses(std::string_view text);
/// Processes of @p directory and of all directories below it, appended to @p pids.
/// Errors: NotFound when the directory is gone.
Result<void> collectProcesses(const std::string& directory, std::vector<pid_t>& pids);
/// Writes one value; the error names file and value.
Result<void> writeValue(const std::string& path, const std::string& value);
/// The rdma controller's limits, in the same file of both versions: rdma.max.
Result<void> writeRdma(
    const std::string& directory, const std::map<std::string, oci::RdmaLimit>& limits);
/// mkdir of @p path below @p top, one component after the other; existing ones are fine.
Result<void> makeGroupDirs(const std::string& top, const std::string& path);
/// rmdir of the directory and those below it; a missing one is success. Conflict while in use.
Result<void> removeGroupDir(const std::string& directory);
/// SIGKILL by number to every process below @p directory, again until none is left or
/// @p maxRounds have passed.
Result<void> killProcesses(const std::string& directory, int maxRounds);
/// Pressure totals ("some … total=N") of @p file as "<name>.some", "<name>.full".
void readPressure(
    const std::string& file, const std::string& name, std::map<std::string, std::uint64_t>& totals);
/// True when this process may make directories in @p directory.
bool isWritableDir(const std::string& directory);

} // namespace portlight::cgroup
