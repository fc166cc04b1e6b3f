#include "engine/cgroup/process_stats.h"

#include "engine/base/syscalls.h"
#include "engine/cgroup/group_files.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>

namespace portlight::cgroup {

namespace {

// Fields of /proc/PID/stat from the third on: the second may hold spaces and parentheses.
std::vector<std::string_view> statFields(std::string_view text)
{
    std::vector<std::string_view> fields;
    const std::size_t close = text.rfind(')');
    if (close == std::string_view::npos)
        return fields;
    text.remove_prefix(close + 1);
    while (!text.empty()) {
        const std::size_t begin = text.find_first_not_of(" \n");
        if (begin == std::string_view::npos)
            break;
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        fields.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return fields;
}

std::uint64_t number(std::string_view text)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

struct Sums {
    std::uint64_t userTicks = 0;
    std::uint64_t systemTicks = 0;
    std::uint64_t residentBytes = 0;
    std::uint64_t threads = 0;
    std::uint64_t readBytes = 0;
    std::uint64_t writtenBytes = 0;
    bool hasIo = false;
};

// The kernel counts resident pages per processor and adds them up in batches: a process that has
// just begun reads as 0 in stat. Walking its pages is exact, and short where there are few.
// proc(5), /proc/pid/statm and smaps_rollup.
std::uint64_t exactResidentBytes(const std::string& directory)
{
    const std::string text = readText(directory + "/smaps_rollup");
    const std::size_t at = text.find("\nRss:");
    if (at == std::string::npos)
        return 0;
    const std::size_t digit = text.find_first_of("0123456789", at);
    return digit == std::string::npos ? 0 : number(std::string_view(text).substr(digit)) * 1024;
}

void addProcess(const std::string& directory, Sums& sums)
{
    const std::string text = readText(directory + "/stat");
    const auto fields = statFields(text);
    if (fields.size() < 22) // ended meanwhile
        return;
    sums.userTicks += number(fields[11]); // field 14 of proc(5)
    sums.systemTicks += number(fields[12]);
    sums.threads += number(fields[17]);
    const auto pageBytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t residentBytes = number(fields[21]) * pageBytes;
    sums.residentBytes += residentBytes > 0 ? residentBytes : exactResidentBytes(directory);
    if (const std::string io = readText(directory + "/io"); !io.empty()) {
        sums.hasIo = true;
        sums.readBytes += findKeyed(io, "read_bytes:").value_or(0);
        sums.writtenBytes += findKeyed(io, "write_bytes:").value_or(0);
    }
}

} // namespace

Result<std::vector<pid_t>> namespaceProcesses(pid_t initPid)
{
    struct stat wanted {};
    const std::string init = "/proc/" + std::to_string(initPid);
    if (::stat((init + "/ns/pid").c_str(), &wanted) != 0)
        return errnoError(errno, "look at process " + std::to_string(initPid));
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir("/proc"), &::closedir);
    if (!dir)
        return errnoError(errno, "open '/proc'");
    std::vector<pid_t> pids;
    while (const dirent* entry = ::readdir(dir.get())) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        const std::string link = std::string("/proc/") + entry->d_name + "/ns/pid";
        struct stat space {};
        if (::stat(link.c_str(), &space) == 0 && space.st_ino == wanted.st_ino)
            pids.push_back(static_cast<pid_t>(number(entry->d_name)));
    }
    return pids;
}

Result<Stats> processStats(pid_t initPid)
{
    PL_TRY(const auto pids, namespaceProcesses(initPid));
    Sums sums;
    for (const pid_t pid : pids)
        addProcess("/proc/" + std::to_string(pid), sums);
    const auto perTick = 1000000000ULL / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    Stats stats;
    stats.cpuUserNanoseconds = sums.userTicks * perTick;
    stats.cpuSystemNanoseconds = sums.systemTicks * perTick;
    stats.cpuNanoseconds = (sums.userTicks + sums.systemTicks) * perTick;
    stats.memoryBytes = sums.residentBytes;
    stats.pids = sums.threads;
    if (sums.hasIo) {
        stats.blockReadBytes = sums.readBytes;
        stats.blockWrittenBytes = sums.writtenBytes;
    }
    return stats;
}

std::map<std::string, InterfaceCounters> parseNetDev(std::string_view text)
{
    std::map<std::string, InterfaceCounters> interfaces;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t colon = line.find(':');
        const std::size_t begin = line.find_first_not_of(' ');
        if (colon == std::string_view::npos || begin >= colon)
            continue;
        const std::string name(line.substr(begin, colon - begin));
        std::uint64_t fields[16] {};
        std::size_t count = 0;
        line.remove_prefix(colon + 1);
        while (count < 16) {
            const std::size_t digit = line.find_first_not_of(' ');
            if (digit == std::string_view::npos)
                break;
            line.remove_prefix(digit);
            fields[count++] = number(line);
            line.remove_prefix(std::min(line.find(' '), line.size()));
        }
        if (count == 16 && name != "lo")
            interfaces[name] = InterfaceCounters { fields[0], fields[1], fields[2], fields[3],
                fields[8], fields[9], fields[10], fields[11] };
    }
    return interfaces;
}

Result<std::map<std::string, InterfaceCounters>> networkStats(pid_t pid)
{
    PL_TRY(const auto text, readFile("/proc/" + std::to_string(pid) + "/net/dev"));
    return parseNetDev(text);
}

} // namespace portlight::cgroup
