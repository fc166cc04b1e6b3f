#include "app/views/terminal/screen.h"

#include "app/theme/theme.h"

#include <vterm.h>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr std::size_t kMostHistory = 10'000;
constexpr char kEscape = '\x1b';
constexpr qsizetype kLongestSequence = 128;

QColor colorOf(const VTermScreen* screen, VTermColor color, bool isForeground)
{
    const bool isDefault =
        isForeground ? VTERM_COLOR_IS_DEFAULT_FG(&color) : VTERM_COLOR_IS_DEFAULT_BG(&color);
    if (isDefault)
        return {};
    // The first sixteen follow the theme, as the log's do.
    if (VTERM_COLOR_IS_INDEXED(&color) && color.indexed.idx < 16)
        return theme::theme().ansi.at(color.indexed.idx);
    vterm_screen_convert_color_to_rgb(screen, &color);
    return QColor(color.rgb.red, color.rgb.green, color.rgb.blue);
}

bool isSameLook(const TerminalRun& a, const TerminalRun& b)
{
    return a.foreground == b.foreground && a.background == b.background && a.isBold == b.isBold
        && a.isUnderlined == b.isUnderlined;
}

/// Cells side by side that look alike become one run; wide letters stand alone, so that each
/// begins where the program put it.
void appendCell(
    TerminalLine& line, const VTermScreen* screen, const VTermScreenCell& cell, int column)
{
    TerminalRun run;
    run.column = column;
    run.columns = std::max<int>(1, cell.width);
    run.foreground = colorOf(screen, cell.fg, true);
    run.background = colorOf(screen, cell.bg, false);
    run.isBold = cell.attrs.bold != 0;
    run.isUnderlined = cell.attrs.underline != 0;
    if (cell.attrs.reverse) {
        const theme::Tokens& t = theme::theme();
        const QColor front = run.foreground.isValid() ? run.foreground : t.text;
        run.foreground = run.background.isValid() ? run.background : t.surface;
        run.background = front;
    }
    const auto* end = std::find(cell.chars, cell.chars + VTERM_MAX_CHARS_PER_CELL, 0U);
    run.text = cell.chars[0] == 0 || cell.chars[0] == uint32_t(-1)
        ? QStringLiteral(" ")
        : QString::fromUcs4(reinterpret_cast<const char32_t*>(cell.chars), end - cell.chars);
    const bool joins = !line.isEmpty() && run.columns == 1 && run.text.size() == 1
        && line.last().columns == line.last().text.size() && isSameLook(line.last(), run);
    if (!joins) {
        line.append(run);
        return;
    }
    line.last().text += run.text;
    ++line.last().columns;
}

void trim(TerminalLine& line)
{
    while (!line.isEmpty() && !line.last().background.isValid() && !line.last().isUnderlined) {
        QString& text = line.last().text;
        while (text.endsWith(u' '))
            text.chop(1);
        line.last().columns = std::min<int>(line.last().columns, int(text.size()));
        if (!text.isEmpty())
            return;
        line.removeLast();
    }
}

VTermModifier modifiersOf(Qt::KeyboardModifiers modifiers)
{
    int result = VTERM_MOD_NONE;
    if (modifiers.testFlag(Qt::ShiftModifier))
        result |= VTERM_MOD_SHIFT;
    if (modifiers.testFlag(Qt::AltModifier))
        result |= VTERM_MOD_ALT;
    if (modifiers.testFlag(Qt::ControlModifier))
        result |= VTERM_MOD_CTRL;
    return VTermModifier(result);
}

VTermKey keyOf(int qtKey)
{
    switch (qtKey) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return VTERM_KEY_ENTER;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return VTERM_KEY_TAB;
    case Qt::Key_Backspace:
        return VTERM_KEY_BACKSPACE;
    case Qt::Key_Escape:
        return VTERM_KEY_ESCAPE;
    case Qt::Key_Up:
        return VTERM_KEY_UP;
    case Qt::Key_Down:
        return VTERM_KEY_DOWN;
    case Qt::Key_Left:
        return VTERM_KEY_LEFT;
    case Qt::Key_Right:
        return VTERM_KEY_RIGHT;
    case Qt::Key_Insert:
        return VTERM_KEY_INS;
    case Qt::Key_Delete:
        return VTERM_KEY_DEL;
    case Qt::Key_Home:
        return VTERM_KEY_HOME;
    case Qt::Key_End:
        return VTERM_KEY_END;
    case Qt::Key_PageUp:
        return VTERM_KEY_PAGEUP;
    case Qt::Key_PageDown:
        return VTERM_KEY_PAGEDOWN;
    default:
        break;
    }
    if (qtKey >= Qt::Key_F1 && qtKey <= Qt::Key_F12)
        return VTermKey(VTERM_KEY_FUNCTION(qtKey - Qt::Key_F1 + 1));
    return VTERM_KEY_NONE;
}

} // namespace

