#pragma once

#include "app/models/time_series.h"
#include "app/views/charts/axis_steps.h"
#include "app/views/widgets/card.h"

#include <QList>

#include <memory>
#include <optional>

class QLabel;
class QStackedLayout;
class QTableWidget;

namespace portlight::views {

class PlotView;
class TextLabel;

/// What one line of a chart is.
struct ChartSeries {
    QString name; ///< translated; shown as legend where there is more than one
    int colorIndex = 0; ///< into Tokens::series
};

/// One figure over the last ten minutes: title, legend and current value as labels above a Qt Chart
/// with a fixed relative time axis. Values under a cursor (mouse or arrow keys); Ctrl+T shows the
/// same samples as a table.
class ChartCard : public Card {
    Q_OBJECT

public:
    ChartCard(AxisUnit unit, QList<ChartSeries> series, QWidget* parent = nullptr);
    ~ChartCard() override;

    /// Title and series names, translated; call again after a change of language.
    void setTexts(const QString& title, const QStringList& seriesNames);
    /// One series each, in the order of the constructor; times up to @p nowMs are drawn. Null: the
    /// figure is not measured.
    void setSamples(const QList<const models::TimeSeries*>& samples, qint64 nowMs);
    /// A dashed line, nullopt for none.
    void setLimit(std::optional<double> limit);
    /// The newest value of each series: one stands at the right of the head, several behind their
    /// names in the legend.
    void setCurrentTexts(const QStringList& texts);
    /// Why there is no figure; shown in place of the plot. Empty: there is one.
    void setObstacle(const QString& reason);

    /// Milliseconds relative to now under the cursor, nullopt without one; linked charts share it.
    void setCursor(std::optional<qint64> offsetMs);
    bool isShowingTable() const;
    void setShowingTable(bool shows);
    QString title() const;
    /// The values as a screen reader says them.
    QString currentText() const;

signals:
    void cursorMoved(std::optional<qint64> offsetMs);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void buildHead();
    void fillTable();
    void describe();
    void applyTheme();
    void showCurrent();

    AxisUnit m_unit;
    QList<ChartSeries> m_series;
    QList<QList<models::TimeSeries::Sample>> m_shown; ///< newest samples, for cursor and table
    qint64 m_nowMs = 0;
    QStringList m_currentTexts;
    TextLabel* m_title;
    QList<QLabel*> m_dots;
    QList<TextLabel*> m_legend;
    TextLabel* m_cursorText;
    TextLabel* m_current;
    TextLabel* m_obstacle;
    QStackedLayout* m_pages;
    PlotView* m_plot;
    QTableWidget* m_table = nullptr; ///< made when it is first asked for
    std::optional<qint64> m_cursor;

    QString valueText(double value) const;
    QString cursorText() const;
};

} // namespace portlight::views
