// portlight_bench [--runs N] [--user] [--archive] [--window] [NAME=SOCKET]...
//
// Prints what Portlight's engine of this build costs, side by side with other engines whose sockets
// are given. Use the build of preset release; the machine should have nothing else to do.
#include "tests/bench/measures.h"
#include "tests/bench/process_figures.h"
#include "tests/bench/window_figures.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/programs.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>

using namespace portlight;
using namespace portlight::bench;
using namespace portlight::test;

namespace {

constexpr std::chrono::seconds kIdleSpan { 10 };
constexpr int kWindowContainers = 100;
constexpr int kWindowStarts = 10;

struct Options {
    int runs = 50;
    bool isAsUser = false;
    bool isWithArchive = false;
    bool isOnlyWindow = false;
    std::vector<Subject> peers {};
};

std::optional<Options> parse(const QStringList& words)
{
    Options options;
    for (qsizetype at = 1; at < words.size(); ++at) {
        const QString& word = words.at(at);
        bool isNumber = true;
        if (word == "--runs" && at + 1 < words.size())
            options.runs = words.at(++at).toInt(&isNumber);
        else if (word == "--user")
            options.isAsUser = true;
        else if (word == "--archive")
            options.isWithArchive = true;
        else if (word == "--window")
            options.isOnlyWindow = true;
        else if (const auto equals = word.indexOf('='); equals > 0 && !word.startsWith('-'))
            options.peers.push_back({ word.left(equals).toStdString(),
                word.mid(equals + 1).toStdString(), Api(word.mid(equals + 1).toStdString()) });
        else
            return std::nullopt;
        if (!isNumber || options.runs < 1)
            return std::nullopt;
    }
    return options;
}

void reportProcess(const Subject& subject)
{
    const auto pid = processBehind(subject.socket);
    if (!pid) {
        std::printf("  %-14s %s\n", subject.name.c_str(), pid.error().message.c_str());
        return;
    }
    const auto wakeUps = wakeUpsOf(pid.value(), kIdleSpan);
    const auto memory = memoryOf(pid.value());
    if (!wakeUps || !memory)
        return;
    std::printf("  %-14s resident %.1f MiB, proportional %.1f MiB, %lld wake-ups in %lld s\n",
        subject.name.c_str(), static_cast<double>(memory.value().residentKib) / 1024,
        static_cast<double>(memory.value().proportionalKib) / 1024,
        static_cast<long long>(wakeUps.value()), static_cast<long long>(kIdleSpan.count()));
    std::fflush(stdout);
}

int measure(const Options& options)
{
    auto engine = EngineProcess::start({ options.isAsUser ? RunAs::OrdinaryUser : RunAs::Current });
    if (!engine) {
        std::fprintf(stderr, "no engine: %s\n", engine.error().message.c_str());
        return 1;
    }
    std::vector<Subject> subjects { { "portlight", engine.value()->socket(),
        engine.value()->api() } };
    subjects.insert(subjects.end(), options.peers.begin(), options.peers.end());
    const QTemporaryDir files;
    for (const auto& subject : subjects)
        if (const auto loaded =
                loadPayload(subject.api, files.path().toStdString(), "portlight-bench:payload");
            !loaded)
            std::printf("%s: %s\n", subject.name.c_str(), loaded.error().message.c_str());

    if (options.isOnlyWindow) {
        reportWindow(subjects.front(), kWindowContainers, std::min(options.runs, kWindowStarts));
        return 0;
    }
    report(startCall(options.runs), subjects);
    report(wholeLife(options.runs), subjects);
    if (options.isWithArchive) {
        const auto archive = nginxArchive();
        if (archive)
            report(import(5, archive.value(), "nginx:portlight-test"), subjects);
        else
            std::printf("%s\n", archive.error().message.c_str());
    }
    std::printf("Process behind the socket, with nobody watching\n");
    for (const auto& subject : subjects)
        reportProcess(subject);
    for (const auto& subject : subjects)
        subject.api.remove("/images/portlight-bench:payload?force=1");
    return 0;
}

} // namespace

int main(int count, char** words)
{
    const QCoreApplication application(count, words);
    const auto options = parse(QCoreApplication::arguments());
    if (!options) {
        std::fprintf(stderr,
            "portlight_bench [--runs N] [--user] [--archive] [--window] [NAME=SOCKET]...\n"
            "  --user     the engine runs as PORTLIGHT_TEST_USER\n"
            "  --archive  also times the import of an image of about 100 MB\n"
            "  --window   only the window: first frame, list, memory with 100 containers\n"
            "  NAME=SOCKET  another engine to measure beside it\n");
        return 2;
    }
    return measure(*options);
}
