#pragma once

#include "app/actions/container_actions.h"

#include <QObject>
#include <QStringList>

class QWidget;

namespace portlight::views {
class ConfirmDialog;
class Toast;
} // namespace portlight::views

namespace portlight::shell {

class EngineSession;

/// Actions on containers and images: what must be confirmed, and what is said afterwards.
class ContainerFlow : public QObject {
    Q_OBJECT

public:
    /// All must outlive it; dialogs open over @p window.
    ContainerFlow(EngineSession& session, views::Toast& toast, QWidget& window);

    void run(actions::ContainerAction action, const QStringList& ids);
    void removeImages(const QStringList& ids);
    /// The dialog for a new container, with @p reference as its image when not empty.
    void create(const QString& reference);

signals:
    void showRequested(const QString& containerId);
    /// Something failed that the user started: shown on the page until dismissed.
    void failed(const QString& text, const QString& detail);

private:
    void report(const actions::ActionSummary& summary);

    EngineSession& m_session;
    views::Toast& m_toast;
    QWidget& m_window;
};

} // namespace portlight::shell
