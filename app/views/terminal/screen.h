#pragma once

#include <QByteArray>
#include <QColor>
#include <QList>
#include <QObject>
#include <QPoint>
#include <QString>

#include <deque>
#include <memory>

struct VTerm;
struct VTermScreen;

namespace portlight::views {

/// Letters of one look, as the screen has them side by side.
struct TerminalRun {
    QString text;
    int column = 0;
    int columns = 0; ///< wide letters take two
    QColor foreground; ///< invalid: the terminal's own
    QColor background; ///< invalid: none
    bool isBold = false;
    bool isUnderlined = false;
};
using TerminalLine = QList<TerminalRun>;

/// A terminal without a window: bytes in, lines of runs out, keys as bytes back. xterm's common
/// sequences through libvterm; lines that scroll off are kept, up to 10,000.
class TerminalScreen : public QObject {
    Q_OBJECT

public:
    explicit TerminalScreen(QObject* parent = nullptr);
    ~TerminalScreen() override;

    void write(const QByteArray& bytes);
    void resize(int columns, int rows);
    int columns() const { return m_columns; }
    int rows() const { return m_rows; }
    /// Lines that scrolled off and are still there; line numbers start with them.
    int historySize() const { return int(m_history.size()); }
    int lineCount() const { return historySize() + m_rows; }
    TerminalLine line(int number) const;
    QString lineText(int number) const;
    /// Column and row on the screen, without the history.
    QPoint cursor() const { return m_cursor; }
    bool isCursorVisible() const { return m_isCursorVisible; }
    bool isAlternate() const { return m_isAlternate; }

    // What is typed goes out by wantsToSend().
    void typeText(const QString& text, Qt::KeyboardModifiers modifiers);
    /// False for a key that a terminal has no bytes for.
    bool typeKey(int qtKey, Qt::KeyboardModifiers modifiers);
    void paste(const QString& text);

signals:
    void wantsToSend(const QByteArray& bytes);
    void changed();
    void titleChanged(const QString& title);

private:
    struct Callbacks;
    void makeTerminal();
    QByteArray replay() const;
    TerminalLine screenLine(int row) const;
    QByteArray withoutInsertMode(const QByteArray& bytes);

    struct Free {
        void operator()(VTerm* terminal) const;
    };
    int m_columns = 80; // before the terminal, which is made with them
    int m_rows = 24;
    std::unique_ptr<VTerm, Free> m_terminal;
    VTermScreen* m_screen = nullptr;
    std::deque<TerminalLine> m_history;
    QByteArray m_sequence; ///< the beginning of one whose end has not come
    QPoint m_cursor;
    bool m_isCursorVisible = true;
    bool m_isAlternate = false;
};

} // namespace portlight::views
