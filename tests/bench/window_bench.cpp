// portlight_window_bench
//
// What the window's parts cost, without an engine: sorting and ticking of long lists, scrolling,
// long logs, and memory over many events and page switches. Prints a line for each figure; run it
// in a release build. On $DISPLAY where QT_QPA_PLATFORM says so, else offscreen.
#include "app/models/container_model.h"
#include "app/models/log_filter.h"
#include "app/models/log_model.h"
#include "app/shell/main_window.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/log/log_view.h"
#include "app/views/pages/containers_page.h"
#include "tests/bench/process_figures.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <ctime>
#include <memory>
#include <unistd.h>

using namespace portlight;

namespace {

QList<client::ContainerSummary> summaries(int count, int generation = 0)
{
    QList<client::ContainerSummary> list;
    list.reserve(count);
    for (int at = 0; at < count; ++at) {
        client::ContainerSummary one;
        one.id = QString::number(at).rightJustified(64, u'0');
        one.name = QStringLiteral("service-%1").arg((at * 7919) % count);
        one.image =
            QStringLiteral("registry.example/team/image-%1:%2").arg(at % 97).arg(generation);
        one.state = at % 5 == 4 ? client::ContainerState::Exited : client::ContainerState::Running;
        one.created = QDateTime::fromSecsSinceEpoch(1'700'000'000 + at, Qt::UTC);
        list.append(one);
    }
    return list;
}

client::StatsTick tick(int count, int second)
{
    client::StatsTick made;
    made.read = QDateTime::fromSecsSinceEpoch(1'800'000'000 + second, Qt::UTC);
    for (int at = 0; at < count; ++at) {
        if (at % 5 == 4)
            continue;
        client::ContainerStats stats;
        stats.id = QString::number(at).rightJustified(64, u'0');
        stats.cpuPercent = (at * 31 + second * 17) % 100;
        stats.memoryBytes = ((at * 13 + second) % 500) * 1'000'000LL;
        stats.networkReceivedBytes = second * 1000LL * at;
        stats.networkSentBytes = second * 500LL * at;
        made.containers.append(stats);
    }
    return made;
}

double cpuSeconds()
{
    timespec now {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

double residentMiB()
{
    const auto memory = bench::memoryOf(::getpid());
    return memory ? double(memory.value().residentKib) / 1024 : 0;
}

/// A window that asks nobody.
class Window {
public:
    Window()
    {
        m_language.apply(QStringLiteral("en"));
        shell::Options options;
        options.address.socketPath = m_files.filePath(QStringLiteral("nobody.sock"));
        options.mayStartEngine = false;
        options.page = QStringLiteral("containers");
        m_window = std::make_unique<shell::MainWindow>(options, m_language);
        m_window->resize(1280, 800);
        m_window->show();
        static_cast<void>(QTest::qWaitForWindowExposed(m_window.get()));
    }
    shell::MainWindow& operator*() const { return *m_window; }
    shell::MainWindow* operator->() const { return m_window.get(); }

private:
    QTemporaryDir m_files;
    shell::Language m_language;
    std::unique_ptr<shell::MainWindow> m_window;
};

/// Its containers page with @p count rows.
class List {
public:
    explicit List(int count)
    {
        model().applySnapshot(summaries(count));
        auto* page = m_window->findChild<views::ContainersPage*>();
        page->setEngine({ views::EngineNotice::State::Running, {} });
        page->setLoaded(true);
        QTest::qWait(200);
    }
    models::ContainerModel& model() { return m_window->session().containers; }
    views::TableView& table() { return m_window->findChild<views::ContainersPage*>()->table(); }

private:
    Window m_window;
};

void sorting()
{
    List list(10'000);
    list.model().applyStats(tick(10'000, 1));
    for (const auto& [name, column] : { std::pair("name", models::ContainerModel::NameColumn),
             std::pair("CPU", models::ContainerModel::CpuColumn) }) {
        double worst = 0;
        for (const auto order : { Qt::AscendingOrder, Qt::DescendingOrder, Qt::AscendingOrder }) {
            QElapsedTimer clock;
            clock.start();
            list.table().sortByColumn(column, order);
            worst = std::max(worst, double(clock.nsecsElapsed()) / 1e6);
        }
        std::printf("sort 10000 rows by %-5s worst %7.1f ms (wanted < 100)\n", name, worst);
    }
}

void ticking()
{
    List list(1000);
    list.table().sortByColumn(models::ContainerModel::CpuColumn, Qt::DescendingOrder);
    const double before = cpuSeconds();
    constexpr int kTicks = 20;
    for (int second = 1; second <= kTicks; ++second) {
        list.model().applyStats(tick(1000, second));
        QTest::qWait(50); // the paint that follows belongs to it
    }
    std::printf("1000 rows at 1 Hz, sorted by CPU     %7.2f %% of a core (wanted < 10)\n",
        (cpuSeconds() - before) / kTicks * 100);
}

void scrolling()
{
    List list(10'000);
    QScrollBar& bar = *list.table().verticalScrollBar();
    double worst = 0;
    QElapsedTimer whole;
    whole.start();
    constexpr int kSteps = 200;
    for (int step = 0; step < kSteps; ++step) {
        QElapsedTimer clock;
        clock.start();
        bar.setValue(bar.maximum() * step / kSteps);
        list.table().viewport()->repaint();
        worst = std::max(worst, double(clock.nsecsElapsed()) / 1e6);
    }
    std::printf("scroll 10000 rows: %5.0f frames/s, worst frame %5.1f ms (wanted < 33)\n",
        kSteps * 1000.0 / double(whole.elapsed()), worst);
}

void longLog()
{
    models::LogModel model;
    model.setMaximumBytes(qint64(2) << 30);
    QByteArray block;
    int line = 0;
    while (block.size() < 1 << 20)
        block += "request " + QByteArray::number(++line)
            + " GET /api/v1/things answered 200 in 13 ms by worker seven\n";
    QElapsedTimer clock;
    clock.start();
    while (model.byteCount() < 1'000'000'000)
        model.append({ client::LogSource::Stdout, block });
    const double bytes = double(model.byteCount()) / 1e6;
    std::printf("log of 1 GB: taken in at %6.0f MB/s, resident %5.0f MiB\n",
        bytes * 1000 / double(clock.elapsed()), residentMiB());
    views::LogView view;
    view.resize(1000, 700);
    view.show();
    static_cast<void>(QTest::qWaitForWindowExposed(&view));
    clock.restart();
    view.setModel(&model);
    view.viewport()->repaint();
    std::printf("log of 1 GB: on the screen after %lld ms (wanted < 500)\n",
        static_cast<long long>(clock.elapsed()));
    clock.restart();
    const auto hits = model.matchingLines("worker eight");
    std::printf("log of 1 GB: text without a hit at %6.0f MB/s (wanted > 200)\n",
        bytes * 1000 / double(std::max<qint64>(1, clock.elapsed())));
    models::LogQuery query;
    query.needle = QStringLiteral("answered (4|5)\\d\\d in");
    query.isRegex = true;
    const models::LogFilter filter(query);
    qsizetype found = hits.size();
    clock.restart();
    for (qsizetype at = 0; at < model.lineCount(); ++at)
        found += filter.hits(model.line(at)) ? 1 : 0;
    std::printf("log of 1 GB: regular expression at %6.0f MB/s (%lld hits)\n",
        bytes * 1000 / double(std::max<qint64>(1, clock.elapsed())), static_cast<long long>(found));
}

void soak()
{
    const Window window;
    const QStringList pages = shell::pageNames();
    const auto switches = [&](int count) {
        for (int at = 0; at < count; ++at) {
            window->showPage(pages.at(at % pages.size()));
            QCoreApplication::processEvents();
        }
    };
    const auto events = [&](int count) {
        for (int at = 0; at < count; ++at) {
            window->session().containers.applySnapshot(summaries(20, at));
            if (at % 50 == 0)
                QCoreApplication::processEvents();
        }
    };
    switches(500);
    events(500);
    const double before = residentMiB();
    switches(10'000);
    const double after = residentMiB();
    events(50'000);
    std::printf("memory: %.1f MiB, after 10000 page switches %.1f, after 50000 events %.1f\n",
        before, after, residentMiB());
}

} // namespace

int main(int count, char** words)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(count, words);
    const QTemporaryDir settings;
    qputenv("XDG_CONFIG_HOME", settings.path().toUtf8());
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
    const QStringList wanted = QApplication::arguments().mid(1);
    const auto run = [&](const char* name, void (*figure)()) {
        if (wanted.isEmpty() || wanted.contains(QLatin1String(name)))
            figure();
        std::fflush(stdout);
    };
    run("sort", sorting);
    run("tick", ticking);
    run("scroll", scrolling);
    run("log", longLog);
    run("soak", soak);
    return 0;
}
