#pragma once

#include "app/client/types/process_table.h"
#include "app/models/metrics_window.h"
#include "app/views/charts/history_plot.h"
#include "app/views/pages/engine_notice.h"

#include <QWidget>

class QButtonGroup;
class QGridLayout;
class QPushButton;
class QScrollArea;
class QStackedLayout;

namespace portlight::views {

class ContainerChooser;
class HistoryCard;
class MessageBar;
class ProcessCard;
class StatePage;
class TextLabel;

/// Recorded figures of chosen containers as linked charts, from a minute to 30 days, with what
/// happened meanwhile; their processes; export as CSV and PNG. It decides nothing about data: what
/// it needs it asks for by signals.
class MonitorPage : public QWidget {
    Q_OBJECT

public:
    /// More lines cannot be told apart.
    static constexpr int kMostChosen = 8;

    explicit MonitorPage(QWidget* parent = nullptr);

    void setEngine(const EngineNotice& notice);
    /// The engine keeps no history (it is not Portlight's).
    void setUnsupported(bool isUnsupported);
    /// Those that can be chosen, in order; chosen ones keep their tick.
    void setContainers(const QList<client::RecordedContainer>& containers);
    QStringList chosenIds() const;
    void setChosenIds(const QStringList& ids);

    /// The span on display and whether it follows the clock.
    void setSpan(const TimeSpan& span, bool isLive);
    /// One of the ranges of the buttons, or -1: another one.
    qint64 rangeMs() const;
    void setRangeMs(qint64 rangeMs);
    void setWindow(const models::MetricsWindow& window);
    /// @p name is whose processes these are; a reason instead where there are none.
    void setProcesses(const QString& name, const client::ProcessTable& table);
    void setNoProcesses(const QString& reason);
    QPixmap chartsPicture();
    MessageBar& messageBar() const { return *m_message; }
    QList<HistoryCard*> cards() const { return m_cards; }

signals:
    void choiceChanged();
    void rangeChosen(qint64 rangeMs);
    void liveChosen(bool isLive);
    void spanRequested(const portlight::views::TimeSpan& span);
    void csvRequested();
    void pictureRequested();

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makeCharts();
    void placeCards();
    void showFigures();
    void showState();
    void retranslate();
    QList<HistoryMark> marks(const models::MetricsWindow& window) const;

    TextLabel* m_title;
    TextLabel* m_spanText;
    QPushButton* m_csv;
    QPushButton* m_picture;
    QButtonGroup* m_ranges;
    QPushButton* m_live;
    ContainerChooser* m_chooser;
    MessageBar* m_message;
    QScrollArea* m_scroll;
    QGridLayout* m_grid;
    QList<HistoryCard*> m_cards;
    HistoryCard* m_cpu;
    HistoryCard* m_memory;
    HistoryCard* m_network;
    HistoryCard* m_disk;
    HistoryCard* m_pids;
    HistoryCard* m_pressure;
    ProcessCard* m_processes;
    QWidget* m_body;
    StatePage* m_state;
    StatePage* m_nothingChosen;
    QStackedLayout* m_pages;
    QStackedLayout* m_right;
    EngineNotice m_engine;
    TimeSpan m_span;
    bool m_isUnsupported = false;
    bool m_isSingle = true; ///< one container: pressure has a line for each cause
    int m_columns = 0;
};

} // namespace portlight::views
