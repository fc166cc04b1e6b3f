#include "engine/base/host_port.h"
#include "engine/names/dns_message.h"
#include "engine/names/name_server.h"

#include <QtTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

using namespace portlight;
using namespace portlight::names;

namespace {

/// A query for @p name as clients send it.
std::string query(const std::string& name, std::uint16_t type)
{
    std::string bytes("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
    std::size_t from = 0;
    while (from < name.size()) {
        const auto dot = std::min(name.find('.', from), name.size());
        bytes += static_cast<char>(dot - from);
        bytes += name.substr(from, dot - from);
        from = dot + 1;
    }
    bytes += '\0';
    bytes += static_cast<char>(type >> 8);
    bytes += static_cast<char>(type & 0xff);
    return bytes + std::string("\x00\x01", 2);
}

NamedContainer container(
    const std::string& id, const std::string& address, std::vector<std::string> names)
{
    NamedContainer made;
    made.id = id;
    made.endpoints.push_back({ "net", "inner", { address }, std::move(names) });
    return made;
}

const std::string kFirst("\x0a\x00\x00\x01", 4);
const std::string kSecond("\x0a\x00\x00\x02", 4);

} // namespace

/// What the name server understands, and what it answers on real sockets.
class TestNames : public QObject {
    Q_OBJECT
private slots:
    void readsQuestions();
    void refusesRubbish_data();
    void refusesRubbish();
    void readsReverseNames_data();
    void readsReverseNames();
    void sharedNamesTakeTurns();
    void networksAreApart();
    void refusesBadContainers_data();
    void refusesBadContainers();
    void servesOnSockets();
};

void TestNames::readsQuestions()
{
    const auto question = parseQuestion(query("WEB.Inner", 28));
    QVERIFY(question);
    QCOMPARE(question->name, std::string("web.inner"));
    QCOMPARE(question->id, std::uint16_t(0x1234));
    QCOMPARE(question->type, std::uint16_t(28));
    const auto answer =
        makeAnswer(*question, ResponseCode::NoError, RecordType::A, { kFirst, kSecond }, 5);
    QCOMPARE(answer.substr(0, 2), std::string("\x12\x34"));
    QCOMPARE(static_cast<unsigned char>(answer[2]) & 0x80, 0x80);
    QCOMPARE(answer[7], '\x02');
    QVERIFY(answer.ends_with(kSecond));
}

void TestNames::refusesRubbish_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const std::string& bytes) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    const std::string good = query("web", 1);
    row("empty", "");
    row("a header alone", good.substr(0, 12));
    row("a cut name", good.substr(0, 14));
    row("a cut type", good.substr(0, good.size() - 3));
    std::string answer = good;
    answer[2] = '\x81';
    row("an answer", answer);
    std::string pointer = good;
    pointer[12] = '\xc0';
    row("a pointer for a name", pointer);
    std::string two = good;
    two[5] = '\x02';
    row("two questions", two);
    std::string many;
    for (int label = 0; label < 60; ++label)
        many += "abcde.";
    row("a name over 255 bytes", query(many + "x", 1));
}

void TestNames::refusesRubbish()
{
    QFETCH(const QByteArray, bytes);
    QVERIFY(!parseQuestion(bytes.toStdString()));
}

void TestNames::readsReverseNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("address");
    QTest::newRow("IPv4") << "1.0.0.10.in-addr.arpa" << QByteArray::fromStdString(kFirst);
    QString six = "1.";
    for (int nibble = 0; nibble < 29; ++nibble)
        six += "0.";
    QByteArray address(16, '\0');
    address[0] = '\x2f';
    address[15] = '\x01';
    QTest::newRow("IPv6") << six + "f.2.ip6.arpa" << address;
    QTest::newRow("too few") << "1.0.10.in-addr.arpa" << QByteArray();
    QTest::newRow("no number") << "a.0.0.10.in-addr.arpa" << QByteArray();
    QTest::newRow("too large") << "300.0.0.10.in-addr.arpa" << QByteArray();
    QTest::newRow("another name") << "web" << QByteArray();
}

void TestNames::readsReverseNames()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, address);
    QCOMPARE(QByteArray::fromStdString(reverseAddress(name.toStdString())), address);
}

