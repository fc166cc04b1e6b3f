#include "app/shell/notifier.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>

#include <utility>

namespace portlight::shell {

namespace {

const QString kService = QStringLiteral("org.freedesktop.Notifications");
const QString kPath = QStringLiteral("/org/freedesktop/Notifications");
constexpr int kTimeoutMs = 3000;
constexpr uchar kCritical = 2;
constexpr uchar kNormal = 1;

} // namespace

Notifier::Notifier(QObject* parent)
    : QObject(parent)
{
}

/// On the first message: a window that has nothing to say needs no bus.
bool Notifier::listen()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return false;
    if (!std::exchange(m_isListening, true)) {
        bus.connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this,
            SLOT(onActionInvoked(QDBusMessage)));
        bus.connect(kService, kPath, kService, QStringLiteral("NotificationClosed"), this,
            SLOT(onClosed(QDBusMessage)));
    }
    return true;
}

void Notifier::send(const Message& message)
{
    if (!listen()) {
        emit sendFailed(message.subject);
        return;
    }
    QStringList actions;
    for (const Action& action : message.actions)
        actions << action.key << action.text;
    QVariantMap hints;
    hints[QStringLiteral("urgency")] = QVariant::fromValue(message.isUrgent ? kCritical : kNormal);
    hints[QStringLiteral("desktop-entry")] = QStringLiteral("portlight");
    QDBusMessage call =
        QDBusMessage::createMethodCall(kService, kPath, kService, QStringLiteral("Notify"));
    // The body may hold markup: what containers are called is not ours.
    call << QStringLiteral("Portlight") << m_ids.value(message.subject, 0U)
         << QStringLiteral("portlight") << message.title << message.text.toHtmlEscaped() << actions
         << hints << -1;
    auto* watcher = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(call, kTimeoutMs), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this,
        [this, watcher, subject = message.subject] {
            const QDBusMessage reply = watcher->reply();
            watcher->deleteLater();
            if (reply.type() == QDBusMessage::ReplyMessage && !reply.arguments().isEmpty())
                m_ids[subject] = reply.arguments().constFirst().toUInt();
            else
                emit sendFailed(subject);
        });
}

void Notifier::onActionInvoked(const QDBusMessage& message)
{
    const QVariantList arguments = message.arguments();
    if (arguments.size() != 2)
        return;
    const QString subject = m_ids.key(arguments.at(0).toUInt());
    if (!subject.isEmpty()) // else another program's
        emit actionInvoked(subject, arguments.at(1).toString());
}

void Notifier::onClosed(const QDBusMessage& message)
{
    if (message.arguments().isEmpty())
        return;
    if (const QString subject = m_ids.key(message.arguments().constFirst().toUInt());
        !subject.isEmpty())
        m_ids.remove(subject);
}

} // namespace portlight::shell
