#include "app/shell/monitor_presenter.h"

#include "app/shell/engine_session.h"
#include "app/shell/settings.h"
#include "app/views/pages/monitor_page.h"
#include "app/views/widgets/message_bar.h"

#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>

#include <algorithm>
#include <tuple>

namespace portlight::shell {

namespace {

constexpr int kTickMs = 1000;
constexpr int kContainersEvery = 5; ///< ticks
constexpr int kProcessesEvery = 3;
constexpr int kPoints = 400; ///< per line: about one for two pixels
constexpr int kFirstChosen = 4;
constexpr int kMostListed = 200;

qint64 nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

} // namespace

MonitorPresenter::MonitorPresenter(
    EngineSession& session, Settings& settings, views::MonitorPage& page)
    : QObject(&page)
    , m_session(session)
    , m_settings(settings)
    , m_page(page)
{
    m_timer.setInterval(kTickMs);
    m_settle.setSingleShot(true);
    m_settle.setInterval(120);
    connect(&m_timer, &QTimer::timeout, this, &MonitorPresenter::tick);
    connect(&m_settle, &QTimer::timeout, this, &MonitorPresenter::readAll);
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        m_page.setUnsupported(false);
        if (m_isShown)
            readContainers();
    });
    connect(&session, &EngineSession::containersLoaded, this, [this] {
        if (m_isShown)
            readContainers();
    });
    connectPage();
    follow();
}

void MonitorPresenter::connectPage()
{
    using views::MonitorPage;
    connect(&m_page, &MonitorPage::choiceChanged, this, [this] {
        m_wasChosen = true;
        readAll();
        readProcesses();
    });
    connect(&m_page, &MonitorPage::rangeChosen, this, [this](qint64 rangeMs) {
        m_rangeMs = rangeMs;
        m_isLive = true;
        follow();
        readAll();
    });
    connect(&m_page, &MonitorPage::liveChosen, this, [this](bool isLive) {
        m_isLive = isLive;
        if (isLive)
            follow();
        else
            setSpan(m_span, false);
        readAll();
    });
    connect(&m_page, &MonitorPage::spanRequested, this, [this](const views::TimeSpan& span) {
        setSpan(views::withinRecord(span, nowMs()), false);
        m_settle.start();
    });
    connect(&m_page, &MonitorPage::csvRequested, this, &MonitorPresenter::exportCsv);
    connect(&m_page, &MonitorPage::pictureRequested, this, &MonitorPresenter::exportPicture);
}

void MonitorPresenter::show()
{
    if (std::exchange(m_isShown, true))
        return;
    m_timer.start();
    follow();
    readContainers();
    readAll();
}

void MonitorPresenter::hide()
{
    m_isShown = false;
    m_timer.stop();
}

void MonitorPresenter::showContainer(const QString& id)
{
    m_wanted = id;
    takeContainers(m_containers);
}

void MonitorPresenter::readContainers()
{
    m_session.client.recordedContainers(
        this, [this](const client::Expected<QList<client::RecordedContainer>>& containers) {
            if (containers)
                takeContainers(*containers);
            else if (containers.error().isUnsupported() || containers.error().isNotFound())
                m_page.setUnsupported(true);
        });
}

/// Running ones first, gone ones last; the newest of each first.
void MonitorPresenter::takeContainers(const QList<client::RecordedContainer>& containers)
{
    m_containers = containers;
    const auto rank = [](const client::RecordedContainer& container) {
        return container.isRunning ? 0 : container.isGone ? 2 : 1;
    };
    std::sort(m_containers.begin(), m_containers.end(), [&](const auto& a, const auto& b) {
        if (rank(a) != rank(b))
            return rank(a) < rank(b);
        return rank(a) == 0 ? std::tie(a.name, a.id) < std::tie(b.name, b.id)
                            : std::tie(a.lastMs, a.id) > std::tie(b.lastMs, b.id);
    });
    if (m_containers.size() > kMostListed)
        m_containers.resize(kMostListed);
    m_page.setContainers(m_containers);
    if (!m_wanted.isEmpty()) {
        const bool isKnown = std::any_of(m_containers.begin(), m_containers.end(),
            [this](const auto& container) { return container.id == m_wanted; });
        if (isKnown)
            m_page.setChosenIds({ std::exchange(m_wanted, QString()) });
    } else if (!m_wasChosen && !m_containers.isEmpty()) {
        QStringList ids;
        for (const auto& container : std::as_const(m_containers))
            if (ids.size() < kFirstChosen && (container.isRunning || ids.isEmpty()))
                ids.append(container.id);
        m_page.setChosenIds(ids);
    }
}

/// The recorder's steps that give about kPoints over the span.
qint64 MonitorPresenter::stepMs() const
{
    const qint64 seconds = m_span.length() / 1000 / kPoints;
    for (const qint64 step : { 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600 })
        if (step >= seconds)
            return step * 1000;
    return 7'200'000;
}

