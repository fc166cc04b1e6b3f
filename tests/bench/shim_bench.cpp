#include "engine/base/syscalls.h"
#include "tests/support/shim_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

// How long a start takes, from the shim's point of view, and what an idle shim holds of memory.
// shim_bench [ROUNDS]; PORTLIGHT_TEST_USER as for the tests.

using namespace portlight;
using namespace portlight::test;
using portlight::runtime::FrameType;
using Clock = std::chrono::steady_clock;

namespace {

double milliseconds(Clock::duration span)
{
    return std::chrono::duration<double, std::milli>(span).count();
}

struct Figures {
    std::vector<double> spawnToReady;
    std::vector<double> startToStarted;
    std::vector<double> spawnToStarted;
    std::vector<double> startToExited;
    long privateDirtyKb = 0;
    long residentKb = 0;
};

void print(const char* what, std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const auto at = [&values](double part) {
        return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
    };
    std::printf("  %-18s min %6.2f  p50 %6.2f  p95 %6.2f ms\n", what, at(0), at(0.5), at(0.95));
}

long rollupKb(const std::string& text, const std::string& key)
{
    const auto at = text.find(key);
    return at == std::string::npos ? 0 : std::strtol(text.c_str() + at + key.size(), nullptr, 10);
}

Result<void> measureOnce(const LocalUser& user, Figures& figures)
{
    PL_TRY(auto run, ShimRun::make(user));
    run->setArguments({ "sleep", "0.05" });
    PL_TRY(run->writeBundle());
    const auto begin = Clock::now();
    PL_TRY(run->spawnAsWritten());
    const auto ready = Clock::now();
    PL_TRY(run->control().send(FrameType::Start));
    PL_TRY(const auto started, run->control().receive());
    const auto running = Clock::now();
    if (started.type != FrameType::Started)
        return makeError(Errc::Internal, started.payload);
    if (const auto rollup = readFile("/proc/" + std::to_string(run->shimPid()) + "/smaps_rollup")) {
        figures.privateDirtyKb =
            std::max(figures.privateDirtyKb, rollupKb(rollup.value(), "Private_Dirty:"));
        figures.residentKb = std::max(figures.residentKb, rollupKb(rollup.value(), "Rss:"));
    }
    const auto outcome = ShimRun::collect(run->control());
    const auto exited = Clock::now();
    if (!outcome.exit)
        return makeError(Errc::Internal, outcome.trouble);
    PL_TRY(run->waitForShim());
    figures.spawnToReady.push_back(milliseconds(ready - begin));
    figures.startToStarted.push_back(milliseconds(running - ready));
    figures.spawnToStarted.push_back(milliseconds(running - begin));
    figures.startToExited.push_back(milliseconds(exited - ready) - 50);
    return success();
}

} // namespace

int main(int count, char** arguments)
{
    const int rounds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 50;
    for (const auto& [name, runAs] : { std::pair { "root", RunAs::Root },
             std::pair { "ordinary user (with unshare's own time)", RunAs::OrdinaryUser } }) {
        std::string lack;
        const auto user = localUser(runAs, lack);
        if (!user) {
            std::printf("%s: skipped, %s\n", name, lack.c_str());
            continue;
        }
        Figures figures;
        for (int round = 0; round < rounds; ++round) {
            const auto measured = measureOnce(*user, figures);
            if (!measured) {
                std::printf("%s: %s\n", name, measured.error().message.c_str());
                return 1;
            }
        }
        std::printf("%s, %d rounds\n", name, rounds);
        print("spawn to Ready", figures.spawnToReady);
        print("Start to Started", figures.startToStarted);
        print("spawn to Started", figures.spawnToStarted);
        print("Start to Exited -50", figures.startToExited);
        std::printf("  shim: %ld kB resident, %ld kB private dirty\n", figures.residentKb,
            figures.privateDirtyKb);
    }
    return 0;
}
