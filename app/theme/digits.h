#pragma once

#include <QFont>
#include <QString>

class QPainter;
class QRectF;

namespace portlight::theme {

/// Width of @p text in pixels when its digits stand on a grid of the widest digit.
qreal gridTextWidth(const QFont& font, const QString& text);

/// Draws a live figure with every digit as wide as the widest one, so that it does not jitter:
/// Inter's digits are proportional and Qt 6.4 cannot ask the font for tabular ones.
void drawGridText(
    QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text);

} // namespace portlight::theme
