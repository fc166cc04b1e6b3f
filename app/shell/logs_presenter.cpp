#include "app/shell/logs_presenter.h"

#include "app/shell/engine_session.h"
#include "app/views/log/log_panel.h"
#include "app/views/log/log_view.h"
#include "app/views/pages/logs_page.h"

#include <QCollator>

#include <algorithm>

namespace portlight::shell {

namespace {
constexpr int kFirstChosen = 5;
}

LogsPresenter::LogsPresenter(EngineSession& session, views::LogsPage& page)
    : QObject(&page)
    , m_session(session)
    , m_page(page)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(150);
    connect(&m_settle, &QTimer::timeout, this, &LogsPresenter::restart);
    connect(&page, &views::LogsPage::choiceChanged, this, [this] {
        m_wasChosen = true;
        m_settle.start();
    });
    connect(&page, &views::LogsPage::rangeChanged, this, &LogsPresenter::restart);
    connect(&page.log(), &views::LogPanel::retryRequested, this, &LogsPresenter::restart);
    connect(&session, &EngineSession::containersLoaded, this, &LogsPresenter::updateContainers);
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        if (m_wasShown)
            m_settle.start();
    });
    connect(&session.resources, &session::ResourceFeed::eventReceived, this,
        [this](const client::EngineEvent& event) {
            if (event.type == QLatin1String("container") && event.action == QLatin1String("start"))
                onStart(event.actorId);
        });
    connect(&m_merger, &models::LogMerger::waitingShrunk, this, [this] {
        if (m_merger.waitingBytes() < models::LogMerger::kMostWaiting / 2)
            for (const Source& source : m_sources)
                if (source.stream)
                    source.stream->setPaused(false);
    });
}

LogsPresenter::~LogsPresenter()
{
    // The page may be half gone: its panel notices by itself that the model goes.
    closeAll();
}

void LogsPresenter::show()
{
    if (std::exchange(m_wasShown, true))
        return;
    m_page.log().setModel(&m_model, QStringLiteral("containers.log"));
    updateContainers();
    m_settle.start();
}

void LogsPresenter::updateContainers()
{
    if (!m_wasShown)
        return;
    QList<views::LogSourceEntry> entries;
    for (int row = 0; row < m_session.containers.rowCount(); ++row) {
        const auto& summary = m_session.containers.row(row).summary;
        entries.append({ summary.id, summary.name, summary.isRunning() });
    }
    QCollator natural { QLocale(QLocale::English) }; // the C locale would not count
    natural.setNumericMode(true);
    std::sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
        if (a.isRunning != b.isRunning)
            return a.isRunning;
        return natural.compare(a.name, b.name) < 0;
    });
    // A container that runs again writes on: its stream ended with its last run.
    bool hasRestarted = false;
    for (const Source& source : m_sources)
        for (const auto& entry : entries)
            hasRestarted = hasRestarted
                || (entry.id == source.id && entry.isRunning && source.stream == nullptr);
    m_page.setContainers(entries);
    if (!m_wasChosen && !entries.isEmpty()) {
        QStringList ids;
        for (const auto& entry : entries)
            if (ids.size() < kFirstChosen && (entry.isRunning || ids.isEmpty()))
                ids.append(entry.id);
        m_page.setChosenIds(ids);
    } else if (hasRestarted) {
        m_settle.start();
    }
}

// A run may be over before the list of containers is read again, which then shows nothing of it.
void LogsPresenter::onStart(const QString& id)
{
    for (Source& source : m_sources) {
        if (source.id != id)
            continue;
        source.runsAgain = true;
        if (source.stream == nullptr)
            m_settle.start();
    }
}

void LogsPresenter::closeAll()
{
    for (Source& source : m_sources)
        if (source.stream) {
            source.stream->disconnect(this);
            source.stream->deleteLater();
        }
    m_sources.clear();
}

void LogsPresenter::restart()
{
    if (!m_wasShown)
        return;
    closeAll();
    ++m_generation;
    const auto chosen = m_page.chosen();
    QStringList names;
    QStringList ids;
    for (const auto& entry : chosen) {
        names.append(entry.name);
        ids.append(entry.id);
        m_sources.push_back({ entry.id, nullptr, false });
    }
    m_merger.start(int(chosen.size()));
    m_page.log().view()->setOrigins(names);
    m_page.setColored(ids);
    m_page.log().setProblem({}, {});
    for (int origin = 0; origin < int(chosen.size()); ++origin)
        // Whether it has a terminal says how its log comes.
        m_session.client.inspectContainer(chosen.at(origin).id, this,
            [this, origin, generation = m_generation, id = chosen.at(origin).id](
                const client::Expected<client::ContainerDetails>& details) {
                if (generation != m_generation)
                    return;
                if (details)
                    open(origin, id, details->hasTty);
                else
                    m_merger.finish(origin);
            });
}

void LogsPresenter::open(int origin, const QString& id, bool isRaw)
{
    client::LogOptions options;
    options.isRaw = isRaw;
    if (const auto range = m_page.rangeSeconds())
        options.since = QDateTime::currentDateTimeUtc().addSecs(-*range);
    client::LogStream* stream = m_session.client.logs(id, options, this);
    m_sources[std::size_t(origin)].stream = stream;
    connect(stream, &client::LogStream::received, this,
        [this, origin, stream](const client::LogFrame& frame) {
            m_merger.append(origin, frame);
            if (m_merger.waitingBytes() > models::LogMerger::kMostWaiting)
                stream->setPaused(true);
        });
    connect(stream, &client::EngineStream::failed, this, [this](const client::ApiError& error) {
        if (m_session.connection.isRunning())
            m_page.log().setProblem(tr("A log could not be read to its end"), error.message);
    });
    connect(stream, &client::EngineStream::ended, this, [this, origin, stream] {
        Source& source = m_sources[std::size_t(origin)];
        m_merger.finish(origin);
        source.stream = nullptr;
        stream->disconnect(this);
        stream->deleteLater();
        if (source.runsAgain)
            m_settle.start();
    });
}

} // namespace portlight::shell
