#pragma once

#include "app/client/types/engine_event.h"
#include "app/client/types/host_report.h"
#include "app/client/types/metrics_history.h"
#include "app/models/time_series.h"

#include <QObject>
#include <QTimer>

namespace portlight::views {
class OverviewPage;
}

namespace portlight::shell {

class EngineSession;

/// Feeds the Overview page while it is shown.
class OverviewPresenter : public QObject {
    Q_OBJECT

public:
    OverviewPresenter(EngineSession& session, views::OverviewPage& page);

    void show();
    void hide();
    /// Containers, images or their state changed.
    void refresh();
    /// What this computer lacks is known.
    void setHostReport(const client::HostReport& report);
    int failedCount() const { return m_failed; }

signals:
    void failedCountChanged(int count);

private:
    void readRecord();
    void takeTotals(const client::MetricsHistory& history);
    void readDisk();
    void onTick();
    void showTotals();

    EngineSession& m_session;
    views::OverviewPage& m_page;
    QList<client::EngineEvent> m_events; ///< of the last day, oldest first
    models::TimeSeries m_cpu { 120 };
    models::TimeSeries m_memory { 120 };
    QTimer m_timer;
    QTimer m_soon; ///< many events come together
    client::HostReport m_report;
    bool m_isShown = false;
    int m_failed = 0;
};

} // namespace portlight::shell
