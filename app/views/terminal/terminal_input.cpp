#include "app/views/terminal/terminal_view.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

// Keys, pointer, clipboard and input methods of the terminal.
namespace portlight::views {

namespace {

constexpr auto kOurs = Qt::ControlModifier | Qt::ShiftModifier;

bool isOurs(const QKeyEvent& event)
{
    return event.modifiers() == kOurs;
}

} // namespace

bool TerminalView::event(QEvent* event)
{
    // Tab would move the focus, and the window's shortcuts would take keys that are the program's.
    if (event->type() == QEvent::ShortcutOverride) {
        if (!isOurs(*static_cast<QKeyEvent*>(event)))
            event->accept();
        return true;
    }
    if (event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Tab || key->key() == Qt::Key_Backtab) {
            keyPressEvent(key);
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void TerminalView::keyPressEvent(QKeyEvent* event)
{
    if (isOurs(*event) && event->key() == Qt::Key_C) {
        copy();
        return;
    }
    if (isOurs(*event) && event->key() == Qt::Key_V) {
        paste();
        return;
    }
    if (event->modifiers() == Qt::ShiftModifier
        && (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown)) {
        verticalScrollBar()->triggerAction(event->key() == Qt::Key_PageUp
                ? QAbstractSlider::SliderPageStepSub
                : QAbstractSlider::SliderPageStepAdd);
        return;
    }
    if (isOurs(*event)) {
        event->ignore();
        return;
    }
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    if (m_screen.typeKey(event->key(), event->modifiers()))
        return;
    const bool isLetter = event->key() >= Qt::Key_A && event->key() <= Qt::Key_Z;
    if (event->modifiers().testFlag(Qt::ControlModifier) && isLetter) {
        // Qt gives the control character as text; libvterm makes it from the letter.
        const QChar letter(QLatin1Char(char('a' + event->key() - Qt::Key_A)));
        m_screen.typeText(QString(letter), event->modifiers());
        return;
    }
    if (!event->text().isEmpty())
        m_screen.typeText(
            event->text(), event->modifiers() & ~Qt::KeyboardModifiers(Qt::ControlModifier));
    else
        event->ignore();
}

void TerminalView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::MiddleButton) {
        m_screen.paste(QApplication::clipboard()->text(QClipboard::Selection));
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    m_end = placeAt(event->position().toPoint());
    if (!event->modifiers().testFlag(Qt::ShiftModifier))
        m_anchor = m_end;
    viewport()->update();
}

void TerminalView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton))
        return;
    m_end = placeAt(event->position().toPoint());
    viewport()->update();
}

void TerminalView::mouseReleaseEvent(QMouseEvent*)
{
    QClipboard* clipboard = QApplication::clipboard();
    if (const QString text = selectedText(); !text.isEmpty() && clipboard->supportsSelection())
        clipboard->setText(text, QClipboard::Selection);
}

void TerminalView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* copyAction = menu->addAction(tr("Copy"), this, &TerminalView::copy);
    copyAction->setEnabled(m_anchor != m_end);
    copyAction->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    QAction* pasteAction = menu->addAction(tr("Paste"), this, &TerminalView::paste);
    pasteAction->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V));
    menu->popup(event->globalPos());
}

void TerminalView::copy()
{
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void TerminalView::paste()
{
    m_screen.paste(QApplication::clipboard()->text());
}

void TerminalView::inputMethodEvent(QInputMethodEvent* event)
{
    if (!event->commitString().isEmpty())
        m_screen.typeText(event->commitString(), Qt::NoModifier);
    event->accept();
}

QVariant TerminalView::inputMethodQuery(Qt::InputMethodQuery query) const
{
    if (query == Qt::ImEnabled)
        return true;
    if (query == Qt::ImCursorRectangle)
        return cursorRect();
    return QAbstractScrollArea::inputMethodQuery(query);
}

void TerminalView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace portlight::views
