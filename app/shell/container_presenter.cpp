#include "app/shell/container_presenter.h"

#include "app/shell/engine_session.h"
#include "app/views/log/ansi_text.h"
#include "app/views/log/log_panel.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/end_card.h"

namespace portlight::shell {

using views::ContainerPage;

namespace {

constexpr int kLastLines = 10;

} // namespace

ContainerPresenter::ContainerPresenter(EngineSession& session, ContainerPage& page)
    : QObject(&page)
    , m_session(session)
    , m_page(page)
{
    m_log.setTimestamped(true);
    m_tail.setTimestamped(true);
    connect(&page, &ContainerPage::tabChanged, this, &ContainerPresenter::updateLog);
    connect(&page, &ContainerPage::retryRequested, this, &ContainerPresenter::refresh);
    connect(&page.log(), &views::LogPanel::retryRequested, this, [this] {
        closeLog();
        updateLog();
    });
    connect(&session.resources, &session::ResourceFeed::eventReceived, this,
        [this](const client::EngineEvent& event) {
            if (m_isShown && event.actorId == m_id)
                inspect();
        });
    connect(
        &session.connection, &session::Connection::engineFound, this, &ContainerPresenter::refresh);
    connect(&session.stats, &session::StatsFeed::availabilityChanged, this,
        &ContainerPresenter::onStatsAvailability);
}

void ContainerPresenter::show(const QString& id)
{
    if (id != m_id) {
        closeLog();
        m_id = id;
        m_hasTty.reset();
        m_tailOf = {};
    }
    m_isShown = true;
    m_page.setContainer(id);
    onStatsAvailability();
    inspect();
    updateLog();
}

void ContainerPresenter::hide()
{
    m_isShown = false;
    closeLog();
}

void ContainerPresenter::refresh()
{
    if (!m_isShown)
        return;
    inspect();
    updateLog();
}

void ContainerPresenter::inspect()
{
    m_inspect.cancel();
    m_inspect = m_session.client.inspectContainer(
        m_id, this, [this](client::Expected<client::ContainerDetails> details) {
            if (!details) {
                if (!details.error().isNotFound())
                    m_page.setProblem(tr("The details could not be read"), details.error().message);
                return;
            }
            const bool wasRunning =
                std::exchange(m_isRunning, details->state == client::ContainerState::Running);
            m_page.setDetails(*details);
            const bool startedAgain = m_isRunning && !wasRunning && m_hasTty && !m_stream;
            m_hasTty = details->hasTty;
            if (startedAgain)
                m_loggedId.clear(); // a new run: its lines are read from the beginning
            if (!m_isRunning && details->finished.isValid() && details->finished != m_tailOf) {
                m_tailOf = details->finished;
                readLastLines();
            }
            updateLog();
        });
}

void ContainerPresenter::readLastLines()
{
    if (m_tailStream)
        delete m_tailStream;
    m_tail.clear();
    client::LogOptions options;
    options.follows = false;
    options.tail = kLastLines;
    options.isRaw = m_hasTty.value_or(false);
    m_tailStream = m_session.client.logs(m_id, options, this);
    connect(m_tailStream, &client::LogStream::received, &m_tail, &models::LogModel::append);
    // Without a log the card says what it knows.
    connect(m_tailStream, &client::EngineStream::ended, this, [this] {
        m_tail.finish();
        QStringList lines;
        for (qsizetype at = 0; at < m_tail.lineCount(); ++at)
            lines.append(views::parseAnsi(m_tail.line(at).text).text);
        m_page.end().setLastLines(lines);
        m_tailStream->deleteLater();
        m_tailStream = nullptr;
    });
}

void ContainerPresenter::updateLog()
{
    const bool isWanted = m_isShown && m_page.tab() == ContainerPage::Tab::Logs;
    if (!isWanted) {
        if (m_stream)
            closeLog();
        return;
    }
    if (!m_hasTty || m_loggedId == m_id)
        return;
    openLog(*m_hasTty);
}

void ContainerPresenter::openLog(bool isRaw)
{
    m_log.clear();
    m_loggedId = m_id;
    const models::ContainerRow* row = m_session.containers.find(m_id);
    m_page.log().setModel(
        &m_log, (row ? row->summary.name : m_id.left(12)) + QStringLiteral(".log"));
    m_page.log().setProblem({}, {});
    client::LogOptions options;
    options.isRaw = isRaw;
    m_stream = m_session.client.logs(m_id, options, this);
    connect(m_stream, &client::LogStream::received, &m_log, &models::LogModel::append);
    connect(m_stream, &client::EngineStream::failed, this, [this](const client::ApiError& error) {
        m_page.log().setProblem(tr("The log broke off"), error.message);
    });
    connect(m_stream, &client::EngineStream::ended, this, [this] {
        m_log.finish();
        m_stream->deleteLater();
        m_stream = nullptr;
    });
}

void ContainerPresenter::closeLog()
{
    m_loggedId.clear();
    if (!m_stream)
        return;
    m_stream->disconnect(this);
    m_stream->disconnect(&m_log);
    m_stream->deleteLater();
    m_stream = nullptr;
}

void ContainerPresenter::onStatsAvailability()
{
    const bool lacks =
        m_session.stats.availability() == session::StatsFeed::Availability::Unsupported;
    m_page.setStatsObstacle(
        lacks ? tr("This engine gives no live figures for all containers at once.") : QString());
}

} // namespace portlight::shell
