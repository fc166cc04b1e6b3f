#include "app/views/dialogs/parts_view.h"

#include "app/models/format.h"
#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr qsizetype kMostLines = 12; ///< the bar above tells of the rest
constexpr int kNameWidth = 116;
constexpr int kBarWidth = 140;
constexpr int kBarHeight = 6;

} // namespace

void PartsView::setParts(const QList<actions::TaskPart>& parts)
{
    const bool isOtherSize = parts.size() != m_parts.size();
    m_parts = parts;
    QStringList lines;
    for (const actions::TaskPart& part : parts)
        lines.append(part.name + QStringLiteral(": ") + part.status);
    setAccessibleDescription(lines.join(QLatin1Char('\n')));
    if (isOtherSize)
        updateGeometry();
    update();
}

int PartsView::lineHeight() const
{
    return QFontMetrics(theme::font(theme::FontRole::Small)).height() + 6;
}

QSize PartsView::sizeHint() const
{
    return { kNameWidth + kBarWidth + 120,
        int(std::min(m_parts.size(), kMostLines)) * lineHeight() };
}

void PartsView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    // What is still on its way stands last: of many layers the newest lines are the live ones.
    const qsizetype first = std::max<qsizetype>(0, m_parts.size() - kMostLines);
    for (qsizetype at = first; at < m_parts.size(); ++at)
        paintPart(painter, QRect(0, int(at - first) * lineHeight(), width(), lineHeight()),
            m_parts.at(at));
}

void PartsView::paintPart(QPainter& painter, const QRect& line, const actions::TaskPart& part) const
{
    const theme::Tokens& t = theme::theme();
    painter.setFont(theme::font(theme::FontRole::Mono));
    painter.setPen(t.text2);
    painter.drawText(line, int(Qt::AlignLeft | Qt::AlignVCenter),
        painter.fontMetrics().elidedText(part.name, Qt::ElideRight, kNameWidth - 8));
    const QRectF bar(
        line.left() + kNameWidth, line.center().y() - kBarHeight / 2.0 + 1, kBarWidth, kBarHeight);
    theme::paint::box(
        painter, bar, kBarHeight / 2.0, t.status(theme::Tone::Idle).background, QColor());
    const double share =
        part.total > 0 ? std::min(1.0, double(part.bytes) / double(part.total)) : 1.0;
    if (share > 0)
        theme::paint::box(painter,
            QRectF(bar.topLeft(),
                QSizeF(std::max<double>(kBarHeight, bar.width() * share), kBarHeight)),
            kBarHeight / 2.0, part.total > 0 ? t.accent : t.status(theme::Tone::Ok).foreground,
            QColor());
    QString text = part.status;
    if (part.total > 0)
        text += QStringLiteral("  ") + models::format::bytes(part.bytes) + QStringLiteral(" / ")
            + models::format::bytes(part.total);
    painter.setFont(theme::font(theme::FontRole::Small));
    const QRect rest = line.adjusted(kNameWidth + kBarWidth + 12, 0, 0, 0);
    painter.drawText(rest, int(Qt::AlignLeft | Qt::AlignVCenter),
        painter.fontMetrics().elidedText(text, Qt::ElideRight, rest.width()));
}

} // namespace portlight::views
