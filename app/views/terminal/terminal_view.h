#pragma once

#include "app/views/terminal/screen.h"

#include <QAbstractScrollArea>
#include <QTimer>

namespace portlight::views {

/// A terminal to type into: paints a TerminalScreen and turns keys and the mouse into what it
/// understands. Ctrl+Shift+C and V copy and paste; all other keys are the program's. Bytes come by
/// write() and go by screen().wantsToSend().
class TerminalView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit TerminalView(QWidget* parent = nullptr);

    TerminalScreen& screen() { return m_screen; }
    /// What the program wrote; shown in slices, so that a flood does not stop the window.
    void write(const QByteArray& bytes);
    /// A line of our own below what the program wrote.
    void note(const QString& text);
    QString selectedText() const;
    /// What is in sight, a line each: for screen readers and tests.
    QString visibleText() const;
    void copy();
    void paste();

signals:
    void sizeChanged(int columns, int rows);
    /// Too much is waiting to be shown, or not any more.
    void floodChanged(bool isFlooded);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    /// A place in all lines, the history too.
    struct Place {
        int line = 0;
        int column = 0;
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    void showSlice();
    void updateScrollBar();
    void applyTheme();
    void fit();
    Place placeAt(const QPoint& position) const;
    QRect cursorRect() const;
    void paintLine(QPainter& painter, int number, int y) const;
    void paintSelection(QPainter& painter, int number, int y) const;

    TerminalScreen m_screen;
    QByteArray m_waiting;
    QTimer m_slice;
    QTimer m_repaint;
    QFont m_font;
    qreal m_cellWidth = 8;
    int m_cellHeight = 16;
    int m_ascent = 12;
    Place m_anchor;
    Place m_end;
    bool m_isFlooded = false;
};

} // namespace portlight::views
