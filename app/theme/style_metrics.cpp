#include "app/theme/style.h"
#include "app/theme/style_paint.h"

#include <QStyleOption>
#include <QWidget>

#include <algorithm>

// How large things are and where their parts lie.
namespace portlight::theme {

namespace {

constexpr int kControlHeight = 32;
constexpr int kTabHeight = 40;
constexpr int kMenuItemHeight = 32;
constexpr int kHeaderHeight = 34;
constexpr int kScrollBarExtent = 12;
constexpr int kScrollBarLeastSlider = 28;
constexpr int kSpinButtonWidth = 24;
constexpr int kTextFieldFrame = 4; // keeps the square text out of the round corners

/// The whole bar is the groove: there are no arrow buttons.
QRect scrollBarPart(const QStyleOptionSlider& bar, QStyle::SubControl part)
{
    const QRect rect = bar.rect;
    if (part == QStyle::SC_ScrollBarAddLine || part == QStyle::SC_ScrollBarSubLine)
        return {};
    if (part == QStyle::SC_ScrollBarGroove)
        return rect;
    const bool horizontal = bar.orientation == Qt::Horizontal;
    const int length = horizontal ? rect.width() : rect.height();
    const int range = bar.maximum - bar.minimum;
    int slider = length;
    if (range > 0) {
        const qint64 total = std::max<qint64>(1, qint64(range) + bar.pageStep);
        const int share = int(qint64(bar.pageStep) * length / total);
        slider = std::min(std::max(kScrollBarLeastSlider, share), length);
    }
    const int start = QStyle::sliderPositionFromValue(
        bar.minimum, bar.maximum, bar.sliderPosition, length - slider, bar.upsideDown);
    int from = start;
    int extent = slider;
    if (part == QStyle::SC_ScrollBarSubPage) {
        from = 0;
        extent = start;
    } else if (part == QStyle::SC_ScrollBarAddPage) {
        from = start + slider;
        extent = length - from;
    }
    const QRect result =
        horizontal ? QRect(from, 0, extent, rect.height()) : QRect(0, from, rect.width(), extent);
    return QStyle::visualRect(bar.direction, rect, result.translated(rect.topLeft()));
}

QRect spinBoxPart(const QStyleOptionComplex& option, QStyle::SubControl part)
{
    const QRect rect = option.rect;
    const int half = rect.height() / 2;
    const int left = rect.right() - kSpinButtonWidth;
    QRect result = rect;
    if (part == QStyle::SC_SpinBoxUp)
        result = QRect(left, rect.top() + 1, kSpinButtonWidth, half - 1);
    else if (part == QStyle::SC_SpinBoxDown)
        result = QRect(left, rect.top() + half, kSpinButtonWidth, half - 1);
    else if (part == QStyle::SC_SpinBoxEditField)
        result = rect.adjusted(8, 2, -kSpinButtonWidth - 2, -2);
    return QStyle::visualRect(option.direction, rect, result);
}

} // namespace

namespace paint {

bool isInlineEdit(const QWidget* widget)
{
    return widget && widget->parentWidget()
        && (widget->parentWidget()->inherits("QAbstractSpinBox")
            || widget->parentWidget()->inherits("QComboBox"));
}

bool isTextField(const QWidget* widget)
{
    return widget && widget->inherits("QPlainTextEdit") && !flag(widget, "flatTable");
}

} // namespace paint

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
    SubControl subControl, const QWidget* widget) const
{
    if (control == CC_ScrollBar)
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return scrollBarPart(*bar, subControl);
    if (control == CC_SpinBox)
        return spinBoxPart(*option, subControl);
    const QRect rect = option->rect;
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField)
        return visualRect(option->direction, rect, rect.adjusted(10, 2, -30, -2));
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QRect Style::subElementRect(
    SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    if (element == SE_LineEditContents && !paint::isInlineEdit(widget))
        return option->rect.adjusted(8, 2, -8, -2);
    if (element == SE_LineEditContents)
        return option->rect;
    return QProxyStyle::subElementRect(element, option, widget);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
    const QWidget* widget) const
{
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    const int text = option ? option->fontMetrics.height() : 16;
    const int control = std::max(kControlHeight, text + 14);
    switch (type) {
    case CT_PushButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        const int iconExtra = button && !button->icon.isNull() ? 4 : 0;
        return { contents.width() + 28 + iconExtra, control };
    }
    case CT_LineEdit:
        return { size.width(), paint::isInlineEdit(widget) ? size.height() : control };
    case CT_ComboBox:
        return { contents.width() + 46, control };
    case CT_SpinBox:
        return { size.width() + 16, control };
    case CT_ToolButton:
        return { std::max(size.width(), kControlHeight), std::max(size.height(), kControlHeight) };
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            if (item->menuItemType == QStyleOptionMenuItem::Separator)
                return { size.width(), 9 };
            return { contents.width() + 72, std::max(kMenuItemHeight, text + 12) };
        }
        return size;
    case CT_MenuBarItem:
        return { contents.width() + 18, std::max(contents.height(), text) + 10 };
    case CT_HeaderSection:
        return { size.width() + 16, std::max(kHeaderHeight, text + 14) };
    case CT_TabBarTab:
        return { contents.width() + 28, std::max(kTabHeight, text + 20) };
    case CT_ProgressBar:
        return { size.width(), 8 };
    default:
        return size;
    }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return kScrollBarExtent;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return 16;
    case PM_ToolBarIconSize:
        return 16;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return 8;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_MenuVMargin:
        return 4;
    case PM_MenuHMargin:
        return 0;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuBarPanelWidth:
        return 0;
    case PM_MenuBarItemSpacing:
        return 0;
    case PM_MenuBarHMargin:
        return 4;
    case PM_TabBarTabHSpace:
        return 0;
    case PM_TabBarTabOverlap:
    case PM_TabBarBaseOverlap:
        return 0;
    case PM_DefaultFrameWidth:
        if (paint::isTextField(widget))
            return kTextFieldFrame;
        if (widget && widget->inherits("QAbstractScrollArea") && !paint::flag(widget, "flatTable"))
            return 1;
        return QProxyStyle::pixelMetric(metric, option, widget);
    case PM_SplitterWidth:
        return 1;
    case PM_ToolTipLabelFrameWidth:
        return 6;
    case PM_LayoutHorizontalSpacing:
        return 8;
    case PM_LayoutVerticalSpacing:
        return 12;
    case PM_HeaderMarkSize:
        return 12;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 2;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
    case SH_TitleBar_NoBorder:
    case SH_Menu_SloppySubMenus:
        return 0;
    case SH_ScrollBar_LeftClickAbsolutePosition:
    case SH_ItemView_ShowDecorationSelected:
    case SH_ScrollView_FrameOnlyAroundContents:
        return hint == SH_ScrollView_FrameOnlyAroundContents ? 0 : 1;
    case SH_ToolTip_WakeUpDelay:
        return 500;
    case SH_UnderlineShortcut:
        return QProxyStyle::styleHint(hint, option, widget, data);
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace portlight::theme
