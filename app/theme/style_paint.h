#pragma once

#include <QColor>
#include <QRectF>

class QPainter;
class QStyle;
class QStyleOption;
class QStyleOptionButton;
class QStyleOptionComboBox;
class QStyleOptionHeader;
class QStyleOptionMenuItem;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QStyleOptionSpinBox;
class QStyleOptionTab;
class QStyleOptionToolButton;
class QWidget;

/// The painting functions behind Style, one per control; they know tokens and options only.
namespace portlight::theme::paint {

inline constexpr qreal kControlRadius = 6;
inline constexpr qreal kCardRadius = 10;
inline constexpr qreal kFocusWidth = 2;

bool flag(const QWidget* widget, const char* property);
/// Whether @p widget is the line edit inside a spin box or combo box, which have the frame.
bool isInlineEdit(const QWidget* widget);
/// Whether @p widget holds text of several lines in a frame like a line edit's.
bool isTextField(const QWidget* widget);

/// A filled rounded box with a one-pixel outline inside @p rect; an invalid @p outline draws none.
void box(QPainter& painter, const QRectF& rect, qreal radius, const QColor& fill,
    const QColor& outline, qreal outlineWidth = 1);
void focusRing(QPainter& painter, const QRectF& rect, qreal radius);

void pushButton(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget);
void pushButtonLabel(const QStyle& style, QPainter& painter, const QStyleOptionButton& option,
    const QWidget* widget);
void toolButtonPanel(
    QPainter& painter, const QStyleOptionToolButton& option, const QWidget* widget);
void checkIndicator(QPainter& painter, const QStyleOption& option, bool isItemView);
void radioIndicator(QPainter& painter, const QStyleOption& option);
void fieldFrame(QPainter& painter, const QStyleOption& option, const QWidget* widget);
void comboBox(const QStyle& style, QPainter& painter, const QStyleOptionComboBox& option,
    const QWidget* widget);
void spinBox(const QStyle& style, QPainter& painter, const QStyleOptionSpinBox& option,
    const QWidget* widget);

void menuItem(const QStyle& style, QPainter& painter, const QStyleOptionMenuItem& option,
    const QWidget* widget);
void menuBarItem(const QStyle& style, QPainter& painter, const QStyleOptionMenuItem& option);
void headerSection(QPainter& painter, const QStyleOptionHeader& option);
void headerLabel(const QStyle& style, QPainter& painter, const QStyleOptionHeader& option,
    const QWidget* widget);
void tabShape(QPainter& painter, const QStyleOptionTab& option);
void tabLabel(const QStyle& style, QPainter& painter, const QStyleOptionTab& option);
void scrollBar(const QStyle& style, QPainter& painter, const QStyleOptionSlider& option,
    const QWidget* widget);
void progressBar(QPainter& painter, const QStyleOptionProgressBar& option);

} // namespace portlight::theme::paint
