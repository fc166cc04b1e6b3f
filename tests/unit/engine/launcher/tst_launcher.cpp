#include "engine/base/host_port.h"
#include "engine/host/subordinate_ids.h"
#include "engine/launcher/launcher_loop.h"
#include "engine/launcher/launcher_protocol.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"

#include <QtTest>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

using namespace portlight;
using namespace portlight::launcher;

namespace {

struct Ends {
    Fd near {};
    Fd far {};
};

Ends makeEnds()
{
    int raw[2] = { -1, -1 };
    const int status = ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, raw);
    return status == 0 ? Ends { Fd(raw[0]), Fd(raw[1]) } : Ends {};
}

/// Names what a descriptor is open on, so that two of them can be compared.
QString targetOf(const Fd& fd)
{
    return QFile::symLinkTarget(QString("/proc/self/fd/%1").arg(fd.get()));
}

Fd ownNamespace(const char* kind)
{
    return Fd(::open((std::string("/proc/self/ns/") + kind).c_str(), O_RDONLY | O_CLOEXEC));
}

/// A process that does nothing until it is ended.
class Sleeper {
public:
    Sleeper()
        : m_pid(::fork())
    {
        if (m_pid == 0) {
            for (;;)
                ::pause();
        }
        m_pidFd.reset(static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0)));
    }
    ~Sleeper() { end(); }
    void end()
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, SIGKILL);
        ::waitpid(std::exchange(m_pid, -1), nullptr, 0);
    }
    Fd handle() const { return Fd(::fcntl(m_pidFd.get(), F_DUPFD_CLOEXEC, 0)); }

private:
    pid_t m_pid;
    Fd m_pidFd;
};

/// serveEngines on a socket of its own, with this process's namespaces for those it would make.
class RunningLoop {
public:
    explicit RunningLoop(bool hasFailed = false)
        : m_directory(TempDir::create("/tmp", "pl-launcher-").value())
        , m_made(NamespaceSet { ownNamespace("user"), ownNamespace("mnt"), ownNamespace("net") })
    {
        if (hasFailed)
            m_made = makeError(Errc::Forbidden, "no namespaces here");
        Fd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        const sockaddr_un name = address();
        m_isListening =
            ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0
            && ::listen(listener.get(), 8) == 0;
        m_thread = std::thread([this, owned = listener.release()] {
            serveEngines(Fd(owned), m_made, 10'000, m_directory.path());
            m_hasEnded = true;
        });
    }
    ~RunningLoop() { m_thread.join(); }
    RunningLoop(const RunningLoop&) = delete;
    RunningLoop& operator=(const RunningLoop&) = delete;

    bool isListening() const { return m_isListening; }
    bool hasEnded() const { return m_hasEnded; }
    Fd connect() const
    {
        Fd made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        const sockaddr_un name = address();
        if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
            made.reset();
        return made;
    }

private:
    sockaddr_un address() const
    {
        sockaddr_un name {};
        name.sun_family = AF_UNIX;
        const std::string path = m_directory.path() + "/s";
        std::memcpy(name.sun_path, path.data(), path.size());
        return name;
    }

    TempDir m_directory;
    Result<NamespaceSet> m_made;
    bool m_isListening = false;
    std::atomic<bool> m_hasEnded { false };
    std::thread m_thread;
};

Message hello()
{
    Message message;
    message.text.push_back(static_cast<char>(kProtocolVersion));
    return message;
}

Result<Message> ask(const Fd& connection, const Message& message)
{
    PL_TRY(sendMessage(connection, message));
    return receiveMessage(connection);
}

} // namespace

class TestLauncher : public QObject {
    Q_OBJECT

private slots:
    void messageTakesDescriptorsAlong();
    void badPacket_data();
    void badPacket();
    void tooManyDescriptors();
    void idMaps_data();
    void idMaps();
    void subordinateIds_data();
    void subordinateIds();
    void nextEngineGetsTheSameNamespaces();
    void endsWithoutEngineAndProcess();
    void dropsWhoTalksNonsense();
    void saysWhyThereIsNothing();
    void refusesOtherVersion();
    void opensPorts();
};

void TestLauncher::messageTakesDescriptorsAlong()
{
    const auto ends = makeEnds();
    Message message;
    message.type = MessageType::Failed;
    message.text = std::string("a\0b", 3);
    message.descriptors.push_back(ownNamespace("net"));
    message.descriptors.push_back(ownNamespace("mnt"));
    QVERIFY(sendMessage(ends.near, message));
    const auto got = receiveMessage(ends.far);
    QVERIFY(got);
    QCOMPARE(got.value().type, MessageType::Failed);
    QCOMPARE(got.value().text, message.text);
    QCOMPARE(got.value().descriptors.size(), std::size_t(2));
    for (std::size_t at = 0; at < 2; ++at) {
        const auto& fd = got.value().descriptors[at];
        QCOMPARE(targetOf(fd), targetOf(message.descriptors[at]));
        QCOMPARE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    }
}

