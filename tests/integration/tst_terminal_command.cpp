#include "tests/support/engine_fixture.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr const char* kProgram = PORTLIGHT_BIN_DIR "/portlight";

/// A command on a terminal of its own, 33 rows and 101 columns.
class OnTerminal {
public:
    explicit OnTerminal(std::vector<std::string> words, const LocalUser& user)
    {
        winsize size {};
        size.ws_row = 33;
        size.ws_col = 101;
        std::vector<char*> argv;
        for (std::string& word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        int terminal = -1;
        m_pid = ::forkpty(&terminal, nullptr, nullptr, &size);
        if (m_pid == 0) {
            if (::getuid() == 0 && user.uid != 0
                && (::setgid(user.gid) != 0 || ::setuid(user.uid) != 0))
                ::_exit(99);
            ::execv(argv[0], argv.data());
            ::_exit(99);
        }
        m_terminal = Fd(terminal);
    }
    ~OnTerminal()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_pid, nullptr, 0);
        }
    }
    OnTerminal(const OnTerminal&) = delete;
    OnTerminal& operator=(const OnTerminal&) = delete;

    void type(const std::string& keys)
    {
        (void)!::write(m_terminal.get(), keys.data(), keys.size());
    }
    void resize(unsigned short rows, unsigned short columns)
    {
        winsize size {};
        size.ws_row = rows;
        size.ws_col = columns;
        ::ioctl(m_terminal.get(), TIOCSWINSZ, &size);
    }
    /// Reads until @p text appeared; false where it does not within 20 s or the terminal closes.
    bool awaits(const std::string& text)
    {
        while (m_seen.find(text) == std::string::npos) {
            pollfd ready { m_terminal.get(), POLLIN, 0 };
            char bytes[4096];
            if (::poll(&ready, 1, 20'000) != 1)
                return false;
            const ssize_t got = ::read(m_terminal.get(), bytes, sizeof bytes);
            if (got <= 0)
                return m_seen.find(text) != std::string::npos;
            m_seen.append(bytes, static_cast<std::size_t>(got));
        }
        return true;
    }
    /// Its exit code, once it ended.
    int exitCode()
    {
        (void)awaits(std::string("\0never", 6)); // up to the terminal's end
        int status = 0;
        ::waitpid(std::exchange(m_pid, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    pid_t processId() const { return m_pid; }
    const char* seen() const { return m_seen.c_str(); }

private:
    pid_t m_pid = -1;
    Fd m_terminal {};
    std::string m_seen {};
};

} // namespace

/// `portlight COMMAND` against the engine: docker's output and exit codes.
class TestTerminalCommand : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup()
    {
        if (hasEngine())
            removeObjects();
    }
    void cleanupTestCase() { removeEngine(); }
    void foreground_data();
    void foreground();
    void sameListsAsDocker_data();
    void sameListsAsDocker();
    void detachedLife();
    void standardInputReachesIt();
    void terminal();
    void detachKeysLeaveItRunning();
    void signalsArePassedOn();
    void filesInAndOut();
    void imagesOutAndIn();
    void wrongInput_data();
    void wrongInput();
    void noEngine();

private:
    std::vector<std::string> line(const QStringList& words) const
    {
        std::vector<std::string> all { kProgram, "--host", "unix://" + engine().socket() };
        for (const QString& word : words)
            all.push_back(word.toStdString());
        return all;
    }
    Ran command(const QStringList& words, const QByteArray& input = {}) const
    {
        QStringList all;
        for (const std::string& word : line(words))
            all << QString::fromStdString(word);
        return runProgram(all, { .input = input, .user = engine().user() });
    }
};

#define COMMAND_OK(call)                                                                           \
    do {                                                                                           \
        const Ran ended = (call);                                                                  \
        QVERIFY2(ended.exitCode == 0, ended.err.constData());                                      \
    } while (false)

void TestTerminalCommand::init()
{
    provideEngine([this] {
        PL_DONE(loadPayload(api(), engine().directory(), "payload:test"));
        PL_DONE(loadArchive(api(), PORTLIGHT_BUILD_DIR "/share/portlight/starter.tar"));
        // The command reads and writes files here with the rights of the engine's user.
        const auto& user = engine().user();
        QVERIFY(::chown(filePath("").c_str(), user.uid, user.gid) == 0);
    });
}

void TestTerminalCommand::foreground_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("out");
    QTest::addColumn<QByteArray>("err");
    const QByteArray none;
    const auto row = [](const char* name, const QStringList& words, int code, const QByteArray& out,
                         const QByteArray& err) {
        QTest::newRow(name) << QStringList { "run", "--rm" } + words << code << out << err;
    };
    row("prints", { "payload:test", "print", "hello" }, 0, "hello\n", none);
    row("streams apart", { "payload:test", "lines", "4", "0", "err" }, 0, "line 1\nline 3\n",
        "line 2\nline 4\n");
    row("exit code", { "payload:test", "exit", "42" }, 42, none, none);
    row("host name and directory", { "-w", "/tmp", "-h", "h", "payload:test", "names" }, 0,
        "h\n/tmp\n", none);
    row("user", { "-u", "www", "payload:test", "id" }, 0, "33 33: 33 44\n", none);
    row("no such program", { "--entrypoint", "/nosuch", "payload:test" }, 127, none, {});
    row("not a program", { "--entrypoint", "/etc", "payload:test" }, 126, none, {});
}

void TestTerminalCommand::foreground()
{
    QFETCH(const QStringList, words);
    QFETCH(const QByteArray, err);
    const Ran ran = command(words);
    QTEST(ran.exitCode, "exitCode");
    QTEST(ran.out, "out");
    if (ran.exitCode < 125)
        QCOMPARE(ran.err, err);
    else
        QVERIFY2(ran.err.startsWith("portlight: Error response from daemon: "), ran.err);
    QCOMPARE(command({ "ps", "-aq" }).out, QByteArray());
}

void TestTerminalCommand::sameListsAsDocker_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("ps") << QStringList { "ps", "-a", "--no-trunc", "--size" };
    QTest::newRow("ps json") << QStringList { "ps", "--format", "{{.ID}} {{.Names}} {{.Ports}}" };
    QTest::newRow("images") << QStringList { "images" };
    QTest::newRow("images, whole") << QStringList { "images", "--no-trunc", "--digests" };
    QTest::newRow("networks") << QStringList { "network", "ls" };
    QTest::newRow("volumes") << QStringList { "volume", "ls" };
    QTest::newRow("inspect") << QStringList { "inspect", "one" };
    QTest::newRow("inspect by template")
        << QStringList { "inspect", "-f", "{{.State.Status}} {{json .Config.Cmd}}", "one" };
    QTest::newRow("history") << QStringList { "history", "payload:test" };
    QTest::newRow("port") << QStringList { "port", "one" };
    QTest::newRow("disk") << QStringList { "system", "df" };
    QTest::newRow("logs") << QStringList { "logs", "--tail", "2", "one" };
    QTest::newRow("top") << QStringList { "top", "one" };
}

