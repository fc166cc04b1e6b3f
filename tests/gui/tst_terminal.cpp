#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/terminal/terminal_view.h"

#include <QApplication>
#include <QClipboard>
#include <QRandomGenerator>
#include <QScrollBar>
#include <QSignalSpy>
#include <QtTest>

using namespace portlight;
using views::TerminalScreen;
using views::TerminalView;

/// The terminal without an engine: bytes in, what is seen; keys in, bytes out.
class TestTerminal : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void textAndColours();
    void wideLetters();
    void history();
    void alternateScreen();
    void resizeKeepsTheText();
    void keys_data();
    void keys();
    void pasteCannotLeaveItsBrackets();
    void nonsenseDoesNoHarm();
    void viewTypesAndSelects();
    void floodIsHeldBack();
};

void TestTerminal::initTestCase()
{
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
}

void TestTerminal::textAndColours()
{
    TerminalScreen screen;
    screen.write("plain \x1b[1;31mred\x1b[0m\r\nsecond");
    QCOMPARE(screen.lineText(0), QString("plain red"));
    QCOMPARE(screen.lineText(1), QString("second"));
    const views::TerminalLine line = screen.line(0);
    QCOMPARE(line.size(), 2);
    QVERIFY(!line.at(0).foreground.isValid());
    QCOMPARE(line.at(1).foreground, theme::theme().ansi.at(1));
    QVERIFY(line.at(1).isBold);
    QCOMPARE(line.at(1).column, 6);
    QCOMPARE(screen.cursor(), QPoint(6, 1));
    screen.write("\x1b[?25l");
    QVERIFY(!screen.isCursorVisible());
    screen.write("\r\n\x1b[38;2;1;2;3mx");
    QCOMPARE(screen.line(2).at(0).foreground, QColor(1, 2, 3));
}

void TestTerminal::wideLetters()
{
    TerminalScreen screen;
    screen.write("a容器b");
    QCOMPARE(screen.lineText(0), QString("a容器b"));
    QCOMPARE(screen.line(0).last().column, 5);
}

void TestTerminal::history()
{
    TerminalScreen screen;
    screen.resize(20, 5);
    for (int i = 0; i < 12'000; ++i)
        screen.write(QByteArray::number(i) + "\r\n");
    QCOMPARE(screen.historySize(), 10'000);
    QCOMPARE(screen.lineText(screen.lineCount() - 2), QString("11999"));
    QCOMPARE(screen.lineText(0), QString::number(12'000 - 10'000 - 4));
    QVERIFY(screen.line(-1).isEmpty());
    QVERIFY(screen.line(screen.lineCount()).isEmpty());
}

void TestTerminal::alternateScreen()
{
    TerminalScreen screen;
    screen.write("shell\x1b[?1049h\x1b[Hfull screen");
    QVERIFY(screen.isAlternate());
    QCOMPARE(screen.lineText(0), QString("full screen"));
    screen.write("\x1b[?1049l");
    QVERIFY(!screen.isAlternate());
    QCOMPARE(screen.lineText(0), QString("shell"));
}

void TestTerminal::resizeKeepsTheText()
{
    TerminalScreen screen;
    screen.write("first\r\n\x1b[31msecond\x1b[0m\r\n$ ls");
    screen.resize(40, 10);
    QCOMPARE(screen.lineText(0), QString("first"));
    QCOMPARE(screen.line(1).at(0).foreground, theme::theme().ansi.at(1));
    QCOMPARE(screen.cursor(), QPoint(4, 2));
    screen.write("!\x1b["); // a sequence cut in two
    screen.write("4hx");
    QCOMPARE(screen.lineText(2), QString("$ ls!x"));
    screen.resize(40, 2);
    QCOMPARE(screen.lineText(0), QString("first")); // in the history now
    QCOMPARE(screen.lineText(2), QString("$ ls!x"));
}

void TestTerminal::keys_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("modifiers");
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, int key, const QString& text, int modifiers,
                         const QByteArray& bytes) {
        QTest::newRow(name) << key << text << modifiers << bytes;
    };
    row("letter", Qt::Key_A, "a", 0, "a");
    row("capital", Qt::Key_A, "A", Qt::ShiftModifier, "A");
    row("umlaut", Qt::Key_unknown, "ä", 0, "ä");
    row("return", Qt::Key_Return, "\r", 0, "\r");
    row("tab", Qt::Key_Tab, "\t", 0, "\t");
    row("backspace", Qt::Key_Backspace, "\b", 0, "\x7f");
    row("interrupt", Qt::Key_C, "\x03", Qt::ControlModifier, "\x03");
    row("end of file", Qt::Key_D, "\x04", Qt::ControlModifier, "\x04");
    row("alt", Qt::Key_B, "b", Qt::AltModifier,
        "\x1b"
        "b");
    row("up", Qt::Key_Up, "", 0, "\x1b[A");
    row("delete", Qt::Key_Delete, "\x7f", 0, "\x1b[3~");
    row("f5", Qt::Key_F5, "", 0, "\x1b[15~");
}

