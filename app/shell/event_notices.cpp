#include "app/shell/event_notices.h"

#include "app/models/event_text.h"
#include "app/shell/engine_session.h"
#include "app/shell/settings.h"

#include <QWidget>

namespace portlight::shell {

namespace {

constexpr int kNearMs = 30'000;
/// "die" comes before "stop" and after "kill": wait for both before alarming anybody.
constexpr int kPatienceMs = 700;
constexpr int kLongTaskMs = 10'000;
const QString kTask = QStringLiteral("task/");

bool isNear(const QDateTime& one, const QDateTime& other)
{
    return one.isValid() && other.isValid() && std::abs(one.msecsTo(other)) < kNearMs;
}

QString nameOf(const client::EngineEvent& event)
{
    return event.attributes.value(QStringLiteral("name"), event.actorId.left(12));
}

} // namespace

EventNotices::EventNotices(EngineSession& session, Settings& settings, QWidget& window)
    : QObject(&window)
    , m_session(session)
    , m_settings(settings)
    , m_window(window)
{
    connect(
        &session.resources, &session::ResourceFeed::eventReceived, this, &EventNotices::onEvent);
    connect(&session.tasks, &actions::TaskList::taskEnded, this, &EventNotices::onTaskEnded);
    connect(&m_notifier, &Notifier::actionInvoked, this, &EventNotices::onAction);
    connect(&m_notifier, &Notifier::sendFailed, this, [this](const QString& subject) {
        if (const QString title = m_titles.take(subject); !title.isEmpty())
            emit fallback(title);
    });
}

void EventNotices::onEvent(const client::EngineEvent& event)
{
    if (event.type != QLatin1String("container"))
        return;
    const QString& id = event.actorId;
    if (event.action == QLatin1String("kill") || event.action == QLatin1String("stop")
        || event.action == QLatin1String("restart") || event.action == QLatin1String("destroy"))
        m_requests[id] = event.time;
    else if (event.action == QLatin1String("start"))
        m_requests.remove(id); // what was asked for before is over
    else if (event.action == QLatin1String("oom"))
        m_outOfMemory[id] = event.time;
    else if (event.action == QLatin1String("die"))
        QTimer::singleShot(kPatienceMs, this, [this, event] { tellEnd(event); });
    else if (event.action.endsWith(QLatin1String("unhealthy")))
        tell({ id, tr("%1 is unhealthy").arg(nameOf(event)), tr("Its own health check fails."),
            false,
            { { QStringLiteral("default"), tr("Show") },
                { QStringLiteral("logs"), tr("Logs") } } });
}

void EventNotices::tellEnd(const client::EngineEvent& die)
{
    const QString& id = die.actorId;
    const bool wasOutOfMemory = isNear(m_outOfMemory.value(id), die.time);
    const int code = die.attributes.value(QStringLiteral("exitCode")).toInt();
    if (!wasOutOfMemory && (code == 0 || isNear(m_requests.value(id), die.time)))
        return;
    const QString name = nameOf(die);
    Notifier::Message message;
    message.subject = id;
    message.title = wasOutOfMemory ? tr("%1: out of memory").arg(name)
                                   : tr("%1 exited with code %2").arg(name).arg(code);
    message.text = wasOutOfMemory
        ? tr("The kernel ended it because it needed more memory than it may use.")
        : tr("Its last lines may say why.");
    message.isUrgent = wasOutOfMemory;
    message.actions = { { QStringLiteral("default"), tr("Show") },
        { QStringLiteral("logs"), tr("Logs") } };
    if (m_session.containers.find(id))
        message.actions.append({ QStringLiteral("start"), tr("Start again") });
    m_outOfMemory.remove(id);
    tell(std::move(message));
}

void EventNotices::onTaskEnded(int id)
{
    const actions::Task* task = m_session.tasks.find(id);
    if (!task || task->state == actions::TaskState::Cancelled)
        return;
    const bool hasFailed = task->state == actions::TaskState::Failed;
    const bool isInFront = m_window.isActiveWindow();
    if (isInFront || (!hasFailed && task->started.msecsTo(task->ended) < kLongTaskMs))
        return;
    tell({ kTask + QString::number(id),
        hasFailed ? tr("Failed: %1").arg(task->title) : tr("Done: %1").arg(task->title),
        task->message, false, { { QStringLiteral("default"), tr("Show") } } });
}

void EventNotices::tell(Notifier::Message message)
{
    if (!m_settings.notifies())
        return;
    m_titles[message.subject] = message.title;
    m_notifier.send(message);
}

void EventNotices::onAction(const QString& subject, const QString& key)
{
    m_window.setWindowState(m_window.windowState() & ~Qt::WindowMinimized);
    m_window.show();
    m_window.raise();
    m_window.activateWindow();
    if (subject.startsWith(kTask))
        emit activityRequested();
    else if (key == QLatin1String("logs"))
        emit logsRequested(subject);
    else if (key == QLatin1String("start"))
        emit startRequested(subject);
    else
        emit containerRequested(subject);
}

} // namespace portlight::shell
