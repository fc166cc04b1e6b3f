#include "app/theme/digits.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace portlight::theme {

namespace {

qreal widestDigit(const QFontMetricsF& metrics)
{
    qreal width = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        width = std::max(width, metrics.horizontalAdvance(QLatin1Char(digit)));
    return width;
}

} // namespace

qreal gridTextWidth(const QFont& font, const QString& text)
{
    const QFontMetricsF metrics(font);
    const qreal cell = widestDigit(metrics);
    qreal width = 0;
    for (const QChar c : text)
        width += c.isDigit() ? cell : metrics.horizontalAdvance(c);
    return width;
}

void drawGridText(
    QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text)
{
    const QFontMetricsF metrics(painter.font());
    const qreal cell = widestDigit(metrics);
    const qreal width = gridTextWidth(painter.font(), text);
    qreal x = rect.left();
    if (alignment & Qt::AlignRight)
        x = rect.right() - width;
    else if (alignment & Qt::AlignHCenter)
        x = rect.center().x() - width / 2;
    const qreal baseline = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent();
    for (const QChar c : text) {
        const qreal advance = metrics.horizontalAdvance(c);
        const qreal slot = c.isDigit() ? cell : advance;
        painter.drawText(QPointF(x + (slot - advance) / 2, baseline), QString(c));
        x += slot;
    }
}

} // namespace portlight::theme