void TestTerminal::keys()
{
    QFETCH(const int, key);
    QFETCH(const QString, text);
    QFETCH(const int, modifiers);
    TerminalView view;
    QByteArray sent;
    connect(&view.screen(), &TerminalScreen::wantsToSend, this,
        [&](const QByteArray& bytes) { sent += bytes; });
    QKeyEvent press(QEvent::KeyPress, key, Qt::KeyboardModifiers(modifiers), text);
    QApplication::sendEvent(&view, &press);
    QTEST(sent, "bytes");
}

void TestTerminal::pasteCannotLeaveItsBrackets()
{
    TerminalScreen screen;
    QByteArray sent;
    connect(&screen, &TerminalScreen::wantsToSend, this,
        [&](const QByteArray& bytes) { sent += bytes; });
    screen.paste("one\ntwo");
    QCOMPARE(sent, QByteArray("one\rtwo"));
    sent.clear();
    screen.write("\x1b[?2004h");
    screen.paste("rm\x1b[201~\nx");
    QCOMPARE(sent, QByteArray("\x1b[200~rm[201~\rx\x1b[201~"));
}

void TestTerminal::nonsenseDoesNoHarm()
{
    QRandomGenerator random(7);
    TerminalScreen screen;
    for (int round = 0; round < 300; ++round) {
        QByteArray bytes(2000, Qt::Uninitialized);
        for (char& byte : bytes)
            byte =
                char(random.bounded(3) == 0 ? "\x1b[]?;0123456789mhJKHrABC\x07"[random.bounded(27)]
                                            : random.bounded(256));
        screen.write(bytes);
        screen.resize(random.bounded(1, 300), random.bounded(1, 100));
        for (int line = 0; line < screen.lineCount(); line += 37)
            screen.lineText(line);
    }
    screen.write("\x18\x1b"
                 "c\x1b[2J\x1b[Hstill here");
    QCOMPARE(screen.lineText(screen.historySize()), QString("still here"));
}

void TestTerminal::viewTypesAndSelects()
{
    TerminalView view;
    view.resize(800, 400);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QSignalSpy sizes(&view, &TerminalView::sizeChanged);
    view.resize(600, 300);
    QTRY_VERIFY(!sizes.isEmpty());
    view.write("hello world\r\n");
    QTRY_VERIFY(view.visibleText().startsWith("hello world"));
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, QPoint(8, 12));
    QMouseEvent drag(QEvent::MouseMove, QPointF(300, 12), view.viewport()->mapToGlobal(QPoint()),
        Qt::LeftButton, Qt::LeftButton, {});
    QApplication::sendEvent(view.viewport(), &drag);
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, QPoint(300, 12));
    QCOMPARE(view.selectedText(), QString("hello world"));
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QApplication::clipboard()->text(), QString("hello world"));
}

void TestTerminal::floodIsHeldBack()
{
    TerminalView view;
    QSignalSpy floods(&view, &TerminalView::floodChanged);
    view.write(QByteArray(3 * 1024 * 1024, 'x'));
    QCOMPARE(floods.size(), 1);
    QVERIFY(floods.at(0).at(0).toBool());
    QTRY_COMPARE_WITH_TIMEOUT(floods.size(), 2, 30000);
    QVERIFY(!floods.at(1).at(0).toBool());
}

QTEST_MAIN(TestTerminal)
#include "tst_terminal.moc"
