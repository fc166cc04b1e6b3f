#include "app/views/charts/chart_axes.h"

#include "app/models/format.h"
#include "app/theme/theme.h"

#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLocale>

namespace portlight::views {

namespace {

// An axis with its labels alone and none of the decoration.
void undress(QCategoryAxis& axis)
{
    axis.setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis.setLineVisible(false);
    axis.setTruncateLabels(false);
}

} // namespace

void preparePlot(QChartView& view, QCategoryAxis& timeAxis, QCategoryAxis& valueAxis)
{
    view.setFrameShape(QFrame::NoFrame);
    view.setRenderHint(QPainter::Antialiasing);
    view.setMinimumSize(220, 130);
    view.setMouseTracking(true);
    view.viewport()->setMouseTracking(true);
    view.setFocusPolicy(Qt::NoFocus);
    view.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    QChart& chart = *view.chart();
    chart.setAnimationOptions(QChart::NoAnimation);
    chart.legend()->hide();
    chart.setBackgroundVisible(false);
    // The last time label is centred on the right edge and would be cut without this room.
    chart.setMargins(QMargins(0, 4, 22, 0));
    chart.layout()->setContentsMargins(0, 0, 0, 0);
    chart.addAxis(&timeAxis, Qt::AlignBottom);
    chart.addAxis(&valueAxis, Qt::AlignLeft);
    undress(timeAxis);
    undress(valueAxis);
    timeAxis.setGridLineVisible(false);
    valueAxis.setStartValue(0);
}

void dressPlot(QChartView& view, QCategoryAxis& timeAxis, QCategoryAxis& valueAxis)
{
    const theme::Tokens& tokens = theme::theme();
    view.setBackgroundBrush(tokens.surface);
    for (QCategoryAxis* axis : { &timeAxis, &valueAxis }) {
        axis->setLabelsColor(tokens.text2);
        axis->setLabelsFont(theme::font(theme::FontRole::Small));
        axis->setGridLinePen(QPen(tokens.border, 1));
    }
}

void relabel(QCategoryAxis& axis, const QList<std::pair<QString, double>>& labels)
{
    const QStringList old = axis.categoriesLabels();
    for (const QString& label : old)
        axis.remove(label);
    for (const auto& [text, value] : labels) {
        // Labels are keys to Qt Charts: "12:00" of the next day has to differ.
        QString label = text;
        while (axis.categoriesLabels().contains(label))
            label += QChar(0x200B); // no width
        axis.append(label, value);
    }
}

QString axisText(double value, AxisUnit unit)
{
    switch (unit) {
    case AxisUnit::Percent:
        return models::format::percent(value);
    case AxisUnit::Bytes:
        return models::format::bytes(static_cast<qint64>(value));
    case AxisUnit::Count:
        return models::format::decimal(value);
    case AxisUnit::BytesPerSecond:
        break;
    }
    return models::format::bytesPerSecond(value);
}

QString tickText(double value, AxisUnit unit)
{
    QString text = axisText(value, unit);
    if (unit != AxisUnit::Count)
        text.remove(QLocale().decimalPoint() + QLatin1Char('0'));
    return text;
}

} // namespace portlight::views
