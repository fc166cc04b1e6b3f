#include "app/views/delegates/store_delegate.h"

#include "app/models/volume_model.h"
#include "app/theme/icons.h"
#include "app/theme/theme.h"
#include "app/views/widgets/chip.h"

#include <QPainter>

namespace portlight::views {

using models::ResourceModel;

namespace {

constexpr int kIcon = 20;
constexpr int kNameColumn = 0;
constexpr int kUseColumn = 1;

} // namespace

StoreDelegate::StoreDelegate(
    const QString& iconName, SecondLine secondLine, QAbstractItemView* view)
    : RowDelegate(view)
    , m_iconName(iconName)
    , m_secondLine(std::move(secondLine))
{
}

void StoreDelegate::paintCell(QPainter& painter, const QRect& rect,
    const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (index.column() == kNameColumn) {
        paintName(painter, rect, index, option.state.testFlag(QStyle::State_Selected));
        return;
    }
    if (index.column() == kUseColumn && paintChipOf(painter, rect, index))
        return;
    const theme::Tokens& tokens = theme::theme();
    const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    if (alignment.testFlag(Qt::AlignRight))
        paintFigure(painter, rect, index.data().toString(), tokens.text2);
    else
        paintText(painter, rect, index.data().toString(),
            index.column() == kUseColumn ? tokens.text : tokens.text2,
            theme::font(theme::FontRole::Body));
}

void StoreDelegate::paintName(
    QPainter& painter, const QRect& rect, const QModelIndex& index, bool isSelected) const
{
    const theme::Tokens& tokens = theme::theme();
    const QRect icon(rect.left() + 8, rect.center().y() - kIcon / 2, kIcon, kIcon);
    const bool hasFailed = !index.data(ResourceModel::FailureRole).toString().isEmpty();
    const bool isUsed = index.data(ResourceModel::StateRole).toInt() != 0;
    theme::paintIcon(painter, icon, hasFailed ? QStringLiteral("error") : m_iconName,
        hasFailed    ? tokens.status(theme::Tone::Bad).foreground
            : isUsed ? tokens.accent
                     : tokens.text3);
    paintTwoLines(painter, rect.adjusted(kIcon + 20, 0, 0, 0), index.data().toString(),
        m_secondLine(index), isSelected);
}

bool StoreDelegate::paintChipOf(
    QPainter& painter, const QRect& rect, const QModelIndex& index) const
{
    const bool isBusy =
        index.data(ResourceModel::ActivityRole).toInt() != int(models::StoreActivity::None);
    // Both models have 0 for "nobody uses it".
    if (!isBusy && index.data(ResourceModel::StateRole).toInt() != 0)
        return false;
    const QString text = isBusy ? tr("Removing") : index.data().toString();
    const double height = chipSize(text).height();
    paintChip(painter, QPointF(rect.left(), rect.center().y() - height / 2), text,
        isBusy ? theme::Tone::Info : theme::Tone::Idle, isBusy ? spinnerAngle() : -1);
    return true;
}

} // namespace portlight::views