void TestTerminalCommand::sameListsAsDocker()
{
    if (QStandardPaths::findExecutable("docker").isEmpty())
        QSKIP("the docker command, beside which the output is compared, is not installed");
    QFETCH(const QStringList, words);
    COMMAND_OK(command({ "volume", "create", "--label", "a=b", "data" }));
    COMMAND_OK(command({ "run", "-d", "--name", "one", "-v", "data:/data", "-l", "k=v", "-p",
        "127.0.0.1:8190-8191:90-91", "-p", "127.0.0.1:8193-8194:8193-8194", "--expose", "95-96",
        "payload:test", "trap" }));
    QTRY_VERIFY(command({ "logs", "one" }).out.contains("ready"));
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("DOCKER_CONFIG", "/nonexistent");
    const QStringList head { "docker", "-H",
        "unix://" + QString::fromStdString(engine().socket()) };
    Ran ours;
    Ran theirs;
    const auto areSame = [&] {
        theirs = runProgram(head + words, { .environment = environment, .user = engine().user() });
        ours = command(words);
        return ours.out == theirs.out && ours.exitCode == theirs.exitCode;
    };
    // Ages may go on between the two.
    QTRY_VERIFY2(areSame(), (theirs.out + ours.out + ours.err).constData());
    QVERIFY2(ours.exitCode == 0, ours.err.constData());
}

