#include "tests/bench/measures.h"

#include "tests/support/containers.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace portlight::bench {

using namespace portlight::test;

namespace {

constexpr const char* kImage = "portlight-bench:payload";

class Stopwatch {
public:
    double milliseconds() const
    {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - m_start)
            .count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// Without a network, so that engines are compared in what all of them do.
const Json kSettings {
    { "HostConfig", { { "NetworkMode", "none" } } },
};

double atFraction(const std::vector<double>& sorted, double fraction)
{
    const auto last = static_cast<double>(sorted.size() - 1);
    return sorted[static_cast<std::size_t>(last * fraction + 0.5)];
}

} // namespace

Measure startCall(int runs)
{
    return { "POST /containers/{id}/start, ms", runs, [](const Subject& subject) -> Result<double> {
                PL_TRY(const auto id, createContainer(subject.api, kImage, { "hold" }, kSettings));
                const Stopwatch watch;
                PL_TRY(startContainer(subject.api, id));
                const double elapsed = watch.milliseconds();
                const Json details = subject.api.get("/containers/" + id + "/json").json();
                PL_TRY(const bool isRunning, jsonBool(jsonMember(details, "State"), "Running"));
                PL_TRY(removeContainer(subject.api, id));
                if (!isRunning)
                    return makeError(Errc::Internal, "answered before the program ran");
                return elapsed;
            } };
}

Measure wholeLife(int runs)
{
    return { "create + start + wait + remove, ms", runs,
        [](const Subject& subject) -> Result<double> {
            const Stopwatch watch;
            PL_TRY(const auto id, createContainer(subject.api, kImage, { "exit", "0" }, kSettings));
            PL_TRY(startContainer(subject.api, id));
            PL_TRY(waitForExit(subject.api, id));
            PL_TRY(removeContainer(subject.api, id));
            return watch.milliseconds();
        } };
}

Measure import(int runs, const std::string& path, const std::string& reference)
{
    return { "POST /images/load of " + path + ", ms", runs,
        [path, reference](const Subject& subject) -> Result<double> {
            subject.api.remove("/images/" + reference + "?force=1"); // 404 the first time
            const Stopwatch watch;
            PL_TRY(loadArchive(subject.api, path));
            return watch.milliseconds();
        } };
}

void report(const Measure& measure, const std::vector<Subject>& subjects)
{
    std::vector<std::vector<double>> figures(subjects.size());
    std::vector<std::string> failures(subjects.size());
    for (int round = -1; round < measure.runs; ++round) {
        for (std::size_t at = 0; at < subjects.size(); ++at) {
            if (!failures[at].empty())
                continue;
            const auto figure = measure.run(subjects[at]);
            if (!figure)
                failures[at] = figure.error().message;
            else if (round >= 0)
                figures[at].push_back(figure.value());
        }
    }
    std::printf("%s (%d runs)\n", measure.title.c_str(), measure.runs);
    double base = 0;
    for (std::size_t at = 0; at < subjects.size(); ++at) {
        auto& sorted = figures[at];
        if (!failures[at].empty() || sorted.empty()) {
            std::printf("  %-14s failed: %s\n", subjects[at].name.c_str(), failures[at].c_str());
            continue;
        }
        std::ranges::sort(sorted);
        const double median = atFraction(sorted, 0.5);
        base = base > 0 ? base : median;
        std::printf("  %-14s median %8.2f  min %8.2f  90%% %8.2f  max %8.2f  %5.2fx\n",
            subjects[at].name.c_str(), median, sorted.front(), atFraction(sorted, 0.9),
            sorted.back(), median / base);
    }
    std::fflush(stdout);
}

} // namespace portlight::bench
