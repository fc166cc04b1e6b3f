#include "app/views/log/log_view.h"

#include "app/models/log_filter.h"
#include "app/theme/theme.h"

#include <QDateTime>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr int kRepaintMs = 33;
constexpr int kMargin = 12;
constexpr int kMarkWidth = 3; ///< the bar that marks what came from standard error

QFont monoFont()
{
    return theme::font(theme::FontRole::Mono);
}

QString timeText(qint64 timeMs)
{
    return timeMs == 0 ? QString()
                       : QDateTime::fromMSecsSinceEpoch(timeMs).toString(
                             QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

/// The bar at the left: how grave the line says it is, else where it was written to.
QColor markColor(const models::LogLine& line)
{
    const theme::Tokens& tokens = theme::theme();
    switch (models::logLevel(line.text)) {
    case models::LogLevel::Error:
        return tokens.status(theme::Tone::Bad).foreground;
    case models::LogLevel::Warning:
        return tokens.status(theme::Tone::Warn).foreground;
    default:
        return line.source == client::LogSource::Stderr ? tokens.control : QColor();
    }
}

} // namespace

LogView::LogView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    verticalScrollBar()->setSingleStep(1);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(kRepaintMs);
    connect(&m_repaint, &QTimer::timeout, this, &LogView::onAppended);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &LogView::scheduleUpdate);
}

LogView::~LogView() = default;

void LogView::setModel(models::LogModel* model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    m_currentLine = -1;
    m_anchor = m_cursor = {};
    if (m_model) {
        connect(m_model, &models::LogModel::linesAppended, this, &LogView::scheduleUpdate);
        connect(m_model, &models::LogModel::linesDropped, this, &LogView::onDropped);
        connect(m_model, &models::LogModel::cleared, this, &LogView::scheduleUpdate);
        connect(m_model, &QObject::destroyed, this, [this] { m_model = nullptr; });
    }
    setFollowing(true);
    onAppended();
}

void LogView::scheduleUpdate()
{
    m_isLayoutValid = false;
    if (!m_repaint.isActive())
        m_repaint.start();
}

void LogView::onAppended()
{
    m_isLayoutValid = false;
    updateScrollBars();
    viewport()->update();
}

void LogView::onDropped(qsizetype count)
{
    const auto moved = [count](Place place) {
        return place.line < count ? Place {} : Place { place.line - count, place.column };
    };
    m_anchor = moved(m_anchor);
    m_cursor = moved(m_cursor);
    m_currentLine = m_currentLine < count ? -1 : m_currentLine - count;
    if (!m_isFollowing && !m_lines) { // a list of lines begins anew by itself
        m_isScrollingItself = true;
        verticalScrollBar()->setValue(int(std::max<qsizetype>(0, firstVisibleLine() - count)));
        m_isScrollingItself = false;
    }
    scheduleUpdate();
}

double LogView::linesThatFit() const
{
    return std::max(
        1.0, std::floor(viewport()->height() / QFontMetricsF(monoFont()).lineSpacing()));
}

double LogView::gutterWidth() const
{
    const double time = m_showsTimes
        ? QFontMetricsF(monoFont()).horizontalAdvance(QStringLiteral("0000-00-00 00:00:00.000"))
            + 16
        : 0;
    return kMargin + time;
}