void TestTerminalCommand::detachedLife()
{
    const Ran run = command({ "run", "-d", "--name", "life", "payload:test", "trap", "5" });
    COMMAND_OK(run);
    QVERIFY2(QRegularExpression("^[0-9a-f]{64}\n$").match(run.out).hasMatch(), run.out);
    QTRY_VERIFY(!command({ "logs", "life" }).out.isEmpty());
    QFETCH_GLOBAL(const RunAs, runAs);
    if (runAs == RunAs::Root) { // a user has no freezer on hosts with cgroups of version 1
        COMMAND_OK(command({ "pause", "life" }));
        QCOMPARE(
            command({ "inspect", "-f", "{{.State.Status}}", "life" }).out, QByteArray("paused\n"));
        COMMAND_OK(command({ "unpause", "life" }));
    }
    COMMAND_OK(command({ "rename", "life", "later" }));
    QCOMPARE(command({ "stop", "later" }).out, QByteArray("later\n"));
    QCOMPARE(command({ "wait", "later" }).out, QByteArray("5\n"));
    QCOMPARE(command({ "ps", "-q" }).out, QByteArray());
    COMMAND_OK(command({ "start", "later" }));
    QCOMPARE(command({ "exec", "later", "/payload", "exit", "9" }).exitCode, 9);
    COMMAND_OK(command({ "rm", "-f", "later" }));
    const Ran events = command({ "events", "--since", "5m", "--until", "0s", "--filter",
        "event=rename", "--format", "{{.Actor.Attributes.name}}" });
    COMMAND_OK(events);
    QCOMPARE(events.out, QByteArray("later\n"));
}

