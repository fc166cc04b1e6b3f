#include "tests/bench/window_figures.h"

#include "tests/bench/process_figures.h"
#include "tests/support/containers.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <map>

namespace portlight::bench {

using namespace portlight::test;

namespace {

constexpr const char* kImage = "portlight-bench:payload";
constexpr const char* kLastMilestone = "containers-listed";
constexpr int kPatienceMs = 20'000;
constexpr unsigned long kSettleSeconds = 5;
/// A page that is not the one with the list would never ask for figures.
const QStringList kArguments { "--milestones", "--page", "containers", "--host" };

/// Containers that are removed with this object.
class Crowd {
public:
    explicit Crowd(const Api& api)
        : m_api(api)
    {
    }
    ~Crowd()
    {
        for (const std::string& id : m_ids)
            if (const auto removed = removeContainer(m_api, id); !removed)
                std::printf("  %s\n", removed.error().message.c_str());
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    Result<void> grow(int count)
    {
        const Json settings { { "HostConfig", { { "NetworkMode", "none" } } } };
        for (int at = 0; at < count; ++at) {
            PL_TRY(auto id, createContainer(m_api, kImage, { "hold" }, settings));
            m_ids.push_back(id);
            if (at % 5 == 0) { // PL_TRY is several statements
                PL_TRY(startContainer(m_api, id));
            }
        }
        return success();
    }

private:
    const Api& m_api;
    std::vector<std::string> m_ids {};
};

using Times = std::map<QString, std::vector<double>>;

/// One start of the window; its milestones are added to @p times.
Result<MemoryFigures> startOnce(const Subject& subject, Times& times, bool settles)
{
    const QTemporaryDir settings;
    QProcess window;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("XDG_CONFIG_HOME", settings.path());
    environment.insert("XDG_RUNTIME_DIR", settings.path());
    if (!environment.contains("DISPLAY"))
        environment.insert("QT_QPA_PLATFORM", "offscreen");
    window.setProcessEnvironment(environment);
    window.start(PORTLIGHT_BIN_DIR "/portlight",
        kArguments + QStringList { QString::fromStdString("unix://" + subject.socket) });
    static const QRegularExpression line("^milestone (\\S+) (\\d+) ms");
    for (bool isListed = false; !isListed;) {
        if (!window.canReadLine() && !window.waitForReadyRead(kPatienceMs))
            return makeError(
                Errc::Unavailable, "the window: " + window.readAllStandardError().toStdString());
        while (window.canReadLine()) {
            const auto match = line.match(QString::fromUtf8(window.readLine()));
            if (!match.hasMatch())
                continue;
            times[match.captured(1)].push_back(match.captured(2).toDouble());
            isListed = isListed || match.captured(1) == kLastMilestone;
        }
    }
    if (settles)
        QThread::sleep(kSettleSeconds);
    const auto memory = memoryOf(static_cast<pid_t>(window.processId()));
    window.terminate();
    if (!window.waitForFinished(kPatienceMs))
        window.kill();
    return memory;
}

void printTimes(const Times& times)
{
    for (const QString name : { "first-frame", "engine-answered", kLastMilestone }) {
        const auto found = times.find(name);
        if (found == times.end())
            continue;
        auto sorted = found->second;
        std::ranges::sort(sorted);
        std::printf("  %-18s median %6.0f  min %6.0f  max %6.0f ms\n", qPrintable(name),
            sorted[sorted.size() / 2], sorted.front(), sorted.back());
    }
}

} // namespace

void reportWindow(const Subject& subject, int containers, int runs)
{
    std::printf("Window with %d containers (%d starts)\n", containers, runs);
    Crowd crowd(subject.api);
    if (const auto grown = crowd.grow(containers); !grown) {
        std::printf("  %s\n", grown.error().message.c_str());
        return;
    }
    Times times;
    for (int run = -1; run < runs; ++run) {
        const bool isLast = run + 1 == runs;
        Times cold;
        const auto memory = startOnce(subject, run < 0 ? cold : times, isLast);
        if (!memory) {
            std::printf("  %s\n", memory.error().message.c_str());
            return;
        }
        if (!isLast)
            continue;
        printTimes(times);
        std::printf("  resident %.1f MiB, proportional %.1f MiB\n",
            static_cast<double>(memory.value().residentKib) / 1024,
            static_cast<double>(memory.value().proportionalKib) / 1024);
    }
    std::fflush(stdout);
}

} // namespace portlight::bench
