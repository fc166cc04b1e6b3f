#pragma once

#include "app/client/types/metrics_history.h"
#include "app/models/metrics_window.h"
#include "app/views/charts/history_plot.h"
#include "app/views/widgets/card.h"

#include <QAbstractTableModel>

#include <optional>

class QStackedLayout;
class QTableView;

namespace portlight::views {

class ChartLegend;
class TextLabel;

/// One figure of a HistoryCard's lines: which metric, and of what pair.
struct HistoryFigure {
    client::Metric metric = client::Metric::CpuPercent;
    QString name; ///< translated, "Received"; empty for the only one
    bool isSecond = false;
};

/// A figure of several containers over a span of time: title, legend with the values under the
/// cursor, a HistoryPlot, and its table twin (Ctrl+T). Arrow keys move the cursor, + and - zoom,
/// with Shift the arrows move the span, Home goes back to the chosen range.
class HistoryCard : public Card {
    Q_OBJECT

public:
    explicit HistoryCard(AxisUnit unit, QWidget* parent = nullptr);

    /// Title, and what the lines are; again after a change of language.
    void setFigures(const QString& title, const QList<HistoryFigure>& figures);
    void setSpan(const TimeSpan& span);
    /// @p window must live as long as it is shown.
    void setWindow(const models::MetricsWindow& window);
    void setMarks(const QList<HistoryMark>& marks);
    void setCursor(std::optional<qint64> timeMs);
    /// Why there is nothing to see; empty: there is.
    void setObstacle(const QString& reason);
    bool isShowingTable() const;
    void setShowingTable(bool shows);
    QString title() const;
    QString legendText() const;
    const HistoryPlot& plot() const { return *m_plot; }

signals:
    void cursorMoved(std::optional<qint64> timeMs);
    void spanRequested(const portlight::views::TimeSpan& span);
    void resetRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    class Table;
    void showLines();
    void showLegend();
    bool zoomByKey(QKeyEvent* event);

    AxisUnit m_unit;
    QList<HistoryFigure> m_figures;
    const models::MetricsWindow* m_window = nullptr;
    QList<HistoryMark> m_marks;
    std::optional<qint64> m_cursor;
    TextLabel* m_title;
    TextLabel* m_time;
    ChartLegend* m_legend;
    QStackedLayout* m_pages;
    HistoryPlot* m_plot;
    TextLabel* m_obstacle;
    Table* m_rows = nullptr;
    QTableView* m_table = nullptr; ///< made when it is first asked for
};

} // namespace portlight::views
