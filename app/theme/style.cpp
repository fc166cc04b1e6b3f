#include "app/theme/style.h"

#include "app/theme/icons.h"
#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QFrame>
#include <QLineEdit>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>

namespace portlight::theme {

namespace {

constexpr int kControlHeight = 32;
constexpr int kTabHeight = 40;
constexpr int kMenuItemHeight = 32;
constexpr int kHeaderHeight = 34;
constexpr int kScrollBarExtent = 12;

void drawFrame(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    if (paint::flag(widget, "flatTable"))
        return;
    paint::box(*painter, option->rect, 0, QColor(), theme().border);
}

bool isInlineEdit(const QWidget* widget)
{
    return widget && widget->parentWidget()
        && (widget->parentWidget()->inherits("QAbstractSpinBox")
            || widget->parentWidget()->inherits("QComboBox"));
}

} // namespace

Style::Style()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
{
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
    const QWidget* widget) const
{
    const Tokens& t = theme();
    switch (element) {
    case PE_FrameFocusRect:
        // Item views show the current cell by this ring; controls draw theirs themselves.
        if (option->state & State_KeyboardFocusChange)
            paint::focusRing(*painter, option->rect, 3);
        return;
    case PE_PanelButtonCommand:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
            paint::pushButton(*painter, *button, widget);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        paint::checkIndicator(*painter, *option, element == PE_IndicatorItemViewItemCheck);
        return;
    case PE_IndicatorRadioButton:
        paint::radioIndicator(*painter, *option);
        return;
    case PE_PanelLineEdit:
        if (!isInlineEdit(widget))
            paint::fieldFrame(*painter, *option, widget);
        return;
    case PE_FrameLineEdit:
        return;
    case PE_Frame:
        drawFrame(option, painter, widget);
        return;
    case PE_PanelMenu:
        painter->fillRect(option->rect, t.raised);
        return;
    case PE_FrameMenu:
    case PE_PanelTipLabel:
        paint::box(*painter, option->rect, 0, t.raised, t.border);
        return;
    case PE_FrameTabBarBase:
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
        return;
    case PE_FrameTabWidget:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar:
    case PE_FrameButtonBevel:
    case PE_FrameDefaultButton:
    case PE_IndicatorHeaderArrow: // drawn with the header's label
        return;
    case PE_FrameGroupBox:
        paint::box(*painter, option->rect, paint::kCardRadius, t.surface, t.border);
        return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp: {
        QRectF rect(0, 0, 12, 12);
        rect.moveCenter(QRectF(option->rect).center());
        paintIcon(*painter, rect,
            element == PE_IndicatorArrowDown ? QStringLiteral("chevron-down")
                                             : QStringLiteral("chevron-up"),
            t.text2);
        return;
    }
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
    const QWidget* widget) const
{
    switch (element) {
    case CE_PushButtonBevel:
        drawPrimitive(PE_PanelButtonCommand, option, painter, widget);
        return;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
            paint::pushButtonLabel(*this, *painter, *button, widget);
        return;
    case CE_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            paint::menuItem(*this, *painter, *item, widget);
        return;
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            paint::menuBarItem(*this, *painter, *item);
        return;
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, theme().window);
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            theme().border);
        return;
    case CE_HeaderSection:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
            paint::headerSection(*painter, *header);
        return;
    case CE_HeaderLabel:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
            paint::headerLabel(*this, *painter, *header, widget);
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, theme().surface);
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            theme().border);
        return;
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
            paint::tabShape(*painter, *tab);
        return;
    case CE_TabBarTabLabel:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
            paint::tabLabel(*this, *painter, *tab);
        return;
    case CE_ProgressBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option))
            paint::progressBar(*painter, *bar);
        return;
    case CE_ComboBoxLabel:
        return; // drawn with the box, in the same geometry as a line edit
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
    QPainter* painter, const QWidget* widget) const
{
    switch (control) {
    case CC_ComboBox:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
            paint::comboBox(*this, *painter, *combo, widget);
        return;
    case CC_SpinBox:
        if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option))
            paint::spinBox(*this, *painter, *spin, widget);
        return;
    case CC_ScrollBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
            paint::scrollBar(*this, *painter, *bar, widget);
        return;
    case CC_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            paint::toolButtonPanel(*painter, *button, widget);
            QStyleOptionToolButton label(*button);
            drawControl(CE_ToolButtonLabel, &label, painter, widget);
        }
        return;
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
    SubControl subControl, const QWidget* widget) const
{
    const QRect rect = option->rect;
    if (control == CC_ScrollBar && subControl != SC_ScrollBarSlider) {
        // No arrow buttons: the groove is the whole bar.
        switch (subControl) {
        case SC_ScrollBarAddLine:
        case SC_ScrollBarSubLine:
            return {};
        case SC_ScrollBarGroove:
            return rect;
        default:
            break;
        }
    }
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar)
            return rect;
        const bool horizontal = bar->orientation == Qt::Horizontal;
        const int length = horizontal ? rect.width() : rect.height();
        const int range = bar->maximum - bar->minimum;
        int slider = length;
        if (range > 0) {
            const qint64 total = qint64(range) + bar->pageStep;
            slider = std::max(28, int(qint64(bar->pageStep) * length / std::max<qint64>(1, total)));
            slider = std::min(slider, length);
        }
        const int start = sliderPositionFromValue(
            bar->minimum, bar->maximum, bar->sliderPosition, length - slider, bar->upsideDown);
        const QRect sliderRect = horizontal ? QRect(start, 0, slider, rect.height())
                                            : QRect(0, start, rect.width(), slider);
        QRect result = sliderRect;
        if (subControl == SC_ScrollBarSubPage)
            result =
                horizontal ? QRect(0, 0, start, rect.height()) : QRect(0, 0, rect.width(), start);
        else if (subControl == SC_ScrollBarAddPage)
            result = horizontal ? QRect(start + slider, 0, length - start - slider, rect.height())
                                : QRect(0, start + slider, rect.width(), length - start - slider);
        return visualRect(bar->direction, rect, result.translated(rect.topLeft()));
    }
    if (control == CC_SpinBox) {
        const int buttonWidth = 24;
        const int half = rect.height() / 2;
        QRect result = rect;
        switch (subControl) {
        case SC_SpinBoxUp:
            result = QRect(rect.right() - buttonWidth, rect.top() + 1, buttonWidth, half - 1);
            break;
        case SC_SpinBoxDown:
            result = QRect(rect.right() - buttonWidth, rect.top() + half, buttonWidth, half - 1);
            break;
        case SC_SpinBoxEditField:
            result = rect.adjusted(8, 2, -buttonWidth - 2, -2);
            break;
        default:
            break;
        }
        return visualRect(option->direction, rect, result);
    }
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField)
        return visualRect(option->direction, rect, rect.adjusted(10, 2, -30, -2));
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QRect Style::subElementRect(
    SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    if (element == SE_LineEditContents && !isInlineEdit(widget))
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
        return { size.width(), isInlineEdit(widget) ? size.height() : control };
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

QIcon Style::standardIcon(
    StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const
{
    switch (standard) {
    case SP_LineEditClearButton:
        return icon(QStringLiteral("close"));
    case SP_MessageBoxWarning:
        return icon(QStringLiteral("warning"), IconColor::Warn);
    case SP_MessageBoxCritical:
        return icon(QStringLiteral("error"), IconColor::Bad);
    case SP_MessageBoxInformation:
    case SP_MessageBoxQuestion:
        return icon(QStringLiteral("info"), IconColor::Accent);
    default:
        return QProxyStyle::standardIcon(standard, option, widget);
    }
}

void Style::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    // Hover is part of every control's look; Qt only tracks it where it is asked to.
    if (widget->inherits("QAbstractButton") || widget->inherits("QComboBox")
        || widget->inherits("QLineEdit") || widget->inherits("QScrollBar")
        || widget->inherits("QTabBar") || widget->inherits("QHeaderView")
        || widget->inherits("QAbstractSpinBox"))
        widget->setAttribute(Qt::WA_Hover);
}

} // namespace portlight::theme
