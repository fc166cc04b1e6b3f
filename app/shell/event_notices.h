#pragma once

#include "app/client/types/engine_event.h"
#include "app/shell/notifier.h"

#include <QHash>
#include <QObject>
#include <QTimer>

class QWidget;

namespace portlight::shell {

class EngineSession;
class Settings;

/// Decides what of the engine's events and of the window's tasks is worth a message of the desktop:
/// a container that ended with an error (not by request), ran out of memory or became unhealthy,
/// and long work that is done while the window is not in front.
class EventNotices : public QObject {
    Q_OBJECT

public:
    EventNotices(EngineSession& session, Settings& settings, QWidget& window);

    Notifier& notifier() { return m_notifier; }

signals:
    void containerRequested(const QString& id);
    void logsRequested(const QString& id);
    void startRequested(const QString& id);
    void activityRequested();
    /// No service took the message: say it in the window. @p text is one line.
    void fallback(const QString& text);

private:
    void onEvent(const client::EngineEvent& event);
    void onTaskEnded(int id);
    void onAction(const QString& subject, const QString& key);
    void tellEnd(const client::EngineEvent& die);
    void tell(Notifier::Message message);

    EngineSession& m_session;
    Settings& m_settings;
    QWidget& m_window;
    Notifier m_notifier;
    QHash<QString, QString> m_titles; ///< by subject, for the fallback
    QHash<QString, QDateTime> m_requests; ///< container id: when it was last stopped by request
    QHash<QString, QDateTime> m_outOfMemory;
};

} // namespace portlight::shell
