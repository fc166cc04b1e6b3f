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

} // namespace

void menuItem(
    const QStyle& style, QPainter& painter, const QStyleOptionMenuItem& option, const QWidget*)
{
    const Tokens& t = theme();
    const QRect rect = option.rect;
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), t.border);
        return;
    }
    const bool enabled = has(option, QStyle::State_Enabled);
    if (has(option, QStyle::State_Selected))
        painter.fillRect(rect, enabled ? t.selected : t.hover);
    const auto place = [&](const QRect& r) {
        return QStyle::visualRect(option.direction, rect, r);
    };
    const QRect iconRect = place(QRect(rect.left() + 12, rect.center().y() - 7, 16, 16));
    if (option.checkType != QStyleOptionMenuItem::NotCheckable) {
        if (option.checked)
            paintIcon(painter, iconRect, QStringLiteral("check"), enabled ? t.accent : t.control);
    } else if (!option.icon.isNull()) {
        option.icon.paint(
            &painter, iconRect, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    }
    const QStringList parts = option.text.split(QLatin1Char('\t'));
    const QRect textRect = place(rect.adjusted(38, 0, -30, 0));
    const int common = Qt::AlignVCenter | Qt::TextSingleLine;
    const int mnemonic = style.styleHint(QStyle::SH_UnderlineShortcut, &option)
        ? Qt::TextShowMnemonic
        : Qt::TextHideMnemonic;
    painter.setFont(option.font);
    painter.setPen(enabled ? t.text : t.control);
    painter.drawText(textRect,
        common | mnemonic | int(QStyle::visualAlignment(option.direction, Qt::AlignLeft)),
        parts.value(0));
    if (parts.size() > 1) {
        painter.setPen(enabled ? t.text2 : t.control);
        painter.drawText(place(rect.adjusted(38, 0, -16, 0)),
            common | int(QStyle::visualAlignment(option.direction, Qt::AlignRight)), parts.at(1));
    }
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu)
        paintIcon(painter, place(QRect(rect.right() - 24, rect.center().y() - 6, 14, 14)),
            QStringLiteral("chevron-right"), t.text2);
}

void menuBarItem(const QStyle& style, QPainter& painter, const QStyleOptionMenuItem& option)
{
    const Tokens& t = theme();
    painter.fillRect(option.rect, t.window);
    painter.fillRect(
        QRect(option.rect.left(), option.menuRect.bottom(), option.rect.width(), 1), t.border);
    const bool active = has(option, QStyle::State_Selected) || has(option, QStyle::State_Sunken);
    if (active)
        box(painter, QRectF(option.rect).adjusted(1, 2, -1, -3), 4, t.selected, QColor());
    painter.setPen(has(option, QStyle::State_Enabled) ? t.text : t.control);
    const int mnemonic = style.styleHint(QStyle::SH_UnderlineShortcut, &option)
        ? Qt::TextShowMnemonic
        : Qt::TextHideMnemonic;
    painter.drawText(option.rect, Qt::AlignCenter | mnemonic, option.text);
}

void headerSection(QPainter& painter, const QStyleOptionHeader& option)
{
    const Tokens& t = theme();
    const QRect rect = option.rect;
    const bool hovered = has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled);
    painter.fillRect(rect, hovered ? t.hover : t.surface);
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), t.border);
}