void TestLauncher::badPacket_data()
{
    QTest::addColumn<QByteArray>("packet"); // empty: closed
    QTest::addColumn<int>("code");
    QTest::newRow("closed") << QByteArray() << static_cast<int>(Errc::Cancelled);
    QTest::newRow("type 0") << QByteArray(1, '\0') << static_cast<int>(Errc::InvalidArgument);
    QTest::newRow("unknown type") << QByteArray("\x07text")
                                  << static_cast<int>(Errc::InvalidArgument);
    QTest::newRow("too large") << QByteArray(kMaxTextBytes + 2, '\1')
                               << static_cast<int>(Errc::InvalidArgument);
}

void TestLauncher::badPacket()
{
    QFETCH(const QByteArray, packet);
    auto ends = makeEnds();
    if (packet.isEmpty())
        ends.near.reset();
    else
        QCOMPARE(::send(ends.near.get(), packet.data(), static_cast<std::size_t>(packet.size()), 0),
            packet.size());
    const auto got = receiveMessage(ends.far);
    QVERIFY(!got);
    QTEST(static_cast<int>(got.error().code), "code");
}

void TestLauncher::tooManyDescriptors()
{
    const auto ends = makeEnds();
    Message message;
    message.text = std::string(kMaxTextBytes + 1, 'x');
    QVERIFY(!sendMessage(ends.near, message));
    message.text.clear();
    for (std::size_t at = 0; at <= kMaxDescriptors; ++at)
        message.descriptors.push_back(ownNamespace("net"));
    QVERIFY(!sendMessage(ends.near, message));

    // The same by hand, as another program would: refused, and nothing stays open.
    const auto before = QDir("/proc/self/fd").entryList().size();
    char byte = 1;
    iovec part { &byte, 1 };
    constexpr std::size_t kCount = 16;
    alignas(cmsghdr) char control[CMSG_SPACE(kCount * sizeof(int))] = {};
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(kCount * sizeof(int));
    for (std::size_t at = 0; at < kCount; ++at) {
        const int raw = ends.near.get();
        std::memcpy(CMSG_DATA(rights) + at * sizeof(int), &raw, sizeof raw);
    }
    QCOMPARE(::sendmsg(ends.near.get(), &header, 0), ssize_t(1));
    const auto got = receiveMessage(ends.far);
    QVERIFY(!got);
    QCOMPARE(got.error().code, Errc::InvalidArgument);
    QCOMPARE(QDir("/proc/self/fd").entryList().size(), before);
}

void TestLauncher::idMaps_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("one") << "0:1001:1" << true;
    QTest::newRow("two") << "0:1001:1,1:100000:65536" << true;
    QTest::newRow("largest") << "0:0:4294967295" << true;
    QTest::newRow("empty") << "" << false;
    QTest::newRow("two numbers") << "0:1001" << false;
    QTest::newRow("four numbers") << "0:1001:1:1" << false;
    QTest::newRow("comma at the end") << "0:1001:1," << false;
    QTest::newRow("nothing mapped") << "0:1001:0" << false;
    QTest::newRow("negative") << "0:-1:1" << false;
    QTest::newRow("too large") << "0:4294967296:1" << false;
    QTest::newRow("space") << "0: 1001:1" << false;
    QTest::newRow("words") << "zero:one:two" << false;
}

void TestLauncher::idMaps()
{
    QFETCH(const QString, text);
    const auto map = idMapFromArgument(text.toStdString());
    QTEST(map.has_value(), "isTaken");
    if (map)
        QCOMPARE(QString::fromStdString(toArgument(map.value())), text);
    else
        QCOMPARE(map.error().code, Errc::InvalidArgument);
}

void TestLauncher::subordinateIds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("ranges");
    const auto row = [](const char* name, const char* text, const char* ranges) {
        QTest::newRow(name) << QByteArray(text) << QString(ranges);
    };
    row("by name", "ann:100000:65536\n", "100000+65536 ");
    row("by number", "1001:100000:10", "100000+10 ");
    row("two lines", "ann:1:2\nbob:3:4\nann:5:6\n", "1+2 5+6 ");
    row("another's name begins like it", "anna:1:2\nan:1:2\n", "");
    row("nothing", "", "");
    row("no numbers", "ann:a:b\nann::\nann:\nann\n", "");
    row("too few", "ann:100000\n", "");
    row("too many", "ann:1:2:3\n", "");
    row("negative", "ann:-1:2\nann:1:-2\n", "");
    row("empty range", "ann:100000:0\n", "");
    row("past the last id", "ann:4294967290:10\n", "");
    row("up to the last id", "ann:4294967285:10\n", "4294967285+10 ");
    row("larger than any id", "ann:99999999999:10\n", "");
    row("comment", "# ann:1:2\n", "");
    row("space", "ann: 1:2\n ann:1:2\n", "");
    row("nobody's line", ":1:2\n", "");
}

