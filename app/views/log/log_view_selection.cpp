#include "app/theme/theme.h"
#include "app/views/log/log_view.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>

// Pointer, keys, selection and copying of the log.
namespace portlight::views {

namespace {

constexpr qsizetype kMaxCopiedLines = 200'000;

} // namespace

LogView::Place LogView::placeAt(const QPoint& position) const
{
    if (m_shown.empty())
        return {};
    const ShownLine* found = &m_shown.front();
    for (const ShownLine& shown : m_shown)
        if (position.y() >= shown.top)
            found = &shown;
    const double x = position.x() - gutterWidth() + horizontalScrollBar()->value();
    const double spacing = QFontMetricsF(theme::font(theme::FontRole::Mono)).lineSpacing();
    const int row = std::clamp(
        int((position.y() - found->top) / spacing), 0, std::max(0, found->layout->lineCount() - 1));
    const QTextLine part = found->layout->lineAt(row);
    return { found->line, part.isValid() ? part.xToCursor(x) : 0 };
}

QString LogView::textOf(qsizetype line) const
{
    return parseAnsi(m_model->line(line).text).text;
}

void LogView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_cursor = placeAt(event->position().toPoint());
    if (!event->modifiers().testFlag(Qt::ShiftModifier))
        m_anchor = m_cursor;
    m_isLayoutValid = false;
    viewport()->update();
}

void LogView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton))
        return;
    const int y = event->position().toPoint().y();
    if (y < 0)
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepSub);
    else if (y > viewport()->height())
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    layOut();
    m_cursor = placeAt(event->position().toPoint());
    m_isLayoutValid = false;
    viewport()->update();
}

void LogView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (!m_model || m_shown.empty())
        return;
    const Place place = placeAt(event->position().toPoint());
    const QString text = textOf(place.line);
    const auto isWord = [&text](int at) { return text.at(at).isLetterOrNumber(); };
    int from = std::min(place.column, int(text.size()));
    int to = from;
    while (from > 0 && isWord(from - 1))
        --from;
    while (to < text.size() && isWord(to))
        ++to;
    m_anchor = { place.line, from };
    m_cursor = { place.line, to };
    m_isLayoutValid = false;
    viewport()->update();
}

void LogView::keyPressEvent(QKeyEvent* event)
{
    auto* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy))
        copySelection();
    else if (event->matches(QKeySequence::SelectAll))
        selectAll();
    else if (event->key() == Qt::Key_Home)
        bar->triggerAction(QAbstractSlider::SliderToMinimum);
    else if (event->key() == Qt::Key_End)
        setFollowing(true);
    else if (event->key() == Qt::Key_Up)
        bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
    else if (event->key() == Qt::Key_Down)
        bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    else
        QAbstractScrollArea::keyPressEvent(event);
}

void LogView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* copy = menu->addAction(tr("Copy"), this, [this] { copySelection(); });
    copy->setEnabled(m_anchor != m_cursor);
    menu->addAction(tr("Select all"), this, [this] { selectAll(); });
    menu->popup(event->globalPos());
}

void LogView::selectAll()
{
    if (!m_model || m_model->lineCount() == 0)
        return;
    m_anchor = {};
    const qsizetype last = m_model->lineCount() - 1;
    m_cursor = { last, int(textOf(last).size()) };
    m_isLayoutValid = false;
    viewport()->update();
}

QString LogView::selectedText() const
{
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    if (!m_model || from == to)
        return {};
    QString selected;
    const qsizetype end =
        std::min({ to.line, m_model->lineCount() - 1, from.line + kMaxCopiedLines });
    for (qsizetype line = from.line; line <= end; ++line) {
        if (m_lines && !std::binary_search(m_lines->begin(), m_lines->end(), line))
            continue; // not shown
        QString text = textOf(line);
        if (line == to.line)
            text.truncate(to.column);
        if (line == from.line)
            text.remove(0, from.column);
        selected += text;
        if (line != end)
            selected += QLatin1Char('\n');
    }
    return selected;
}

void LogView::copySelection() const
{
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

} // namespace portlight::views
