#pragma once

#include <QObject>
#include <QStringList>

class QWidget;

namespace portlight::actions {
struct ActionSummary;
} // namespace portlight::actions

namespace portlight::views {
class Toast;
} // namespace portlight::views

namespace portlight::shell {

class EngineSession;

/// Volumes and networks: dialogs before, reports after.
class StoreFlow : public QObject {
    Q_OBJECT

public:
    /// All must outlive this object; dialogs open over @p window.
    StoreFlow(EngineSession& session, views::Toast& toast, QWidget& window);

    void newVolume();
    void removeVolumes(const QStringList& names);
    void newNetwork();
    void removeNetworks(const QStringList& ids);

signals:
    /// For the page in sight; @p detail holds the engine's words.
    void failed(const QString& text, const QString& detail);

private:
    void report(const actions::ActionSummary& summary);

    EngineSession& m_session;
    views::Toast& m_toast;
    QWidget& m_window;
};

} // namespace portlight::shell
