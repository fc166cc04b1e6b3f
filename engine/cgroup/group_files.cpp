#include "engine/cgroup/group_files.h"

#include "engine/base/syscalls.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>

namespace portlight::cgroup {

namespace {

std::optional<std::uint64_t> toNumber(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end == text.data())
        return std::nullopt;
    return value;
}

// Calls @p visit with each line; stops when it returns false.
template <class Visit> void forEachLine(std::string_view text, Visit visit)
{
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (!visit(text.substr(0, end)) || end == std::string_view::npos)
            return;
        text.remove_prefix(end + 1);
    }
}

Result<std::vector<std::string>> subdirectories(const std::string& directory)
{
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
    if (!dir)
        return errnoError(errno, "open '" + directory + "'");
    while (const dirent* entry = ::readdir(dir.get())) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            names.emplace_back(entry->d_name);
    }
    return names;
}

} // namespace

std::string readText(const std::string& path)
{
    // cgroup files are small: one open, one or two reads, no allocation beyond the result.
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    char buffer[4096];
    while (fd.isOpen()) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got <= 0)
            break;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
}

std::optional<std::uint64_t> readNumber(const std::string& path)
{
    return toNumber(readText(path));
}

std::map<std::string, std::uint64_t> parseKeyed(std::string_view text)
{
    std::map<std::string, std::uint64_t> values;
    forEachLine(text, [&values](std::string_view line) {
        const std::size_t space = line.find(' ');
        if (space != std::string_view::npos) {
            if (const auto value = toNumber(line.substr(space + 1)))
                values.emplace(line.substr(0, space), *value);
        }
        return true;
    });
    return values;
}

std::optional<std::uint64_t> findKeyed(std::string_view text, std::string_view key)
{
    std::optional<std::uint64_t> found;
    forEachLine(text, [&](std::string_view line) {
        if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != ' ')
            return true;
        found = toNumber(line.substr(key.size() + 1));
        return false;
    });
    return found;
}

std::vector<pid_t> parseProcesses(std::string_view text)
{
    std::vector<pid_t> pids;
    forEachLine(text, [&pids](std::string_view line) {
        if (const auto value = toNumber(line); value && *value > 0)
            pids.push_back(static_cast<pid_t>(*value));
        return true;
    });
    return pids;
}

Result<void> collectProcesses(const std::string& directory, std::vector<pid_t>& pids)
{
    PL_TRY(const auto names, subdirectories(directory));
    for (const pid_t pid : parseProcesses(readText(directory + "/cgroup.procs")))
        pids.push_back(pid);
    for (const std::string& name : names) {
        auto below = collectProcesses(directory + "/" + name, pids);
        if (!below && below.error().code != Errc::NotFound) // gone meanwhile is empty
            return below;
    }
    return success();
}

Result<void> writeValue(const std::string& path, const std::string& value)
{
    auto written = writeExisting(path, value);
    if (!written)
        return withContext(written.error(), "set '" + value + "'");
    return success();
}

Result<void> writeRdma(
    const std::string& directory, const std::map<std::string, oci::RdmaLimit>& limits)
{
    for (const auto& [device, limit] : limits) {
        std::string line = device;
        if (limit.handles)
            line += " hca_handle=" + std::to_string(*limit.handles);
        if (limit.objects)
            line += " hca_object=" + std::to_string(*limit.objects);
        PL_TRY(writeValue(directory + "/rdma.max", line));
    }
    return success();
}

Result<void> makeGroupDirs(const std::string& top, const std::string& path)
{
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string directory = top + path.substr(0, end);
        if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST)
            return errnoError(errno, "make cgroup '" + directory + "'");
        if (end == std::string::npos)
            return success();
    }
}

Result<void> removeGroupDir(const std::string& directory)
{
    if (::rmdir(directory.c_str()) == 0 || errno == ENOENT)
        return success();
    auto names = subdirectories(directory);
    if (!names)
        return names.error().code == Errc::NotFound ? Result<void>(success()) : names.error();
    for (const std::string& name : names.value()) {
        PL_TRY(removeGroupDir(directory + "/" + name));
    }
    if (::rmdir(directory.c_str()) != 0 && errno != ENOENT)
        return errnoError(errno, "remove cgroup '" + directory + "'");
    return success();
}

Result<void> killProcesses(const std::string& directory, int maxRounds)
{
    for (int round = 0; round < maxRounds; ++round) {
        std::vector<pid_t> pids;
        PL_TRY(collectProcesses(directory, pids));
        if (pids.empty())
            return success();
        for (const pid_t pid : pids)
            ::kill(pid, SIGKILL);
    }
    return success();
}

void readPressure(
    const std::string& file, const std::string& name, std::map<std::string, std::uint64_t>& totals)
{
    forEachLine(readText(file), [&](std::string_view line) {
        const std::size_t space = line.find(' ');
        const std::size_t total = line.find("total=");
        if (space != std::string_view::npos && total != std::string_view::npos) {
            if (const auto value = toNumber(line.substr(total + 6)))
                totals[name + "." + std::string(line.substr(0, space))] = *value;
        }
        return true;
    });
}

bool isWritableDir(const std::string& directory)
{
    return ::access(directory.c_str(), W_OK | X_OK) == 0;
}

} // namespace portlight::cgroup
