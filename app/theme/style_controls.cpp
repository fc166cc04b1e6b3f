#include "app/theme/icons.h"
#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QPainter>
#include <QStyleOption>
#include <QWidget>

namespace portlight::theme::paint {

namespace {

bool has(const QStyleOption& option, QStyle::StateFlag flagValue)
{
    return option.state.testFlag(flagValue);
}

bool hasKeyboardFocus(const QStyleOption& option)
{
    return has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange);
}

QColor outlineOf(const QStyleOption& option, const QWidget* widget)
{
    const Tokens& t = theme();
    if (!has(option, QStyle::State_Enabled))
        return t.border;
    if (flag(widget, "invalid"))
        return t.status(Tone::Bad).foreground;
    return t.control;
}

} // namespace

bool flag(const QWidget* widget, const char* property)
{
    return widget && widget->property(property).toBool();
}

void box(QPainter& painter, const QRectF& rect, qreal radius, const QColor& fill,
    const QColor& outline, qreal outlineWidth)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, radius > 0);
    const qreal inset = outline.isValid() ? outlineWidth / 2 : 0;
    QPen pen(outline, outlineWidth);
    pen.setJoinStyle(Qt::MiterJoin);
    painter.setPen(outline.isValid() ? pen : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const QRectF inner = rect.adjusted(inset, inset, -inset, -inset);
    if (radius > 0) {
        painter.drawRoundedRect(inner, radius, radius);
    } else {
        // Without antialiasing a half-pixel outline lands on the wrong side: fill the four edges.
        if (fill.isValid())
            painter.fillRect(rect, fill);
        if (outline.isValid()) {
            const qreal w = outlineWidth;
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), w), outline);
            painter.fillRect(QRectF(rect.left(), rect.bottom() - w, rect.width(), w), outline);
            painter.fillRect(QRectF(rect.left(), rect.top(), w, rect.height()), outline);
            painter.fillRect(QRectF(rect.right() - w, rect.top(), w, rect.height()), outline);
        }
    }
    painter.restore();
}

void focusRing(QPainter& painter, const QRectF& rect, qreal radius)
{
    box(painter, rect, std::max<qreal>(radius, 1), QColor(), theme().accent, kFocusWidth);
}

void pushButton(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool hovered = has(option, QStyle::State_MouseOver) && enabled;
    const bool down = has(option, QStyle::State_Sunken);
    const bool isOn = has(option, QStyle::State_On);
    QColor fill = hovered || down || isOn ? t.hover : t.raised;
    QColor outline = enabled ? t.control : t.border;
    if (isOn)
        fill = t.selected;
    if (flag(widget, "primary")) {
        fill = !enabled ? t.border : (hovered || down ? t.accentHover : t.accent);
        outline = QColor();
    } else if (flag(widget, "destructive") && enabled) {
        const StatusColors& bad = t.status(Tone::Bad);
        fill = hovered || down ? bad.background : t.raised;
        outline = bad.foreground;
    } else if (option.features & QStyleOptionButton::Flat) {
        fill = hovered || down ? t.hover : QColor();
        outline = QColor();
    }
    const QRectF rect(option.rect);
    box(painter, rect, kControlRadius, fill, outline);
    if (!hasKeyboardFocus(option))
        return;
    if (flag(widget, "primary")) // accent on accent would vanish: a gap of the button's text colour
        box(painter, rect.adjusted(2, 2, -2, -2), kControlRadius - 2, QColor(), t.onAccent, 1.5);
    else
        focusRing(painter, rect, kControlRadius);
}

void pushButtonLabel(
    const QStyle& style, QPainter& painter, const QStyleOptionButton& option, const QWidget* widget)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    QColor color = enabled ? t.text : t.control;
    if (enabled && flag(widget, "primary"))
        color = t.onAccent;
    else if (enabled && flag(widget, "destructive"))
        color = t.status(Tone::Bad).foreground;
    const int flags = Qt::AlignVCenter | Qt::TextShowMnemonic;
    const QString text = option.text;
    const int textWidth = option.fontMetrics.size(flags, text).width();
    const int iconWidth = option.icon.isNull() ? 0 : option.iconSize.width();
    const int gap = iconWidth > 0 && !text.isEmpty() ? 6 : 0;
    const int menuWidth = option.features & QStyleOptionButton::HasMenu ? 18 : 0;
    int x = option.rect.left()
        + std::max(6, (option.rect.width() - textWidth - iconWidth - gap - menuWidth) / 2);
    if (iconWidth > 0) {
        const QRect iconRect(x, option.rect.center().y() - option.iconSize.height() / 2 + 1,
            iconWidth, option.iconSize.height());
        option.icon.paint(&painter, QStyle::visualRect(option.direction, option.rect, iconRect),
            Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
        x += iconWidth + gap;
    }
    QRect textRect(
        x, option.rect.top(), option.rect.right() - menuWidth - x - 4, option.rect.height());
    textRect = QStyle::visualRect(option.direction, option.rect, textRect);
    painter.setPen(color);
    style.drawItemText(&painter, textRect,
        flags | int(QStyle::visualAlignment(option.direction, Qt::AlignLeft)), option.palette,
        enabled,
        option.fontMetrics.elidedText(
            text, Qt::ElideRight, textRect.width() + 2, Qt::TextShowMnemonic));
    if (menuWidth > 0) {
        const QRectF arrow(option.rect.right() - 22, option.rect.center().y() - 5, 12, 12);
        paintIcon(painter, arrow, QStringLiteral("chevron-down"), color);
    }
}

