#pragma once

#include "app/client/types/disk_usage.h"
#include "app/client/types/engine_event.h"
#include "app/models/problems.h"
#include "app/models/time_series.h"
#include "app/views/pages/engine_notice.h"

#include <QWidget>

#include <optional>

class QAction;
class QGridLayout;
class QHBoxLayout;
class QListWidget;
class QListWidgetItem;
class QScrollArea;
class QStackedLayout;
class QTableWidget;
class QVBoxLayout;

namespace portlight::views {

class MessageBar;
class ProblemList;
class SparklineCard;
class StatePage;
class TextLabel;

/// What containers use together.
struct OverviewTotals {
    int running = 0;
    int stopped = 0;
    int failed = 0;
    int images = 0;
    std::optional<double> cpuPercent; ///< of the whole computer
    std::optional<qint64> memoryBytes;
    qint64 hostMemoryBytes = 0; ///< 0: not known
    int cpuCount = 0;
    models::TimeSeries cpu { 120 }; ///< percent of the whole computer
    models::TimeSeries memory { 120 }; ///< bytes
};

/// One of the busiest containers.
struct OverviewTop {
    QString id;
    QString name;
    QString cpu;
    QString memory;
    bool operator==(const OverviewTop&) const = default;
};

/// All at a glance: how many run, what they use, what failed and why, what this computer lacks,
/// what happened last, and where to begin.
class OverviewPage : public QWidget {
    Q_OBJECT

public:
    /// @p actions are the quick ones, the first the primary one.
    explicit OverviewPage(const QList<QAction*>& actions, QWidget* parent = nullptr);

    void setEngine(const EngineNotice& notice);
    /// Containers were read.
    void setLoaded(bool isLoaded);
    void setTotals(const OverviewTotals& totals);
    void setDisk(const std::optional<client::DiskUsage>& disk);
    void setProblems(const QList<models::Problem>& problems);
    void setHostProblems(const QList<models::Problem>& problems);
    void setTop(const QList<OverviewTop>& top);
    /// Newest first.
    void setEvents(const QList<client::EngineEvent>& events);
    MessageBar& messageBar() const { return *m_message; }

signals:
    void pageRequested(const QString& page);
    void containerRequested(const QString& id);
    void logsRequested(const QString& id);
    void startRequested(const QString& id);
    void copyRequested(const QString& text);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeContent();
    QWidget* makeTop();
    QWidget* makeEvents();
    void place();
    void showState();
    void retranslate();
    void fillEvents();

    TextLabel* m_title;
    QHBoxLayout* m_buttons;
    MessageBar* m_message;
    SparklineCard* m_containers;
    SparklineCard* m_cpu;
    SparklineCard* m_memory;
    SparklineCard* m_disk;
    ProblemList* m_problems;
    ProblemList* m_host;
    TextLabel* m_topTitle;
    TextLabel* m_topEmpty;
    QTableWidget* m_top;
    QWidget* m_topCard;
    TextLabel* m_eventsTitle;
    TextLabel* m_eventsEmpty;
    QListWidget* m_events;
    QWidget* m_eventsCard;
    QGridLayout* m_grid;
    QScrollArea* m_scroll;
    StatePage* m_state;
    QStackedLayout* m_pages;
    EngineNotice m_engine;
    OverviewTotals m_totals;
    std::optional<client::DiskUsage> m_diskUsage;
    QList<client::EngineEvent> m_eventList;
    QList<OverviewTop> m_topList;
    bool m_isLoaded = false;
    int m_columns = 0;
};

} // namespace portlight::views
