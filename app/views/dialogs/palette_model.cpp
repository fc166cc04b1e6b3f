#include "app/views/dialogs/palette_model.h"

#include "app/models/fuzzy_match.h"
#include "app/theme/icons.h"
#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kLeastHeight = 36;
constexpr int kMostShown = 200; // nobody reads further: another letter is quicker

} // namespace

void PaletteModel::setEntries(QList<PaletteEntry> entries)
{
    m_entries = std::move(entries);
    setNeedle({});
}

void PaletteModel::setNeedle(const QString& needle)
{
    struct Hit {
        qsizetype at;
        int score;
    };
    QList<Hit> hits;
    for (qsizetype at = 0; at < m_entries.size(); ++at)
        if (const int score = models::matchScore(needle, m_entries.at(at).text); score > 0)
            hits.append({ at, score });
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        return a.score != b.score ? a.score > b.score : a.at < b.at;
    });
    beginResetModel();
    m_shown.clear();
    for (const Hit& hit : hits.first(std::min<qsizetype>(hits.size(), kMostShown)))
        m_shown.append(hit.at);
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PaletteEntry& found = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return found.text;
    case Qt::AccessibleTextRole:
        return QString(found.text + QStringLiteral(", ") + found.hint);
    case HintRole:
        return found.hint;
    case IconNameRole:
        return found.iconName;
    default:
        return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return entry(index.row()).isEnabled ? Qt::ItemIsEnabled | Qt::ItemIsSelectable
                                        : Qt::ItemFlags(Qt::ItemIsSelectable);
}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return { 200, std::max(kLeastHeight, option.fontMetrics.height() + 16) };
}

void PaletteDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const theme::Tokens& t = theme::theme();
    const bool isEnabled = index.flags().testFlag(Qt::ItemIsEnabled);
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected))
        theme::paint::box(
            *painter, option.rect, theme::paint::kControlRadius, t.selected, QColor());
    const QRect inside = option.rect.adjusted(12, 0, -12, 0);
    const QRectF icon(inside.left(), inside.center().y() - 8, 16, 16);
    theme::paintIcon(*painter, icon, index.data(PaletteModel::IconNameRole).toString(),
        isEnabled ? t.text2 : t.control);
    const QString hint = index.data(PaletteModel::HintRole).toString();
    painter->setFont(theme::font(theme::FontRole::Small));
    painter->setPen(isEnabled ? t.text2 : t.control);
    painter->drawText(inside, int(Qt::AlignRight | Qt::AlignVCenter), hint);
    const int hintWidth = painter->fontMetrics().horizontalAdvance(hint) + 16;
    painter->setFont(theme::font(theme::FontRole::Body));
    painter->setPen(isEnabled ? t.text : t.control);
    const QRect text = inside.adjusted(28, 0, -hintWidth, 0);
    painter->drawText(text, int(Qt::AlignLeft | Qt::AlignVCenter),
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
    painter->restore();
}

} // namespace portlight::views
