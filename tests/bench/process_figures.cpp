#include "tests/bench/process_figures.h"

#include "engine/base/fd.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace portlight::bench {

namespace {

/// The number behind "@p name:" in a file of procfs; -1 where there is none.
std::int64_t numberIn(const std::string& path, const std::string& name)
{
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":"))
            return std::stoll(line.substr(name.size() + 1));
    return -1;
}

std::int64_t voluntarySwitches(pid_t pid)
{
    std::int64_t sum = 0;
    std::error_code ignored;
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks, ignored))
        sum += std::max<std::int64_t>(
            0, numberIn(task.path().string() + "/status", "voluntary_ctxt_switches"));
    return sum;
}

} // namespace

Result<MemoryFigures> memoryOf(pid_t pid)
{
    const std::string path = "/proc/" + std::to_string(pid) + "/smaps_rollup";
    const MemoryFigures figures { numberIn(path, "Rss"), numberIn(path, "Pss") };
    if (figures.residentKib < 0)
        return makeError(Errc::NotFound, "'" + path + "' cannot be read");
    return figures;
}

Result<std::int64_t> wakeUpsOf(pid_t pid, std::chrono::milliseconds span)
{
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const std::int64_t before = voluntarySwitches(pid);
    pollfd ended { process.get(), POLLIN, 0 };
    if (!process.isOpen() || ::poll(&ended, 1, static_cast<int>(span.count())) != 0)
        return makeError(Errc::NotFound, "process " + std::to_string(pid) + " ended");
    return voluntarySwitches(pid) - before;
}

} // namespace portlight::bench