void TestTerminalCommand::standardInputReachesIt()
{
    const QByteArray input = QByteArray(300'000, 'x') + "\nend\n";
    const Ran ran = command({ "run", "--rm", "-i", "payload:test", "cat" }, input);
    COMMAND_OK(ran);
    QVERIFY2(ran.out == input, "what came out is not what went in");
}

void TestTerminalCommand::terminal()
{
    OnTerminal shell(line({ "run", "--rm", "-it", "portlight/starter", "sh" }), engine().user());
    shell.type("stty size; echo $((40+2))\n");
    QVERIFY2(shell.awaits("33 101") && shell.awaits("42"), shell.seen());
    shell.resize(44, 55);
    // The size goes its way beside what is typed: ask until it is there.
    shell.type("until [ \"$(stty size)\" = '44 55' ]; do :; done; echo re\"\"sized\n");
    QVERIFY2(shell.awaits("resized"), shell.seen());
    shell.type("exit 7\n");
    QCOMPARE(shell.exitCode(), 7);
}

void TestTerminalCommand::detachKeysLeaveItRunning()
{
    OnTerminal shell(
        line({ "run", "-it", "--name", "stays", "portlight/starter", "sh" }), engine().user());
    shell.type("echo he\"\"re\n");
    QVERIFY2(shell.awaits("here"), shell.seen());
    shell.type("\x10\x11");
    QCOMPARE(shell.exitCode(), 0);
    QCOMPARE(command({ "inspect", "-f", "{{.State.Running}}", "stays" }).out, QByteArray("true\n"));
    OnTerminal second(line({ "exec", "-it", "stays", "sh" }), engine().user());
    second.type("exit 3\n");
    QCOMPARE(second.exitCode(), 3);
}

void TestTerminalCommand::signalsArePassedOn()
{
    OnTerminal ours(
        line({ "run", "--rm", "--name", "hears", "payload:test", "trap", "5" }), engine().user());
    QTRY_VERIFY(!command({ "logs", "hears" }).out.isEmpty());
    QVERIFY(::kill(ours.processId(), SIGTERM) == 0);
    QCOMPARE(ours.exitCode(), 5);
}

void TestTerminalCommand::filesInAndOut()
{
    COMMAND_OK(command({ "create", "--name", "files", "payload:test", "exit", "0" }));
    const QString sent = QString::fromStdString(filePath("sent"));
    QFile file(sent);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(200'000, 'f'));
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
    COMMAND_OK(command({ "cp", sent, "files:/tmp/there" }));
    const QString back = QString::fromStdString(filePath("back"));
    COMMAND_OK(command({ "cp", "files:/tmp/there", back }));
    QFile returned(back);
    QVERIFY(returned.open(QIODevice::ReadOnly));
    QCOMPARE(returned.readAll(), QByteArray(200'000, 'f'));
    QVERIFY(command({ "diff", "files" }).out.contains("A /tmp/there\n"));
    QCOMPARE(command({ "cp", "files:/nosuch", back }).exitCode, 1);
    QCOMPARE(command({ "cp", "/nosuch", "files:/tmp" }).exitCode, 1);
}

void TestTerminalCommand::imagesOutAndIn()
{
    const QString saved = QString::fromStdString(filePath("saved.tar"));
    COMMAND_OK(command({ "tag", "payload:test", "copy:of" }));
    COMMAND_OK(command({ "save", "-o", saved, "copy:of" }));
    QCOMPARE(command({ "rmi", "copy:of" }).out, QByteArray("Untagged: copy:of\n"));
    QCOMPARE(command({ "load", "-i", saved }).out, QByteArray("Loaded image: copy:of\n"));
    COMMAND_OK(command({ "create", "--name", "tree", "copy:of", "exit", "0" }));
    const QString tree = QString::fromStdString(filePath("tree.tar"));
    COMMAND_OK(command({ "export", "-o", tree, "tree" }));
    const Ran imported = command({ "import", "-c", "CMD /payload print again", tree, "flat:one" });
    COMMAND_OK(imported);
    QVERIFY2(imported.out.startsWith("sha256:"), imported.out);
    COMMAND_OK(command({ "rm", "tree" }));
    COMMAND_OK(command({ "rmi", "copy:of", "flat:one" }));
}

void TestTerminalCommand::wrongInput_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("start");
    const auto row = [](const char* name, const QStringList& words, int code,
                         const QByteArray& start) {
        QTest::newRow(name) << words << code << start;
    };
    row("unknown option", { "ps", "--nope" }, 125, "portlight: unknown flag: --nope\n");
    row("unknown command", { "frobnicate" }, 2, "portlight: 'frobnicate' is neither");
    row("unknown in a group", { "volume", "eat" }, 1, "portlight: unknown command");
    row("too few", { "rm" }, 1, "portlight: 'portlight rm' requires at least 1 argument\n");
    row("too many", { "rename", "a", "b", "c" }, 1, "portlight: 'portlight rename' requires 2");
    row("no such container", { "logs", "nosuch" }, 1,
        "Error response from daemon: No such container: nosuch\n");
    row("one of two", { "rm", "nosuch" }, 1,
        "Error response from daemon: No such container: nosuch\n");
    row("no such object", { "inspect", "nosuch" }, 1, "Error: No such object: nosuch\n");
    row("bad filter", { "ps", "-f", "nonsense" }, 1, "invalid argument \"nonsense\"");
    row("bad template", { "ps", "--format", "{{.Nope}}" }, 0, "");
    row("bad memory", { "run", "-m", "much", "payload:test" }, 125,
        "portlight: invalid size: 'much'");
    row("bad image name", { "run", "--pull", "never", "UPPER" }, 125, "portlight: Error response");
    row("no terminal", { "run", "-it", "payload:test" }, 1, "the input device is not a TTY\n");
}

void TestTerminalCommand::wrongInput()
{
    QFETCH(const QStringList, words);
    QFETCH(const QByteArray, start);
    const Ran ran = command(words);
    QTEST(ran.exitCode, "exitCode");
    QVERIFY2(ran.err.startsWith(start), ran.err);
}

void TestTerminalCommand::noEngine()
{
    const Ran ran = runProgram({ kProgram, "--host", "unix:///nonexistent/socket", "ps" });
    QCOMPARE(ran.exitCode, 1);
    QVERIFY2(
        ran.err.startsWith("Cannot connect to the engine at unix:///nonexistent/socket"), ran.err);
    QCOMPARE(runProgram({ kProgram, "--host", "tcp://x:1", "ps" }).exitCode, 125);
    QCOMPARE(runProgram({ kProgram, "--host", "unix:///nonexistent/s", "run", "x" }).exitCode, 125);
}

QTEST_GUILESS_MAIN(TestTerminalCommand)
#include "tst_terminal_command.moc"
