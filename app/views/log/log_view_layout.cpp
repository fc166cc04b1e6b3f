#include "app/theme/theme.h"
#include "app/views/log/log_view.h"

#include <QScrollBar>

#include <algorithm>

// Where the lines in sight stand, and in which colours.
namespace portlight::views {

namespace {
constexpr int kRightMargin = 12;
}

QList<QTextLayout::FormatRange> LogView::formats(qsizetype line, const AnsiText& text) const
{
    const theme::Tokens& tokens = theme::theme();
    QList<QTextLayout::FormatRange> ranges;
    for (const AnsiText::Run& run : text.runs) {
        QTextCharFormat format;
        if (run.foreground >= 0)
            format.setForeground(tokens.ansi.at(std::size_t(run.foreground)));
        if (run.background >= 0)
            format.setBackground(tokens.ansi.at(std::size_t(run.background)));
        if (run.isBold)
            format.setFontWeight(QFont::DemiBold);
        ranges.append({ run.start, run.length, format });
    }
    appendHits(ranges, line, text.text);
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    if (from != to && line >= from.line && line <= to.line) {
        QTextCharFormat format;
        format.setBackground(tokens.selected);
        format.setForeground(tokens.text);
        const int start = line == from.line ? from.column : 0;
        const int end = line == to.line ? to.column : int(text.text.size());
        ranges.append({ start, std::max(0, end - start), format });
    }
    return ranges;
}

void LogView::appendHits(
    QList<QTextLayout::FormatRange>& ranges, qsizetype line, const QString& text) const
{
    if (m_highlight.pattern().isEmpty() || !m_highlight.isValid())
        return;
    const theme::Tokens& tokens = theme::theme();
    QTextCharFormat format;
    const bool isCurrent = line == m_currentLine;
    format.setBackground(isCurrent ? tokens.accent : tokens.findHit);
    format.setForeground(isCurrent ? tokens.onAccent : tokens.onFindHit);
    for (auto hits = m_highlight.globalMatch(text); hits.hasNext();) {
        const auto hit = hits.next();
        if (hit.capturedLength() > 0)
            ranges.append({ int(hit.capturedStart()), int(hit.capturedLength()), format });
    }
}

LogView::ShownLine LogView::layOutLine(qsizetype line, double width) const
{
    const AnsiText text = parseAnsi(m_model->line(line).text);
    ShownLine shown;
    shown.line = line;
    shown.layout = std::make_unique<QTextLayout>(text.text, theme::font(theme::FontRole::Mono));
    QTextOption option;
    option.setWrapMode(m_wraps ? QTextOption::WrapAtWordBoundaryOrAnywhere : QTextOption::NoWrap);
    option.setTabStopDistance(
        QFontMetricsF(theme::font(theme::FontRole::Mono)).horizontalAdvance(QLatin1Char(' ')) * 8);
    shown.layout->setTextOption(option);
    shown.layout->setFormats(formats(line, text));
    const double spacing = QFontMetricsF(theme::font(theme::FontRole::Mono)).lineSpacing();
    shown.layout->beginLayout();
    for (QTextLine part = shown.layout->createLine(); part.isValid();
        part = shown.layout->createLine()) {
        part.setLineWidth(m_wraps ? width : 1e6);
        part.setPosition(QPointF(0, shown.height));
        shown.height += spacing;
    }
    shown.layout->endLayout();
    shown.height = std::max(shown.height, spacing);
    return shown;
}

void LogView::layOut()
{
    if (m_isLayoutValid)
        return;
    m_isLayoutValid = true;
    m_shown.clear();
    if (rowCount() == 0)
        return;
    const double width = std::max(80.0, viewport()->width() - gutterWidth() - kRightMargin);
    const double bottom = viewport()->height();
    double y = 4;
    double widest = 0;
    for (qsizetype row = verticalScrollBar()->value(); row < rowCount() && y < bottom; ++row) {
        m_shown.push_back(layOutLine(lineOfRow(row), width));
        m_shown.back().top = y;
        y += m_shown.back().height;
        widest = std::max(widest, m_shown.back().layout->maximumWidth());
    }
    // Following with wrapped lines: the last one must be whole at the bottom.
    const bool hasLast = !m_shown.empty() && m_shown.back().line == lineOfRow(rowCount() - 1);
    if (m_isFollowing && hasLast && y > bottom) {
        for (ShownLine& shown : m_shown)
            shown.top -= y - bottom + 4;
    }
    if (!m_wraps) {
        m_isScrollingItself = true;
        horizontalScrollBar()->setPageStep(int(width));
        horizontalScrollBar()->setRange(0, std::max(0, int(widest - width)));
        m_isScrollingItself = false;
    }
}

} // namespace portlight::views