void TestNames::sharedNamesTakeTurns()
{
    NameTable table;
    table.set(container("a", kFirst, { "one", "both" }));
    table.set(container("b", kSecond, { "two", "Both" }));
    const NamedContainer asker = container("a", kFirst, {});
    const auto first = table.lookUp(asker, "both").addresses;
    const auto second = table.lookUp(asker, "both").addresses;
    QCOMPARE(first.size(), std::size_t(2));
    QVERIFY(first.front() != second.front());
    QCOMPARE(table.lookUp(asker, "two.inner").addresses.front(), kSecond);
    QCOMPARE(table.nameOf(asker, kSecond), std::string("two.inner"));
    table.remove("b");
    QVERIFY(!table.lookUp(asker, "two").isKnown);
    QCOMPARE(table.lookUp(asker, "both").addresses.size(), std::size_t(1));
}

void TestNames::networksAreApart()
{
    NameTable table;
    table.set(container("a", kFirst, { "web" }));
    NamedContainer stranger = container("b", kSecond, { "other" });
    stranger.endpoints.front().network = "elsewhere";
    table.set(stranger);
    QVERIFY(!table.lookUp(stranger, "web").isKnown);
    QVERIFY(table.nameOf(stranger, kFirst).empty());
}

void TestNames::refusesBadContainers_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("no id") << R"({"endpoints":[]})";
    QTest::newRow("endpoints are text") << R"({"id":"a","endpoints":"x"})";
    QTest::newRow("no address") << R"({"id":"a","endpoints":[{"addresses":["x"]}]})";
    QTest::newRow("names are a number") << R"({"id":"a","endpoints":[{"names":1}]})";
}

void TestNames::refusesBadContainers()
{
    QFETCH(const QString, json);
    const auto parsed = parseJson(json.toStdString());
    QVERIFY(parsed);
    QVERIFY(!namedContainerFromJson(parsed.value()));
}

/// The server on a thread, an engine's connection and a container's socket.
void TestNames::servesOnSockets()
{

    Fd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    QVERIFY(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof(sa_family_t))
        == 0); // the kernel chooses one
    QVERIFY(::listen(listener.get(), 4) == 0);
    socklen_t size = sizeof address;
    QVERIFY(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    std::thread server([&listener] {
        auto loop = EventLoop::create();
        NameServer names(loop.value(), std::move(listener));
        static_cast<void>(names.run(std::chrono::milliseconds(100)).has_value());
    });
    {
        Fd engine(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        QVERIFY(::connect(engine.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        const auto udp = openHostPort({ "udp", "127.0.0.1", 0 });
        const auto tcp = openHostPort({ "tcp", "127.0.0.1", 0 });
        const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
        auto json = toJson(container("a", kFirst, { "web" }));
        json["type"] = "set";
        json["reachesOutside"] = false;
        QVERIFY(sendPacket(engine, json, { &udp.value(), &tcp.value(), &process }));
        const Json keep { { "type", "keep" }, { "ids", { "a" } } };
        QVERIFY(sendPacket(engine, keep, {}));
        const auto known = receivePacket(engine);
        QVERIFY(known);
        QCOMPARE(dumpJson(known.value().json), std::string(R"({"ids":["a"]})"));
        const Fd client(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_in place {};
        place.sin_family = AF_INET;
        place.sin_port = htons(boundPort(udp.value()).value());
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        QVERIFY(
            ::connect(client.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
        const timeval patience { 10, 0 };
        ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        for (const auto& [name, code] : { std::pair { "web", 0 }, { "outside.test", 3 } }) {
            const auto asked = query(name, 1);
            ::send(client.get(), "rubbish", 7, 0); // is passed over
            QVERIFY(::send(client.get(), asked.data(), asked.size(), 0) > 0);
            char answer[512];
            QVERIFY(::recv(client.get(), answer, sizeof answer, 0) > 12);
            QCOMPARE(answer[3] & 0x0f, code);
        }
        const Json rubbish { { "type", "unknown" } };
        QVERIFY(sendPacket(engine, rubbish, {})); // costs its sender the connection
        QVERIFY(!receivePacket(engine));
        Fd next(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        QVERIFY(::connect(next.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        const Json none { { "type", "keep" }, { "ids", Json::array() } };
        QVERIFY(sendPacket(next, none, {}));
        QVERIFY(receivePacket(next));
    }
    server.join(); // nobody is left
}

QTEST_GUILESS_MAIN(TestNames)
#include "tst_names.moc"