/// What libvterm calls; the user pointer is the screen.
struct TerminalScreen::Callbacks {
    static TerminalScreen& of(void* user) { return *static_cast<TerminalScreen*>(user); }
    static void output(const char* bytes, size_t length, void* user)
    {
        emit of(user).wantsToSend(QByteArray(bytes, qsizetype(length)));
    }
    static int damage(VTermRect, void*) { return 1; }
    static int moveRect(VTermRect, VTermRect, void*) { return 1; }
    static int moveCursor(VTermPos to, VTermPos, int, void* user)
    {
        of(user).m_cursor = QPoint(to.col, to.row);
        return 1;
    }
    static int setProperty(VTermProp property, VTermValue* value, void* user)
    {
        TerminalScreen& self = of(user);
        if (property == VTERM_PROP_CURSORVISIBLE) {
            self.m_isCursorVisible = value->boolean != 0;
        } else if (property == VTERM_PROP_ALTSCREEN) {
            self.m_isAlternate = value->boolean != 0;
        } else if (property == VTERM_PROP_TITLE) {
            emit self.titleChanged(QString::fromUtf8(value->string).left(200));
        }
        return 1;
    }
    static int pushLine(int columns, const VTermScreenCell* cells, void* user)
    {
        TerminalScreen& self = of(user);
        TerminalLine line;
        for (int column = 0; column < columns; column += std::max<int>(1, cells[column].width))
            appendCell(line, self.m_screen, cells[column], column);
        trim(line);
        self.m_history.push_back(std::move(line));
        if (self.m_history.size() > kMostHistory)
            self.m_history.pop_front();
        return 1;
    }
};

void TerminalScreen::Free::operator()(VTerm* terminal) const
{
    vterm_free(terminal);
}

TerminalScreen::TerminalScreen(QObject* parent)
    : QObject(parent)
{
    makeTerminal();
}

TerminalScreen::~TerminalScreen() = default;

void TerminalScreen::makeTerminal()
{
    static constexpr VTermScreenCallbacks kCallbacks { &Callbacks::damage, &Callbacks::moveRect,
        &Callbacks::moveCursor, &Callbacks::setProperty, nullptr, nullptr, &Callbacks::pushLine,
        nullptr };
    m_terminal.reset(vterm_new(m_rows, m_columns));
    m_screen = vterm_obtain_screen(m_terminal.get());
    vterm_set_utf8(m_terminal.get(), 1);
    vterm_output_set_callback(m_terminal.get(), &Callbacks::output, this);
    vterm_screen_set_callbacks(m_screen, &kCallbacks, this);
    vterm_screen_enable_altscreen(m_screen, 1);
    vterm_screen_set_damage_merge(m_screen, VTERM_DAMAGE_SCREEN);
    vterm_screen_reset(m_screen, 1);
}

/// libvterm 0.1.4 writes outside its memory in insert mode (CSI 4 h) when a letter does not fit the
/// line any more. Programs insert by ICH where terminfo has it, as xterm's has.
QByteArray TerminalScreen::withoutInsertMode(const QByteArray& bytes)
{
    QByteArray kept;
    kept.reserve(m_sequence.size() + bytes.size());
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == kEscape || m_sequence.isEmpty()) {
            kept += std::exchange(m_sequence, {});
            (byte == kEscape ? m_sequence : kept) += byte;
            continue;
        }
        m_sequence += byte;
        const bool isIntroduced = m_sequence.size() > 2 || byte == '[';
        const bool goesOn = m_sequence.size() == 2 || code < 0x40;
        if (isIntroduced && goesOn && m_sequence.size() < kLongestSequence)
            continue;
        const QByteArray sequence = std::exchange(m_sequence, {});
        bool isInsert = false;
        if (byte == 'h' && sequence.size() > 3)
            for (const QByteArray& parameter : sequence.mid(2).chopped(1).split(';'))
                isInsert = isInsert || parameter.trimmed().toInt() == 4;
        if (!isInsert)
            kept += sequence;
    }
    return kept;
}