void headerLabel(const QStyle&, QPainter& painter, const QStyleOptionHeader& option, const QWidget*)
{
    const Tokens& t = theme();
    QFont font = theme::font(FontRole::Small);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    const bool sorted = option.sortIndicator != QStyleOptionHeader::None;
    painter.setPen(sorted ? t.text : t.text2);
    const bool right = option.textAlignment & Qt::AlignRight;
    // Stands above the cells' text, which has a margin of its own.
    // Figures end further from the edge, so that the text of the next column does not touch them.
    QRect text = option.rect.adjusted(6, 0, right ? -12 : -6, 0);
    const QFontMetrics metrics(font);
    const int arrowSpace = sorted ? 18 : 0;
    const QString elided =
        metrics.elidedText(option.text, Qt::ElideRight, text.width() - arrowSpace);
    if (sorted) {
        const int width = metrics.horizontalAdvance(elided);
        const int x = right ? text.right() - width - 18 : text.left() + width + 6;
        const QRectF arrow(x, text.center().y() - 5, 12, 12);
        // Qt's arrow points up for descending order; the chevron shows the direction of growth.
        paintIcon(painter, arrow,
            option.sortIndicator == QStyleOptionHeader::SortDown ? QStringLiteral("chevron-down")
                                                                 : QStringLiteral("chevron-up"),
            t.text2);
    }
    painter.drawText(text, int(right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, elided);
}

void tabShape(QPainter& painter, const QStyleOptionTab& option)
{
    const Tokens& t = theme();
    const QRect rect = option.rect;
    const bool selected = has(option, QStyle::State_Selected);
    if (!selected && has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled))
        box(painter, QRectF(rect).adjusted(2, 4, -2, -6), kControlRadius, t.hover, QColor());
    if (selected)
        painter.fillRect(QRect(rect.left() + 4, rect.bottom() - 2, rect.width() - 8, 3), t.accent);
    if (has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange))
        focusRing(painter, QRectF(rect).adjusted(2, 4, -2, -6), kControlRadius);
}

void tabLabel(const QStyle& style, QPainter& painter, const QStyleOptionTab& option)
{
    const Tokens& t = theme();
    const bool selected = has(option, QStyle::State_Selected);
    QFont font = theme::font(selected ? FontRole::Strong : FontRole::Body);
    painter.setFont(font);
    const bool enabled = has(option, QStyle::State_Enabled);
    painter.setPen(!enabled ? t.control : (selected ? t.text : t.text2));
    const int mnemonic = style.styleHint(QStyle::SH_UnderlineShortcut, &option)
        ? Qt::TextShowMnemonic
        : Qt::TextHideMnemonic;
    painter.drawText(option.rect, Qt::AlignCenter | mnemonic, option.text);
}

void scrollBar(
    const QStyle& style, QPainter& painter, const QStyleOptionSlider& option, const QWidget* widget)
{
    const Tokens& t = theme();
    painter.fillRect(option.rect, t.surface);
    if (option.maximum <= option.minimum)
        return;
    const QRectF slider(
        style.subControlRect(QStyle::CC_ScrollBar, &option, QStyle::SC_ScrollBarSlider, widget));
    const bool active = has(option, QStyle::State_MouseOver) || has(option, QStyle::State_Sunken);
    const qreal side = active ? 2 : 3;
    const QRectF thumb = option.orientation == Qt::Horizontal ? slider.adjusted(2, side, -2, -side)
                                                              : slider.adjusted(side, 2, -side, -2);
    const qreal radius = std::min(thumb.width(), thumb.height()) / 2;
    box(painter, thumb, radius, active ? t.control : withAlpha(t.control, 0.55), QColor());
}

void progressBar(QPainter& painter, const QStyleOptionProgressBar& option)
{
    const Tokens& t = theme();
    QRectF groove(option.rect);
    groove = QRectF(groove.left(), groove.center().y() - 4, groove.width(), 8);
    box(painter, groove, 4, t.status(Tone::Idle).background, QColor());
    if (option.maximum <= option.minimum) {
        // Unknown length: the figure beside the bar tells the progress; a third of it is a hint.
        QRectF part = groove;
        part.setWidth(groove.width() / 3);
        box(painter, part, 4, withAlpha(t.accent, 0.6), QColor());
        return;
    }
    const qreal share =
        qreal(option.progress - option.minimum) / qreal(option.maximum - option.minimum);
    if (share <= 0)
        return;
    QRectF part = groove;
    part.setWidth(std::max<qreal>(8, groove.width() * share));
    if (option.direction == Qt::RightToLeft)
        part.moveRight(groove.right());
    box(painter, part, 4, t.accent, QColor());
}

} // namespace portlight::theme::paint