void MonitorPresenter::setSpan(views::TimeSpan span, bool isLive)
{
    m_span = span;
    m_isLive = isLive;
    m_page.setSpan(span, isLive);
    m_page.setRangeMs(isLive || span.length() == m_rangeMs ? m_rangeMs : -1);
}

void MonitorPresenter::follow()
{
    const qint64 now = nowMs();
    setSpan({ now - m_rangeMs, now }, true);
}

void MonitorPresenter::readAll()
{
    const QStringList ids = m_page.chosenIds();
    m_reading.cancel();
    m_isReading = false;
    if (!m_isShown)
        return;
    if (ids.isEmpty()) {
        m_window.clear();
        m_page.setWindow(m_window);
        return;
    }
    m_isReading = true;
    // A little more at the left, so that a line does not begin in the middle of the plot.
    const qint64 step = stepMs();
    m_reading = m_session.client.history({ ids, m_span.fromMs - 3 * step, m_span.toMs, step }, this,
        [this](const auto& history) { takeHistory(history, false); });
}

void MonitorPresenter::readNewer()
{
    const qint64 last = m_window.lastMs();
    if (last == 0) {
        readAll();
        return;
    }
    m_isReading = true;
    const qint64 from = last - m_window.stepMs();
    m_reading =
        m_session.client.history({ m_page.chosenIds(), from / m_window.stepMs() * m_window.stepMs(),
                                     nowMs(), m_window.stepMs() },
            this, [this](const auto& history) { takeHistory(history, true); });
}

void MonitorPresenter::takeHistory(
    const client::Expected<client::MetricsHistory>& history, bool isNewer)
{
    m_isReading = false;
    if (!history) {
        if (history.error().isUnsupported())
            m_page.setUnsupported(true);
        else if (history.error().isNotFound())
            readContainers(); // a chosen one's record has been given up
        else if (m_session.connection.isRunning())
            m_page.messageBar().showMessage(
                theme::Tone::Warn, tr("The record could not be read"), history.error().message);
        return;
    }
    m_page.messageBar().hide();
    if (!isNewer)
        m_window.replace(*history);
    else if (!m_window.extend(*history, m_span.fromMs - 3 * m_window.stepMs())) {
        readAll();
        return;
    }
    m_page.setWindow(m_window);
}

void MonitorPresenter::tick()
{
    ++m_ticks;
    if (!m_session.connection.isRunning())
        return;
    if (m_ticks % kContainersEvery == 0)
        readContainers();
    if (m_ticks % kProcessesEvery == 0)
        readProcesses();
    // Long spans change by less than a pixel a second.
    if (!m_isLive || m_isReading || (m_ticks * kTickMs) % std::max<qint64>(1000, stepMs() / 2) != 0)
        return;
    follow();
    readNewer();
}

void MonitorPresenter::readProcesses()
{
    const QStringList ids = m_page.chosenIds();
    const auto shown = std::find_if(m_containers.begin(), m_containers.end(),
        [&](const auto& container) { return container.isRunning && ids.contains(container.id); });
    if (!m_isShown || shown == m_containers.end()) {
        m_page.setNoProcesses(tr("None of the chosen containers runs."));
        return;
    }
    const QString name = shown->name;
    m_session.client.listProcesses(
        shown->id, this, [this, name](const client::Expected<client::ProcessTable>& table) {
            if (table)
                m_page.setProcesses(name, *table);
            else
                m_page.setNoProcesses(table.error().message);
        });
}

void MonitorPresenter::exportTo(const QString& title, const QString& name, const QString& filter,
    std::function<bool(QIODevice&)> write)
{
    auto* dialog = new QFileDialog(&m_page, title, m_settings.lastDirectory(), filter);
    dialog->setObjectName(QStringLiteral("exportFileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(name).suffix());
    dialog->selectFile(name);
    // So that a program that drives the window from outside can use the dialog too.
    if (qEnvironmentVariableIsSet("PORTLIGHT_NO_NATIVE_DIALOGS"))
        dialog->setOption(QFileDialog::DontUseNativeDialog);
    connect(dialog, &QFileDialog::fileSelected, this, [this, write](const QString& path) {
        m_settings.setLastDirectory(QFileInfo(path).absolutePath());
        QSaveFile file(path);
        if (file.open(QIODevice::WriteOnly) && write(file) && file.commit())
            emit exported(path);
        else
            m_page.messageBar().showMessage(
                theme::Tone::Bad, tr("%1 could not be written").arg(path), file.errorString());
    });
    dialog->open();
}

void MonitorPresenter::exportCsv()
{
    exportTo(tr("Export figures"), QStringLiteral("portlight.csv"), tr("CSV files (*.csv)"),
        [text = m_window.csv()](QIODevice& file) { return file.write(text) == text.size(); });
}

void MonitorPresenter::exportPicture()
{
    exportTo(tr("Export picture"), QStringLiteral("portlight.png"), tr("Pictures (*.png)"),
        [picture = m_page.chartsPicture()](QIODevice& file) { return picture.save(&file, "PNG"); });
}

} // namespace portlight::shell