void TestLauncher::subordinateIds()
{
    QFETCH(const QByteArray, text);
    QString seen;
    for (const auto& range : host::parseSubordinateIds(text.toStdString(), "ann", 1001))
        seen += QString("%1+%2 ").arg(range.start).arg(range.count);
    QTEST(seen, "ranges");
}

void TestLauncher::nextEngineGetsTheSameNamespaces()
{
    Sleeper shim;
    RunningLoop loop;
    QVERIFY(loop.isListening());
    auto engine = loop.connect();
    const auto first = ask(engine, hello());
    QVERIFY(first);
    QCOMPARE(first.value().type, MessageType::Namespaces);
    Message hold;
    hold.type = MessageType::HoldProcess;
    hold.descriptors.push_back(shim.handle());
    QVERIFY(sendMessage(engine, hold));
    engine.reset(); // as if it had been killed

    auto next = loop.connect();
    const auto second = ask(next, hello());
    QVERIFY(second);
    QCOMPARE(second.value().descriptors.size(), std::size_t(3));
    for (std::size_t at = 0; at < 3; ++at)
        QCOMPARE(targetOf(second.value().descriptors[at]), targetOf(first.value().descriptors[at]));
    next.reset();
    QVERIFY(!loop.hasEnded()); // the process is still there
    auto third = loop.connect();
    QVERIFY(ask(third, hello()));
    third.reset();
    shim.end();
    QTRY_VERIFY(loop.hasEnded());
}

void TestLauncher::endsWithoutEngineAndProcess()
{
    RunningLoop loop;
    auto engine = loop.connect();
    QVERIFY(ask(engine, hello()));
    // What is no process, or has ended already, holds nothing.
    Sleeper ended;
    Message hold;
    hold.type = MessageType::HoldProcess;
    hold.descriptors.push_back(ended.handle());
    hold.descriptors.push_back(ownNamespace("net"));
    QVERIFY(sendMessage(engine, hold));
    ended.end();
    QVERIFY(ask(engine, hello())); // it has seen both
    QVERIFY(!loop.hasEnded());
    engine.reset();
    QTRY_VERIFY(loop.hasEnded());
}

void TestLauncher::dropsWhoTalksNonsense()
{
    RunningLoop loop;
    const auto engine = loop.connect();
    QVERIFY(ask(engine, hello()));
    for (const std::string packet : { "\x07what", "\x41namespaces", "\x42" }) {
        const auto other = loop.connect();
        QVERIFY(::send(other.get(), packet.data(), packet.size(), 0) > 0);
        const auto answer = receiveMessage(other);
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, Errc::Cancelled);
    }
    QVERIFY(ask(engine, hello())); // and the engine is served as before
}

void TestLauncher::saysWhyThereIsNothing()
{
    RunningLoop loop(true);
    const auto engine = loop.connect();
    const auto answer = ask(engine, hello());
    QVERIFY(answer);
    QCOMPARE(answer.value().type, MessageType::Failed);
    QCOMPARE(answer.value().text, std::string("no namespaces here"));
    QTRY_VERIFY(loop.hasEnded());
}

void TestLauncher::refusesOtherVersion()
{
    RunningLoop loop;
    const auto first = loop.connect();
    QVERIFY(ask(first, hello()));
    for (const std::string version : { "\x63", "", "11" }) {
        Message asked;
        asked.text = version;
        const auto engine = loop.connect();
        const auto answer = ask(engine, asked);
        QVERIFY(answer);
        QCOMPARE(answer.value().type, MessageType::Failed);
        QVERIFY(answer.value().text.find("version") != std::string::npos);
        QVERIFY(answer.value().descriptors.empty());
    }
}

void TestLauncher::opensPorts()
{
    RunningLoop loop;
    const auto engine = loop.connect();
    QVERIFY(ask(engine, hello()));
    const auto open = [&](const std::string& text) {
        Message asked;
        asked.type = MessageType::OpenPort;
        asked.text = text;
        return ask(engine, asked);
    };
    const auto opened = open("tcp 127.0.0.1 0");
    QVERIFY(opened);
    QCOMPARE(opened.value().type, MessageType::Port);
    QCOMPARE(opened.value().descriptors.size(), std::size_t(1));
    const auto port = boundPort(opened.value().descriptors.front());
    QVERIFY(port);
    const auto taken = open("tcp 127.0.0.1 " + std::to_string(port.value()));
    QVERIFY(taken);
    QCOMPARE(taken.value().type, MessageType::Failed);
    QCOMPARE(taken.value().text.front(), '!');
    for (const auto* bad :
        { "", "tcp", "tcp nowhere 80", "sctp 127.0.0.1 80", "tcp 127.0.0.1 x" }) {
        const auto refused = open(bad);
        QVERIFY(refused);
        QCOMPARE(refused.value().type, MessageType::Failed);
        QCOMPARE(refused.value().text.front(), ' ');
    }
}

QTEST_GUILESS_MAIN(TestLauncher)
#include "tst_launcher.moc"
