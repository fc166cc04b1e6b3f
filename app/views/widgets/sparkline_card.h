#pragma once

#include "app/models/time_series.h"
#include "app/views/widgets/card.h"

namespace portlight::views {

class TextLabel;

/// One figure large, what it is above it and more about it below, and its last minutes as a small
/// chart in the card's colour.
class SparklineCard : public Card {
    Q_OBJECT

public:
    /// @p colorIndex into Tokens::series; -1: no chart.
    explicit SparklineCard(int colorIndex, QWidget* parent = nullptr);

    void setTexts(const QString& title, const QString& figure, const QString& more);
    /// 0 at the bottom, @p maximum at the top.
    void setSeries(models::TimeSeries series, double maximum);
    QString figure() const;

signals:
    void clicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    int m_colorIndex;
    models::TimeSeries m_series { 2 };
    double m_maximum = 0;
    TextLabel* m_title;
    TextLabel* m_figure;
    TextLabel* m_more;
};

} // namespace portlight::views
