#include "app/views/delegates/image_delegate.h"

#include "app/theme/icons.h"
#include "app/theme/theme.h"
#include "app/views/widgets/chip.h"

#include <QPainter>

namespace portlight::views {

using models::ImageActivity;
using models::ImageModel;
using models::ImageRow;

namespace {

constexpr int kIcon = 20;

} // namespace

void ImageDelegate::paintCell(QPainter& painter, const QRect& rect,
    const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* row = static_cast<const ImageRow*>(index.data(ImageModel::RowRole).value<void*>());
    if (!row)
        return;
    const theme::Tokens& tokens = theme::theme();
    switch (index.column()) {
    case ImageModel::NameColumn:
        paintName(painter, rect, *row, option.state.testFlag(QStyle::State_Selected));
        return;
    case ImageModel::UsedByColumn:
        paintUse(painter, rect, *row);
        return;
    default:
        break;
    }
    const bool isId = index.column() == ImageModel::IdColumn;
    const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    if (alignment.testFlag(Qt::AlignRight)) {
        paintFigure(painter, rect, index.data().toString(), tokens.text2);
        return;
    }
    paintText(painter, rect, index.data().toString(), tokens.text2,
        theme::font(isId ? theme::FontRole::Mono : theme::FontRole::Body),
        alignment & Qt::AlignHorizontal_Mask);
}

void ImageDelegate::paintName(
    QPainter& painter, const QRect& rect, const ImageRow& row, bool isSelected) const
{
    const theme::Tokens& tokens = theme::theme();
    const QRect icon(rect.left() + 8, rect.center().y() - kIcon / 2, kIcon, kIcon);
    const bool hasFailed = !row.failure.isEmpty();
    theme::paintIcon(painter, icon, hasFailed ? QStringLiteral("error") : QStringLiteral("image"),
        hasFailed            ? tokens.status(theme::Tone::Bad).foreground
            : row.usedBy > 0 ? tokens.accent
                             : tokens.text3);
    const QString more = row.summary.references.size() > 1
        ? QStringList(row.summary.references.mid(1)).join(QStringLiteral(", "))
        : row.summary.shortId();
    const QString name =
        row.summary.references.isEmpty() ? tr("No name") : row.summary.displayName();
    paintTwoLines(painter, rect.adjusted(kIcon + 20, 0, 0, 0), name, more, isSelected);
}

void ImageDelegate::paintUse(QPainter& painter, const QRect& rect, const ImageRow& row) const
{
    QString text = row.usedBy > 0 ? tr("In use") : tr("Unused");
    theme::Tone tone = row.usedBy > 0 ? theme::Tone::Ok : theme::Tone::Idle;
    int spinner = -1;
    if (row.activity != ImageActivity::None) {
        text = row.activity == ImageActivity::Removing ? tr("Removing") : tr("Exporting");
        tone = theme::Tone::Info;
        spinner = spinnerAngle();
    }
    const double height = chipSize(text).height();
    paintChip(painter, QPointF(rect.left(), rect.center().y() - height / 2), text, tone, spinner);
}

} // namespace portlight::views
