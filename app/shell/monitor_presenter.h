#pragma once

#include "app/client/request_handle.h"
#include "app/client/types/expected.h"
#include "app/client/types/metrics_history.h"
#include "app/models/metrics_window.h"
#include "app/views/charts/history_plot.h"

#include <QIODevice>
#include <QObject>
#include <QTimer>

#include <functional>

namespace portlight::views {
class MonitorPage;
}

namespace portlight::shell {

class EngineSession;
class Settings;

/// Feeds the Monitor page while it is shown: containers that the recorder knows, their figures in
/// the span on display (only the newer part while it is live), processes.
class MonitorPresenter : public QObject {
    Q_OBJECT

public:
    MonitorPresenter(EngineSession& session, Settings& settings, views::MonitorPage& page);

    void show();
    void hide();
    /// Shows this container alone.
    void showContainer(const QString& id);

signals:
    void exported(const QString& path);

private:
    void connectPage();
    void readContainers();
    void takeContainers(const QList<client::RecordedContainer>& containers);
    void readAll();
    void readNewer();
    void readProcesses();
    void takeHistory(const client::Expected<client::MetricsHistory>& history, bool isNewer);
    void setSpan(views::TimeSpan span, bool isLive);
    void follow();
    void tick();
    qint64 stepMs() const;
    void exportCsv();
    void exportPicture();
    void exportTo(const QString& title, const QString& name, const QString& filter,
        std::function<bool(QIODevice&)> write);

    EngineSession& m_session;
    Settings& m_settings;
    views::MonitorPage& m_page;
    models::MetricsWindow m_window;
    QList<client::RecordedContainer> m_containers;
    QString m_wanted; ///< to be chosen as soon as it is known
    views::TimeSpan m_span;
    qint64 m_rangeMs = 600'000;
    bool m_isLive = true;
    bool m_isShown = false;
    bool m_wasChosen = false; ///< by the user or by us, once
    bool m_isReading = false;
    int m_ticks = 0;
    QTimer m_timer;
    QTimer m_settle; ///< a drag or a wheel asks for many spans
    client::RequestHandle m_reading;
};

} // namespace portlight::shell