void TerminalScreen::write(const QByteArray& bytes)
{
    const QByteArray safe = withoutInsertMode(bytes);
    vterm_input_write(m_terminal.get(), safe.constData(), std::size_t(safe.size()));
    vterm_screen_flush_damage(m_screen);
    emit changed();
}

/// What is on the screen down to the cursor, as bytes that draw it again.
QByteArray TerminalScreen::replay() const
{
    if (m_isAlternate)
        return "\x1b[?1049h"; // its program draws anew when it hears of the size
    const auto color = [](const char* kind, const QColor& value) {
        return value.isValid() ? QByteArray(";") + kind + ";2;" + QByteArray::number(value.red())
                + ';' + QByteArray::number(value.green()) + ';' + QByteArray::number(value.blue())
                               : QByteArray();
    };
    QByteArray bytes;
    for (int row = 0; row <= m_cursor.y(); ++row) {
        int column = 0;
        for (const TerminalRun& run : screenLine(row)) {
            bytes += "\x1b[0m" + QByteArray(std::max(0, run.column - column), ' ');
            bytes += "\x1b[0" + QByteArray(run.isBold ? ";1" : "") + (run.isUnderlined ? ";4" : "")
                + color("38", run.foreground) + color("48", run.background) + 'm'
                + run.text.toUtf8();
            column = run.column + run.columns;
        }
        bytes += "\x1b[0m";
        if (row < m_cursor.y())
            bytes += "\r\n";
        else
            bytes += QByteArray(std::max(0, m_cursor.x() - column), ' ');
    }
    return bytes;
}

// libvterm 0.1.4 resizes in a way that later writes outside its memory: a new terminal of the right
// size gets what is shown instead.
void TerminalScreen::resize(int columns, int rows)
{
    columns = std::clamp(columns, 2, 1000);
    rows = std::clamp(rows, 2, 500);
    if (columns == m_columns && rows == m_rows)
        return;
    const QByteArray shown = replay();
    m_columns = columns;
    m_rows = rows;
    m_isCursorVisible = true;
    m_isAlternate = false;
    makeTerminal();
    write(shown);
}

TerminalLine TerminalScreen::screenLine(int row) const
{
    TerminalLine line;
    for (int column = 0; column < m_columns;) {
        VTermScreenCell cell {};
        vterm_screen_get_cell(m_screen, { row, column }, &cell);
        appendCell(line, m_screen, cell, column);
        column += std::max<int>(1, cell.width);
    }
    trim(line);
    return line;
}

TerminalLine TerminalScreen::line(int number) const
{
    if (number < 0 || number >= lineCount())
        return {};
    if (number < historySize())
        return m_history.at(std::size_t(number));
    return screenLine(number - historySize());
}

QString TerminalScreen::lineText(int number) const
{
    QString text;
    int column = 0;
    for (const TerminalRun& run : line(number)) {
        text += QString(std::max(0, run.column - column), u' ') + run.text;
        column = run.column + run.columns;
    }
    return text;
}

void TerminalScreen::typeText(const QString& text, Qt::KeyboardModifiers modifiers)
{
    const QList<uint> letters = text.toUcs4();
    for (const uint letter : letters)
        vterm_keyboard_unichar(m_terminal.get(), letter,
            modifiersOf(modifiers & ~Qt::KeyboardModifiers(Qt::ShiftModifier)));
}

bool TerminalScreen::typeKey(int qtKey, Qt::KeyboardModifiers modifiers)
{
    const VTermKey key = keyOf(qtKey);
    if (key == VTERM_KEY_NONE)
        return false;
    if (qtKey == Qt::Key_Backtab)
        modifiers |= Qt::ShiftModifier;
    vterm_keyboard_key(m_terminal.get(), key, modifiersOf(modifiers));
    return true;
}

void TerminalScreen::paste(const QString& text)
{
    // Line ends as the key sends them; the brackets tell programs that ask for them.
    QString lines = text;
    lines.replace(QStringLiteral("\r\n"), QStringLiteral("\r")).replace(u'\n', u'\r');
    lines.remove(QChar(0x1b)); // else a text could end the brackets by itself
    vterm_keyboard_start_paste(m_terminal.get());
    emit wantsToSend(lines.toUtf8());
    vterm_keyboard_end_paste(m_terminal.get());
}

} // namespace portlight::views
