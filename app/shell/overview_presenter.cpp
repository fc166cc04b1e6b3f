#include "app/shell/overview_presenter.h"

#include "app/models/format.h"
#include "app/models/problems.h"
#include "app/shell/engine_session.h"
#include "app/views/pages/overview_page.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <vector>

namespace portlight::shell {

namespace {

constexpr int kDiskEveryMs = 60'000;
constexpr qint64 kTotalsSpanMs = 600'000;
constexpr qint64 kTotalsStepMs = 5'000;
constexpr qint64 kDayMs = 86'400'000;

} // namespace

OverviewPresenter::OverviewPresenter(EngineSession& session, views::OverviewPage& page)
    : QObject(&page)
    , m_session(session)
    , m_page(page)
{
    m_timer.setInterval(kDiskEveryMs);
    m_soon.setSingleShot(true);
    m_soon.setInterval(500);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        readDisk();
        readRecord();
    });
    connect(&m_soon, &QTimer::timeout, this, &OverviewPresenter::readRecord);
    connect(&session.stats, &session::StatsFeed::ticked, this, &OverviewPresenter::onTick);
    for (const auto signal : { &EngineSession::containersLoaded, &EngineSession::imagesLoaded,
             &EngineSession::infoChanged })
        connect(&session, signal, this, &OverviewPresenter::refresh);
    connect(&session, &EngineSession::containersLoaded, this, [this] {
        m_page.setLoaded(true);
        m_soon.start();
    });
    // An image that came or went is most of what changes on the disk.
    connect(&session, &EngineSession::imagesLoaded, this, &OverviewPresenter::readDisk);
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        readDisk();
        readRecord();
    });
    connect(&session.connection, &session::Connection::engineLost, this, [this] {
        m_page.setLoaded(false);
        m_events.clear();
    });
}

void OverviewPresenter::show()
{
    if (std::exchange(m_isShown, true))
        return;
    m_timer.start();
    m_cpu.clear();
    m_memory.clear();
    refresh();
    readDisk();
    readRecord();
}

void OverviewPresenter::hide()
{
    m_isShown = false;
    m_timer.stop();
}

void OverviewPresenter::setHostReport(const client::HostReport& report)
{
    m_report = report;
    m_page.setHostProblems(models::hostProblems(report));
}

/// The last day's events, and the totals of the last ten minutes: nobody may have looked meanwhile.
void OverviewPresenter::readRecord()
{
    if (!m_session.connection.isRunning())
        return;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    m_session.client.history({ {}, now - kDayMs, now + 1000, 3'600'000 }, this,
        [this](const client::Expected<client::MetricsHistory>& history) {
            if (history) {
                m_events = history->events;
                refresh();
            }
        });
    if (m_isShown && m_cpu.isEmpty())
        m_session.client.history({ {}, now - kTotalsSpanMs, now, kTotalsStepMs }, this,
            [this](const client::Expected<client::MetricsHistory>& history) {
                if (history && m_isShown && m_cpu.size() < 2)
                    takeTotals(*history);
            });
}

void OverviewPresenter::takeTotals(const client::MetricsHistory& history)
{
    std::map<qint64, std::pair<double, double>> sums;
    for (const client::MetricsSeries& series : history.series)
        for (qsizetype at = 0; at < series.timesMs.size(); ++at) {
            auto& sum = sums[series.timesMs.at(at)];
            const double cpu = series.of(client::Metric::CpuPercent).at(at);
            const double memory = series.of(client::Metric::MemoryBytes).at(at);
            sum.first += std::isnan(cpu) ? 0 : cpu;
            sum.second += std::isnan(memory) ? 0 : memory;
        }
    const int cpus = m_session.info() ? std::max(1, m_session.info()->cpuCount) : 1;
    m_cpu.clear();
    m_memory.clear();
    for (const auto& [time, sum] : sums) {
        m_cpu.append(time, sum.first / cpus);
        m_memory.append(time, sum.second);
    }
    showTotals();
}