void toolButtonPanel(QPainter& painter, const QStyleOptionToolButton& option, const QWidget*)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool hovered = has(option, QStyle::State_MouseOver) && enabled;
    const QRectF rect(option.rect);
    if (has(option, QStyle::State_On))
        box(painter, rect, kControlRadius, t.selected, QColor());
    else if (hovered || has(option, QStyle::State_Sunken))
        box(painter, rect, kControlRadius, t.hover, QColor());
    if (hasKeyboardFocus(option))
        focusRing(painter, rect, kControlRadius);
}

void checkIndicator(QPainter& painter, const QStyleOption& option, bool isItemView)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool on = has(option, QStyle::State_On);
    const bool partial = has(option, QStyle::State_NoChange);
    QRectF rect(option.rect);
    const QRectF square(rect.center().x() - 8, rect.center().y() - 8, 16, 16);
    const QColor filled = enabled ? t.accent : t.control;
    box(painter, square, 4, on || partial ? filled : t.surface,
        on || partial ? QColor() : (enabled ? t.control : t.border));
    if (on)
        paintIcon(painter, square.adjusted(2, 2, -2, -2), QStringLiteral("check"), t.onAccent);
    else if (partial)
        painter.fillRect(QRectF(square.left() + 4, square.center().y() - 1, 8, 2), t.onAccent);
    if (!isItemView && hasKeyboardFocus(option))
        focusRing(painter, square.adjusted(-2, -2, 2, 2), 5);
}

void radioIndicator(QPainter& painter, const QStyleOption& option)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool on = has(option, QStyle::State_On);
    const QRectF rect(option.rect);
    const QRectF circle(rect.center().x() - 8, rect.center().y() - 8, 16, 16);
    const QColor filled = enabled ? t.accent : t.control;
    box(painter, circle, 8, on ? filled : t.surface,
        on ? QColor() : (enabled ? t.control : t.border));
    if (on)
        box(painter, circle.adjusted(5, 5, -5, -5), 3, t.onAccent, QColor());
    if (hasKeyboardFocus(option))
        focusRing(painter, circle.adjusted(-2, -2, 2, 2), 10);
}

void fieldFrame(QPainter& painter, const QStyleOption& option, const QWidget* widget)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const QRectF rect(option.rect);
    box(painter, rect, kControlRadius, enabled ? t.surface : t.window, outlineOf(option, widget));
    if (has(option, QStyle::State_HasFocus) && enabled) {
        if (flag(widget, "invalid"))
            box(painter, rect, kControlRadius, QColor(), t.status(Tone::Bad).foreground,
                kFocusWidth);
        else
            focusRing(painter, rect, kControlRadius);
    }
}

void comboBox(const QStyle& style, QPainter& painter, const QStyleOptionComboBox& option,
    const QWidget* widget)
{
    const Tokens& t = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const QRectF rect(option.rect);
    const bool hovered = has(option, QStyle::State_MouseOver) && enabled;
    QColor fill = hovered && !option.editable ? t.hover : t.surface;
    if (!enabled)
        fill = t.window;
    box(painter, rect, kControlRadius, fill, outlineOf(option, widget));
    if (has(option, QStyle::State_HasFocus) && enabled)
        focusRing(painter, rect, kControlRadius);
    QRect arrow(option.rect.right() - 26, option.rect.top(), 16, option.rect.height());
    arrow = QStyle::visualRect(option.direction, option.rect, arrow);
    QRectF chevron(0, 0, 14, 14);
    chevron.moveCenter(QRectF(arrow).center());
    paintIcon(painter, chevron, QStringLiteral("chevron-down"), enabled ? t.text2 : t.control);
    if (option.editable)
        return;
    const QRect text =
        style.subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, widget);
    painter.setPen(enabled ? t.text : t.control);
    painter.drawText(text,
        int(QStyle::visualAlignment(option.direction, Qt::AlignLeft)) | Qt::AlignVCenter,
        option.fontMetrics.elidedText(option.currentText, Qt::ElideRight, text.width()));
}

void spinBox(const QStyle& style, QPainter& painter, const QStyleOptionSpinBox& option,
    const QWidget* widget)
{
    const Tokens& t = theme();
    fieldFrame(painter, option, widget);
    if (option.buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    const auto arrow = [&](QStyle::SubControl control, QAbstractSpinBox::StepEnabledFlag step,
                           const QString& name) {
        const QRectF area(style.subControlRect(QStyle::CC_SpinBox, &option, control, widget));
        const bool usable = option.stepEnabled.testFlag(step) && has(option, QStyle::State_Enabled);
        QRectF glyph(0, 0, 14, 14);
        glyph.moveCenter(area.center());
        const bool isUnder = option.activeSubControls.testFlag(control) && usable;
        if (isUnder)
            box(painter, area.adjusted(1, 1, -2, -1), 3, t.hover, QColor());
        const bool pressed = isUnder && has(option, QStyle::State_Sunken);
        paintIcon(painter, glyph, name, pressed ? t.accent : (usable ? t.text : t.control));
    };
    arrow(QStyle::SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, QStringLiteral("chevron-up"));
    arrow(
        QStyle::SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, QStringLiteral("chevron-down"));
}

} // namespace portlight::theme::paint
