#include "app/views/delegates/row_delegate.h"

#include "app/theme/digits.h"
#include "app/theme/theme.h"

#include <QAbstractItemView>
#include <QPainter>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kSide = 8;
constexpr int kMinRow = 48;
constexpr int kSpinnerStepMs = 80;
constexpr int kSpinnerStepDegrees = 30;

} // namespace

RowDelegate::RowDelegate(QAbstractItemView* view)
    : QStyledItemDelegate(view)
    , m_view(view)
{
    m_spinner.setInterval(kSpinnerStepMs);
    connect(&m_spinner, &QTimer::timeout, this, [this] {
        m_angle = (m_angle + kSpinnerStepDegrees) % 360;
        // The next paint says whether a busy row is still in sight.
        if (!std::exchange(m_isSpinnerWanted, false))
            m_spinner.stop();
        m_view->viewport()->update();
    });
}

int RowDelegate::rowHeight()
{
    const QFontMetrics strong(theme::font(theme::FontRole::Strong));
    const QFontMetrics small(theme::font(theme::FontRole::Small));
    return std::max(kMinRow, strong.height() + small.height() + 14);
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return { QStyledItemDelegate::sizeHint(option, index).width(), rowHeight() };
}

void RowDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const theme::Tokens& tokens = theme::theme();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    // State_MouseOver is per cell: the view tells the hovered row by a property.
    const bool isHovered = m_view->property("hoveredRow").toInt() == index.row()
        && m_view->property("hoveredRow").isValid();
    painter->save();
    painter->fillRect(option.rect,
        isSelected      ? tokens.selected
            : isHovered ? tokens.hover
                        : tokens.surface);
    painter->fillRect(
        QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), tokens.border);
    if (index.column() == 0 && m_view->hasFocus() && m_view->currentIndex().row() == index.row())
        painter->fillRect(
            QRect(option.rect.topLeft(), QSize(3, option.rect.height())), tokens.accent);
    paintCell(*painter, option.rect.adjusted(kSide, 0, -kSide, -1), option, index);
    painter->restore();
}

void RowDelegate::paintText(QPainter& painter, const QRect& rect, const QString& text,
    const QColor& color, const QFont& font, Qt::Alignment alignment)
{
    painter.setFont(font);
    painter.setPen(color);
    const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width());
    painter.drawText(rect, int(alignment | Qt::AlignVCenter | Qt::TextSingleLine), shown);
}

void RowDelegate::paintFigure(
    QPainter& painter, const QRect& rect, const QString& text, const QColor& color)
{
    painter.setFont(theme::font(theme::FontRole::Body));
    painter.setPen(color);
    theme::drawGridText(
        painter, rect.adjusted(0, 0, -kFigureEnd, 0), Qt::AlignRight | Qt::AlignVCenter, text);
}

void RowDelegate::paintTwoLines(QPainter& painter, const QRect& rect, const QString& upper,
    const QString& lower, bool isSelected)
{
    const theme::Tokens& tokens = theme::theme();
    const QFont strong = theme::font(theme::FontRole::Strong);
    const QFont small = theme::font(theme::FontRole::Small);
    const int upperHeight = QFontMetrics(strong).height();
    const int lowerHeight = QFontMetrics(small).height();
    const int top = rect.top() + (rect.height() - upperHeight - lowerHeight - 1) / 2;
    paintText(
        painter, QRect(rect.left(), top, rect.width(), upperHeight), upper, tokens.text, strong);
    // text3 is not readable on a selected row.
    paintText(painter, QRect(rect.left(), top + upperHeight + 1, rect.width(), lowerHeight), lower,
        isSelected ? tokens.text2 : tokens.text3, small);
}

int RowDelegate::spinnerAngle() const
{
    m_isSpinnerWanted = true;
    if (!m_spinner.isActive() && !theme::Theme::instance().reducesMotion())
        m_spinner.start();
    return m_angle;
}

} // namespace portlight::views