// With wrapped lines the last page holds fewer lines than fit: count them from the end.
void LogView::updateScrollBars()
{
    const qsizetype count = rowCount();
    const int fit = int(linesThatFit());
    qsizetype lastPage = std::min<qsizetype>(count, fit);
    if (m_wraps && m_model) {
        const double width = std::max(80.0, viewport()->width() - gutterWidth() - kMargin);
        double used = 0;
        for (lastPage = 0; lastPage < count && lastPage < fit; ++lastPage) {
            used += layOutLine(lineOfRow(count - 1 - lastPage), width).height;
            if (used > viewport()->height())
                break;
        }
        lastPage = std::max<qsizetype>(lastPage, count > 0 ? 1 : 0);
    }
    m_isScrollingItself = true;
    verticalScrollBar()->setPageStep(std::max(1, fit - 1));
    verticalScrollBar()->setRange(0, int(count - lastPage));
    if (m_isFollowing)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    m_isScrollingItself = false;
    if (m_wraps)
        horizontalScrollBar()->setRange(0, 0);
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
    shown.layout = std::make_unique<QTextLayout>(text.text, monoFont());
    QTextOption option;
    option.setWrapMode(m_wraps ? QTextOption::WrapAtWordBoundaryOrAnywhere : QTextOption::NoWrap);
    option.setTabStopDistance(QFontMetricsF(monoFont()).horizontalAdvance(QLatin1Char(' ')) * 8);
    shown.layout->setTextOption(option);
    shown.layout->setFormats(formats(line, text));
    const double spacing = QFontMetricsF(monoFont()).lineSpacing();
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
    const double width = std::max(80.0, viewport()->width() - gutterWidth() - kMargin);
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

void LogView::paintEvent(QPaintEvent*)
{
    layOut();
    const theme::Tokens& tokens = theme::theme();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), tokens.surface);
    painter.setFont(monoFont());
    const double left = gutterWidth();
    const double ascent = QFontMetricsF(monoFont()).ascent();
    for (const ShownLine& shown : m_shown) {
        const models::LogLine line = m_model->line(shown.line);
        if (const QColor mark = markColor(line); mark.isValid())
            painter.fillRect(QRectF(0, shown.top, kMarkWidth, shown.height), mark);
        if (m_showsTimes) {
            painter.setPen(tokens.text3);
            painter.drawText(QPointF(kMargin, shown.top + ascent), timeText(line.timeMs));
        }
        painter.save();
        painter.setClipRect(QRectF(left, shown.top, viewport()->width() - left, shown.height));
        painter.setPen(tokens.text);
        shown.layout->draw(&painter, QPointF(left - horizontalScrollBar()->value(), shown.top));
        painter.restore();
    }
}

void LogView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    onAppended();
}

void LogView::scrollContentsBy(int, int)
{
    m_isLayoutValid = false;
    viewport()->update();
    if (m_isScrollingItself)
        return;
    const bool isAtEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    if (isAtEnd != m_isFollowing) {
        m_isFollowing = isAtEnd;
        emit followingChanged(isAtEnd);
    }
}

bool LogView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        scheduleUpdate();
    return QAbstractScrollArea::viewportEvent(event);
}

void LogView::setShowsTimes(bool shows)
{
    m_showsTimes = shows;
    onAppended();
}

void LogView::setWraps(bool wraps)
{
    m_wraps = wraps;
    onAppended();
}

void LogView::setFollowing(bool follows)
{
    if (follows == m_isFollowing && !follows)
        return;
    const bool hasChanged = follows != m_isFollowing;
    m_isFollowing = follows;
    onAppended();
    if (hasChanged)
        emit followingChanged(follows);
}

void LogView::setHighlight(const QRegularExpression& expression)
{
    m_highlight = expression;
    m_isLayoutValid = false;
    viewport()->update();
}

void LogView::setLines(const QList<qsizetype>* lines)
{
    const qsizetype first = firstVisibleLine();
    m_lines = lines;
    onAppended();
    // What was in sight stays so, as far as it is shown at all.
    if (!m_isFollowing) {
        m_isScrollingItself = true;
        verticalScrollBar()->setValue(int(rowOfLine(first)));
        m_isScrollingItself = false;
    }
}

void LogView::setCurrentLine(qsizetype line)
{
    m_currentLine = line;
    m_isLayoutValid = false;
    viewport()->update();
    if (line < 0)
        return;
    updateScrollBars();
    const qsizetype row = rowOfLine(line);
    const qsizetype first = verticalScrollBar()->value();
    const auto fit = qsizetype(linesThatFit());
    if (row >= first && row < first + fit - 1)
        return;
    setFollowing(false);
    verticalScrollBar()->setValue(int(std::max<qsizetype>(0, row - fit / 3)));
}

qsizetype LogView::rowCount() const
{
    if (!m_model)
        return 0;
    return m_lines ? m_lines->size() : m_model->lineCount();
}

qsizetype LogView::lineOfRow(qsizetype row) const
{
    return m_lines ? m_lines->at(row) : row;
}

qsizetype LogView::rowOfLine(qsizetype line) const
{
    if (!m_lines)
        return line;
    return std::lower_bound(m_lines->begin(), m_lines->end(), line) - m_lines->begin();
}

qsizetype LogView::firstVisibleLine() const
{
    const qsizetype row = verticalScrollBar()->value();
    return row < rowCount() ? lineOfRow(row) : 0;
}

QString LogView::visibleText() const
{
    QStringList lines;
    for (const ShownLine& shown : m_shown)
        lines.append(shown.layout->text());
    return lines.join(QLatin1Char('\n'));
}

} // namespace portlight::views
