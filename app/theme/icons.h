#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

class QPainter;
class QRectF;

namespace portlight::theme {

/// Which token colours an icon in its normal state.
enum class IconColor { Text, Text2, Text3, Accent, OnAccent, Bad, Warn, Ok };

/// An icon of our own outline set (`resources/icons/NAME.svg`), coloured when it is painted: after
/// a theme switch it is right without being made again. Disabled icons use the `control` token.
QIcon icon(const QString& name, IconColor color = IconColor::Text2);

/// The current colour of @p color.
QColor iconColor(IconColor color);

/// Paints icon @p name into @p rect in @p color at the painter's device pixel ratio.
void paintIcon(QPainter& painter, const QRectF& rect, const QString& name, const QColor& color);

/// One icon as a pixmap of @p size logical pixels; for labels, which must ask again on
/// Theme::changed.
QPixmap iconPixmap(const QString& name, int size, const QColor& color, qreal devicePixelRatio);

} // namespace portlight::theme
