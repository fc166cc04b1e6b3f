#include "engine/core/process_list.h"

#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

std::string namespaceOf(const std::string& process)
{
    std::array<char, 64> target {};
    const ssize_t size = ::readlink((process + "/ns/pid").c_str(), target.data(), target.size());
    return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

std::string durationText(std::uint64_t seconds)
{
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%02llu:%02llu:%02llu",
        static_cast<unsigned long long>(seconds / 3600),
        static_cast<unsigned long long>(seconds / 60 % 60),
        static_cast<unsigned long long>(seconds % 60));
    return text.data();
}

/// Fields 4 and on of /proc/PID/stat: the name before them may hold spaces and brackets.
bool readStat(const std::string& process, ListedProcess& listed)
{
    const auto text = readFile(process + "/stat", 4096);
    if (!text)
        return false;
    const auto nameEnd = text.value().rfind(')');
    if (nameEnd == std::string::npos || nameEnd + 4 > text.value().size())
        return false;
    std::istringstream fields(text.value().substr(nameEnd + 4));
    std::array<std::uint64_t, 19> values {};
    for (auto& value : values) {
        std::int64_t number = 0;
        fields >> number;
        value = static_cast<std::uint64_t>(number);
    }
    const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    listed.parentPid = static_cast<pid_t>(values[0]);
    listed.cpuTime = durationText((values[10] + values[11]) / ticks);
    timespec boot {};
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    const std::int64_t bootedAt = wallClockNs() / 1'000'000'000 - boot.tv_sec;
    listed.startTime =
        formatTimestamp((bootedAt + static_cast<std::int64_t>(values[18] / ticks)) * 1'000'000'000)
            .substr(11, 5);
    const auto name = text.value().find('(');
    listed.command = "[" + text.value().substr(name + 1, nameEnd - name - 1) + "]";
    return true;
}

std::string commandLine(const std::string& process)
{
    auto text = readFile(process + "/cmdline", 1U << 20U);
    if (!text)
        return {};
    std::string line = std::move(text).value();
    while (!line.empty() && line.back() == '\0')
        line.pop_back();
    std::ranges::replace(line, '\0', ' ');
    return line;
}

} // namespace

Result<std::vector<ListedProcess>> listProcesses(pid_t initPid)
{
    const std::string wanted = namespaceOf("/proc/" + std::to_string(initPid));
    if (wanted.empty())
        return makeError(Errc::NotFound, "the container's process has ended");
    std::vector<ListedProcess> found;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", code)) {
        const std::string name = entry.path().filename().string();
        ListedProcess listed;
        const auto [end, failed] =
            std::from_chars(name.data(), name.data() + name.size(), listed.pid);
        if (failed != std::errc() || end != name.data() + name.size()
            || namespaceOf(entry.path().string()) != wanted)
            continue;
        struct stat status {};
        if (::stat(entry.path().c_str(), &status) != 0 || !readStat(entry.path().string(), listed))
            continue; // it has ended meanwhile
        listed.user = std::to_string(status.st_uid);
        if (const auto line = commandLine(entry.path().string()); !line.empty())
            listed.command = line;
        found.push_back(std::move(listed));
    }
    std::ranges::sort(found, {}, &ListedProcess::pid);
    return found;
}

} // namespace portlight::core
