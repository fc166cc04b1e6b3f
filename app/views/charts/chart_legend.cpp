#include "app/views/charts/chart_legend.h"

#include "app/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kSampleWidth = 18;
constexpr int kGap = 16;
constexpr int kMostName = 150;

} // namespace

ChartLegend::ChartLegend(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] {
        m_widestValue = 0;
        updateGeometry();
    });
}

void ChartLegend::setEntries(const QList<Entry>& entries)
{
    if (entries == m_entries)
        return;
    const bool isSameSize = entries.size() == m_entries.size();
    m_entries = entries;
    if (!isSameSize)
        m_widestValue = 0;
    updateGeometry();
    setMinimumHeight(heightForWidth(width()));
    update();
}

QString ChartLegend::text() const
{
    QStringList parts;
    for (const Entry& entry : m_entries)
        parts.append(entry.name + u' ' + entry.value);
    return parts.join(QStringLiteral(", "));
}

int ChartLegend::rowHeight() const
{
    return QFontMetrics(theme::font(theme::FontRole::Small)).height() + 4;
}

int ChartLegend::cellWidth() const
{
    const QFontMetrics metrics(theme::font(theme::FontRole::Small));
    int name = 0;
    for (const Entry& entry : m_entries) {
        name = std::max(name, std::min(metrics.horizontalAdvance(entry.name), kMostName));
        m_widestValue = std::max(m_widestValue, metrics.horizontalAdvance(entry.value));
    }
    return kSampleWidth + 6 + name + 2 + 8 + m_widestValue + kGap;
}

int ChartLegend::columnsFor(int width) const
{
    return std::max(1, width / std::max(1, cellWidth()));
}

int ChartLegend::heightForWidth(int width) const
{
    const int columns = columnsFor(width);
    const int rows = (int(m_entries.size()) + columns - 1) / columns;
    return rows * rowHeight();
}

QSize ChartLegend::sizeHint() const
{
    return { 200, heightForWidth(width()) };
}

QSize ChartLegend::minimumSizeHint() const
{
    return { 100, heightForWidth(width()) };
}

void ChartLegend::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    setMinimumHeight(heightForWidth(width()));
}

void ChartLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QFont small = theme::font(theme::FontRole::Small);
    painter.setFont(small);
    const QFontMetrics metrics(small);
    const int cell = cellWidth();
    const int columns = columnsFor(width());
    for (qsizetype at = 0; at < m_entries.size(); ++at) {
        const Entry& entry = m_entries.at(at);
        const QRect area(
            int(at) % columns * cell, int(at) / columns * rowHeight(), cell - kGap, rowHeight());
        painter.setPen(QPen(entry.color, 2.5, entry.style, Qt::FlatCap));
        painter.drawLine(QPointF(area.left(), area.center().y() + 0.5),
            QPointF(area.left() + kSampleWidth, area.center().y() + 0.5));
        const QRect text = area.adjusted(kSampleWidth + 6, 0, 0, 0);
        painter.setPen(theme::theme().text2);
        painter.drawText(text, int(Qt::AlignLeft | Qt::AlignVCenter),
            metrics.elidedText(entry.name, Qt::ElideMiddle, text.width() - m_widestValue - 8));
        painter.setPen(theme::theme().text);
        painter.drawText(text, int(Qt::AlignRight | Qt::AlignVCenter), entry.value);
    }
}

} // namespace portlight::views
