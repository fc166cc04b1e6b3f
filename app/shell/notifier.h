#pragma once

#include <QHash>
#include <QObject>
#include <QStringList>

#include <functional>

class QDBusMessage;

namespace portlight::shell {

/// A message of the desktop (org.freedesktop.Notifications), for what happens while nobody looks at
/// the window. Asynchronous; where no service answers, nothing happens and sendFailed() says so.
/// Desktop Notifications Specification 1.2.
class Notifier : public QObject {
    Q_OBJECT

public:
    struct Action {
        QString key; ///< our word for it; "default" is a click on the message itself
        QString text;
    };
    struct Message {
        QString subject; ///< a newer one with the same subject takes its place
        QString title;
        QString text;
        bool isUrgent = false;
        QList<Action> actions;
    };

    explicit Notifier(QObject* parent = nullptr);

    void send(const Message& message);

signals:
    void actionInvoked(const QString& subject, const QString& key);
    void sendFailed(const QString& subject);

private slots:
    void onActionInvoked(const QDBusMessage& message);
    void onClosed(const QDBusMessage& message);

private:
    bool listen();

    QHash<QString, uint> m_ids; ///< by subject
    bool m_isListening = false;
};

} // namespace portlight::shell
