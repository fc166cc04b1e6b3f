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

void drawFrame(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    if (paint::flag(widget, "flatTable"))
        return;
    if (paint::isTextField(widget)) {
        paint::fieldFrame(*painter, *option, widget);
        return;
    }
    paint::box(*painter, option->rect, 0, QColor(), theme().border);
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
        if (!paint::isInlineEdit(widget))
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
