#include "app/views/terminal/terminal_view.h"

#include "app/theme/theme.h"

#include <QElapsedTimer>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr int kMargin = 8;
constexpr int kRepaintMs = 16;
constexpr int kSliceMs = 8;
constexpr qsizetype kSliceBytes = 16 * 1024;
constexpr qsizetype kFlood = 1024 * 1024; ///< then the program has to wait

} // namespace

TerminalView::TerminalView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("terminalView"));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_InputMethodEnabled);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // or the width would change with the text
    viewport()->setCursor(Qt::IBeamCursor);
    m_slice.setInterval(0);
    m_repaint.setInterval(kRepaintMs);
    m_repaint.setSingleShot(true);
    connect(&m_slice, &QTimer::timeout, this, &TerminalView::showSlice);
    connect(&m_repaint, &QTimer::timeout, this, [this] {
        updateScrollBar();
        viewport()->update();
    });
    connect(&m_screen, &TerminalScreen::changed, this, [this] {
        if (!m_repaint.isActive())
            m_repaint.start();
    });
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &TerminalView::applyTheme);
    applyTheme();
}

void TerminalView::applyTheme()
{
    m_font = theme::font(theme::FontRole::Mono);
    m_font.setKerning(false);
    const QFontMetricsF metrics(m_font);
    m_cellWidth = metrics.horizontalAdvance(QLatin1Char('M'));
    m_cellHeight = int(std::ceil(metrics.lineSpacing()));
    m_ascent = int(std::ceil(metrics.ascent()));
    fit();
    viewport()->update();
}

void TerminalView::fit()
{
    const int columns = int((viewport()->width() - 2 * kMargin) / m_cellWidth);
    const int rows = (viewport()->height() - 2 * kMargin) / m_cellHeight;
    if (columns < 2 || rows < 2 || (columns == m_screen.columns() && rows == m_screen.rows()))
        return;
    m_screen.resize(columns, rows);
    updateScrollBar();
    emit sizeChanged(m_screen.columns(), m_screen.rows());
}

void TerminalView::write(const QByteArray& bytes)
{
    m_waiting += bytes;
    if (!m_slice.isActive())
        m_slice.start();
    if (m_waiting.size() > kFlood && !std::exchange(m_isFlooded, true))
        emit floodChanged(true);
}

void TerminalView::showSlice()
{
    QElapsedTimer clock;
    clock.start();
    qsizetype at = 0;
    while (at < m_waiting.size() && clock.elapsed() < kSliceMs) {
        const qsizetype length = std::min(kSliceBytes, m_waiting.size() - at);
        m_screen.write(m_waiting.mid(at, length));
        at += length;
    }
    m_waiting.remove(0, at);
    if (m_waiting.isEmpty())
        m_slice.stop();
    if (m_waiting.size() < kFlood / 2 && std::exchange(m_isFlooded, false))
        emit floodChanged(false);
}

void TerminalView::note(const QString& text)
{
    write(("\r\n\x1b[0;2m" + text.toUtf8() + "\x1b[0m\r\n"));
}

void TerminalView::updateScrollBar()
{
    QScrollBar* bar = verticalScrollBar();
    const bool wasAtEnd = bar->value() == bar->maximum();
    const int end = m_screen.isAlternate() ? 0 : m_screen.historySize();
    bar->setPageStep(m_screen.rows());
    bar->setRange(0, end);
    if (wasAtEnd)
        bar->setValue(end);
}

void TerminalView::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::theme();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), t.surface);
    const int first =
        m_screen.historySize() - verticalScrollBar()->maximum() + verticalScrollBar()->value();
    for (int row = 0; row < m_screen.rows(); ++row) {
        const int y = kMargin + row * m_cellHeight;
        paintLine(painter, first + row, y);
        paintSelection(painter, first + row, y);
    }
    if (!m_screen.isCursorVisible())
        return;
    const QRect cursor = cursorRect();
    if (hasFocus())
        painter.fillRect(cursor, theme::withAlpha(t.accent, 0.6));
    else
        painter.fillRect(cursor.adjusted(0, cursor.height() - 2, 0, 0), t.control);
}

void TerminalView::paintLine(QPainter& painter, int number, int y) const
{
    const theme::Tokens& t = theme::theme();
    for (const TerminalRun& run : m_screen.line(number)) {
        const qreal x = kMargin + run.column * m_cellWidth;
        if (run.background.isValid())
            painter.fillRect(QRectF(x, y, run.columns * m_cellWidth, m_cellHeight), run.background);
        QFont font = m_font;
        font.setBold(run.isBold);
        font.setUnderline(run.isUnderlined);
        painter.setFont(font);
        painter.setPen(run.foreground.isValid() ? run.foreground : t.text);
        painter.drawText(QPointF(x, y + m_ascent), run.text);
    }
}

void TerminalView::paintSelection(QPainter& painter, int number, int y) const
{
    const auto [from, to] = std::minmax(m_anchor, m_end);
    if (from == to || number < from.line || number > to.line)
        return;
    const int start = number == from.line ? from.column : 0;
    const int end = number == to.line ? to.column : m_screen.columns();
    painter.fillRect(
        QRectF(kMargin + start * m_cellWidth, y, (end - start) * m_cellWidth, m_cellHeight),
        theme::withAlpha(theme::theme().accent, 0.28));
}

QRect TerminalView::cursorRect() const
{
    const int hidden = verticalScrollBar()->maximum() - verticalScrollBar()->value();
    return { int(kMargin + m_screen.cursor().x() * m_cellWidth),
        kMargin + (m_screen.cursor().y() + hidden) * m_cellHeight, int(std::ceil(m_cellWidth)),
        m_cellHeight };
}

void TerminalView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fit();
}

void TerminalView::scrollContentsBy(int, int)
{
    viewport()->update();
}

TerminalView::Place TerminalView::placeAt(const QPoint& position) const
{
    const int first =
        m_screen.historySize() - verticalScrollBar()->maximum() + verticalScrollBar()->value();
    const int row = std::clamp((position.y() - kMargin) / m_cellHeight, 0, m_screen.rows() - 1);
    const int column = int(std::lround((position.x() - kMargin) / m_cellWidth));
    return { first + row, std::clamp(column, 0, m_screen.columns()) };
}

QString TerminalView::selectedText() const
{
    const auto [from, to] = std::minmax(m_anchor, m_end);
    if (from == to)
        return {};
    QStringList lines;
    for (int line = from.line; line <= to.line; ++line) {
        QString text = m_screen.lineText(line);
        if (line == to.line)
            text.truncate(to.column);
        if (line == from.line)
            text.remove(0, from.column);
        lines.append(text);
    }
    return lines.join(QLatin1Char('\n'));
}

QString TerminalView::visibleText() const
{
    QStringList lines;
    const int first =
        m_screen.historySize() - verticalScrollBar()->maximum() + verticalScrollBar()->value();
    for (int row = 0; row < m_screen.rows(); ++row)
        lines.append(m_screen.lineText(first + row));
    return lines.join(QLatin1Char('\n'));
}

} // namespace portlight::views