void OverviewPresenter::readDisk()
{
    if (!m_isShown || !m_session.connection.isRunning())
        return;
    m_session.client.diskUsage(this, [this](const client::Expected<client::DiskUsage>& usage) {
        m_page.setDisk(usage ? std::optional(*usage) : std::nullopt);
    });
}

void OverviewPresenter::onTick()
{
    if (!m_isShown)
        return;
    showTotals();
    const auto& containers = m_session.containers;
    struct Busy {
        double cpu;
        int row;
    };
    std::vector<Busy> busy;
    double cpu = 0;
    double memory = 0;
    for (int row = 0; row < containers.rowCount(); ++row) {
        const auto& stats = containers.row(row).stats;
        if (!stats.memoryBytes && !stats.cpuPercent)
            continue;
        busy.push_back({ stats.cpuPercent.value_or(0), row });
        cpu += stats.cpuPercent.value_or(0);
        memory += double(stats.memoryBytes.value_or(0));
    }
    // A sample for each step of the record, so that both make one line.
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (m_cpu.isEmpty() || now - m_cpu.at(m_cpu.size() - 1).timeMs >= kTotalsStepMs) {
        const int cpus = m_session.info() ? std::max(1, m_session.info()->cpuCount) : 1;
        m_cpu.append(now, cpu / cpus);
        m_memory.append(now, memory);
    }
    std::sort(busy.begin(), busy.end(), [](const Busy& a, const Busy& b) {
        return std::tie(b.cpu, a.row) < std::tie(a.cpu, b.row);
    });
    QList<views::OverviewTop> top;
    for (const Busy& one : busy) {
        const auto& row = containers.row(one.row);
        top.append(
            { row.summary.id, row.summary.name, models::format::percent(row.stats.cpuPercent),
                models::format::bytes(row.stats.memoryBytes) });
        if (top.size() == 5)
            break;
    }
    m_page.setTop(top);
}

void OverviewPresenter::showTotals()
{
    views::OverviewTotals totals;
    const auto& containers = m_session.containers;
    totals.running = containers.runningCount();
    totals.stopped = containers.rowCount() - totals.running;
    totals.failed = m_failed;
    totals.images = m_session.images.rowCount();
    if (const auto& info = m_session.info()) {
        totals.cpuCount = info->cpuCount;
        totals.hostMemoryBytes = info->memoryBytes;
    }
    double cpu = 0;
    qint64 memory = 0;
    bool isMeasured = totals.running == 0;
    for (int row = 0; row < containers.rowCount(); ++row) {
        const auto& stats = containers.row(row).stats;
        cpu += stats.cpuPercent.value_or(0);
        memory += stats.memoryBytes.value_or(0);
        isMeasured = isMeasured || stats.memoryBytes.has_value();
    }
    if (isMeasured) {
        totals.cpuPercent = cpu / std::max(1, totals.cpuCount);
        totals.memoryBytes = memory;
    }
    totals.cpu = m_cpu;
    totals.memory = m_memory;
    m_page.setTotals(totals);
}

void OverviewPresenter::refresh()
{
    QList<client::ContainerSummary> list;
    for (int row = 0; row < m_session.containers.rowCount(); ++row)
        list.append(m_session.containers.row(row).summary);
    const QList<models::Problem> problems = models::containerProblems(list, m_events);
    if (const int failed = int(problems.size()); std::exchange(m_failed, failed) != failed)
        emit failedCountChanged(failed);
    if (!m_isShown)
        return;
    m_page.setProblems(problems);
    QList<client::EngineEvent> newest;
    for (auto event = m_events.rbegin(); event != m_events.rend() && newest.size() < 12; ++event)
        if (event->action != QLatin1String("kill"))
            newest.append(*event);
    m_page.setEvents(newest);
    if (m_session.containers.runningCount() == 0)
        m_page.setTop({});
    showTotals();
}

} // namespace portlight::shell
