#include "engine/network/address_pool.h"
#include "engine/network/firewall.h"
#include "engine/network/sandbox_pool.h"

#include <QtTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::network;

/// Addresses and pools as values, and links and rules in network namespaces of the test's own.
class TestNetwork : public QObject {
    Q_OBJECT

private slots:
    void prefixes_data();
    void prefixes();
    void badAddresses_data();
    void badAddresses();
    void poolGivesEachAddressOnce();
    void poolRefusesWhatIsTakenOrOutside();
    void subnetsAvoidWhatIsUsed();
    void macAddresses();
    void errorsCarryTheKernelsWords();
    void twoSandboxesReachEachOther();
    void firewallTakesNetworksAndPorts();
    void sandboxHasNoIpv6();

private:
    /// Runs @p work in a namespace of its own; skips where this user cannot make one.
    static void inside(const std::function<Result<void>()>& work);
};

namespace {

IpAddress address(const char* text)
{
    return IpAddress::parse(text).value();
}

IpPrefix prefix(const char* text)
{
    return IpPrefix::parse(text).value();
}

} // namespace

void TestNetwork::inside(const std::function<Result<void>()>& work)
{
    if (::geteuid() != 0)
        QSKIP("network namespaces need root rights");
    const auto space = makeNetworkNamespace(work);
    QVERIFY2(space.has_value(), space ? "" : space.error().message.c_str());
}

void TestNetwork::prefixes_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("last");
    QTest::addColumn<bool>("overlaps");
    QTest::newRow("inside") << "10.1.2.3/16" << "10.1.255.0/24" << "10.1.0.0/16" << "10.1.255.255"
                            << true;
    QTest::newRow("beside") << "10.1.0.0/16" << "10.2.0.0/16" << "10.1.0.0/16" << "10.1.255.255"
                            << false;
    QTest::newRow("odd length") << "10.1.2.3/23" << "10.1.3.0/32" << "10.1.2.0/23" << "10.1.3.255"
                                << true;
    QTest::newRow("all") << "0.0.0.0/0" << "192.0.2.0/24" << "0.0.0.0/0" << "255.255.255.255"
                         << true;
    QTest::newRow("families") << "0.0.0.0/0" << "fd00::/64" << "0.0.0.0/0" << "255.255.255.255"
                              << false;
    QTest::newRow("v6") << "fd00::5/126" << "fd00::/64" << "fd00::4/126" << "fd00::7" << true;
}

void TestNetwork::prefixes()
{
    QFETCH(const QString, first);
    QFETCH(const QString, second);
    QFETCH(const QString, text);
    QFETCH(const QString, last);
    QFETCH(const bool, overlaps);
    const auto one = prefix(first.toUtf8());
    const auto two = prefix(second.toUtf8());
    QCOMPARE(QString::fromStdString(one.text()), text);
    QCOMPARE(QString::fromStdString(one.last().text()), last);
    QCOMPARE(one.overlaps(two), overlaps);
    QCOMPARE(two.overlaps(one), overlaps);
}

void TestNetwork::badAddresses_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text : { "", "10.0.0", "10.0.0.1/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/8x",
             "10.0.0.0/-1", "/8", "nonsense/8", "10.0.0.256/8" })
        QTest::newRow(text) << QByteArray(text);
}

void TestNetwork::badAddresses()
{
    QFETCH(const QByteArray, text);
    const auto parsed = IpPrefix::parse(text.toStdString());
    QVERIFY(!parsed.has_value());
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
}

void TestNetwork::poolGivesEachAddressOnce()
{
    AddressPool pool(prefix("10.9.0.0/29"), {}, address("10.9.0.1"));
    std::set<std::string> given;
    for (int count = 0; count < 5; ++count)
        given.insert(pool.take().value().text());
    QCOMPARE(given.size(), 5U);
    QVERIFY(
        !given.contains("10.9.0.0") && !given.contains("10.9.0.1") && !given.contains("10.9.0.7"));
    const auto none = pool.take();
    QVERIFY(!none.has_value());
    QCOMPARE(none.error().code, Errc::Conflict);
    pool.release(address("10.9.0.3"));
    QCOMPARE(pool.take().value().text(), std::string("10.9.0.3"));
}

void TestNetwork::poolRefusesWhatIsTakenOrOutside()
{
    AddressPool pool(prefix("10.9.0.0/24"), prefix("10.9.0.128/25"), address("10.9.0.1"));
    QVERIFY(pool.take(address("10.9.0.7")).has_value());
    QCOMPARE(pool.take(address("10.9.0.7")).error().code, Errc::Conflict);
    QCOMPARE(pool.take(address("10.9.0.1")).error().code, Errc::Conflict);
    QCOMPARE(pool.take(address("10.9.1.7")).error().code, Errc::InvalidArgument);
    QCOMPARE(pool.take(address("fd00::7")).error().code, Errc::InvalidArgument);
    QVERIFY(prefix("10.9.0.128/25").contains(pool.take().value()));
}

void TestNetwork::subnetsAvoidWhatIsUsed()
{
    const auto chosen = chooseSubnet(false, { prefix("172.16.0.0/12") });
    QVERIFY(prefix("192.168.0.0/16").overlaps(chosen.value()));
    const auto none = chooseSubnet(
        false, { prefix("172.16.0.0/12"), prefix("192.168.0.0/16"), prefix("10.0.0.0/8") });
    QCOMPARE(none.error().code, Errc::Unavailable);
    QVERIFY(chooseSubnet(true, {}).value().address().isV6());
}

void TestNetwork::macAddresses()
{
    QCOMPARE(makeMac(address("172.17.0.2")), std::string("02:42:ac:11:00:02"));
    QVERIFY(parseMac("02:42:ac:11:00:02").has_value());
    for (const char* bad :
        { "", "02:42", "02:42:ac:11:00:02:03", "01:00:00:00:00:00", "zz:42:ac:11:00:02" })
        QVERIFY2(!parseMac(bad).has_value(), bad);
}

void TestNetwork::errorsCarryTheKernelsWords()
{
    inside([]() -> Result<void> {
        PL_TRY(auto links, Links::open());
        PL_TRY(const auto none, links.find("absent"));
        if (none)
            return makeError(Errc::Internal, "found what is not there");
        PL_TRY(links.remove("absent"));
        PL_TRY(links.makeBridge({ "pl-one", "mark", 1500 }));
        const auto again = links.makeBridge({ "pl-one", "mark", 1500 });
        if (again || again.error().code != Errc::Conflict)
            return makeError(Errc::Internal, "a name was given twice");
        const auto bad = links.enslave(1, 4711, 1500, false);
        if (bad || bad.error().message.empty())
            return makeError(Errc::Internal, "a missing bridge was accepted");
        PL_TRY(const auto found, links.find("pl-one"));
        return found && found->alias == "mark" ? Result<void>(success())
                                               : makeError(Errc::Internal, "the alias is lost");
    });
}

void TestNetwork::twoSandboxesReachEachOther()
{
    inside([]() -> Result<void> {
        PL_TRY(auto links, Links::open());
        PL_TRY(const int bridge, links.makeBridge({ "pl-one", "mark", 1500 }));
        PL_TRY(links.addAddress(bridge, { address("10.9.0.1"), 24 }));
        PL_TRY(links.setUp(bridge));
        SandboxPool pool(links);
        PL_TRY(pool.fill(2));
        std::vector<Sandbox> sandboxes;
        for (const char* text : { "10.9.0.2", "10.9.0.3" }) {
            PL_TRY(auto sandbox, pool.take());
            PL_TRY(links.enslave(sandbox.hostIndex, bridge, 1500, false));
            PL_TRY(sandbox.inside->configure(sandbox.insideIndex,
                { "eth0", makeMac(address(text)), 1500, { { address(text), 24 } },
                    { address("10.9.0.1") } }));
            sandboxes.push_back(std::move(sandbox));
        }
        PL_TRY(const auto routes, links.routes());
        if (std::ranges::find(routes, prefix("10.9.0.0/24")) == routes.end())
            return makeError(Errc::Internal, "the bridge's route is not listed");
        sockaddr_in where {};
        where.sin_family = AF_INET;
        where.sin_port = htons(7000);
        ::inet_pton(AF_INET, "10.9.0.3", &where.sin_addr);
        Fd server;
        PL_TRY(runInNamespace(sandboxes[1].space, [&]() -> Result<void> {
            server.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            if (::bind(server.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0
                || ::listen(server.get(), 1) != 0)
                return errnoError(errno, "listen in the second");
            return success();
        }));
        return runInNamespace(sandboxes[0].space, [&]() -> Result<void> {
            const Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            if (::connect(client.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
                return errnoError(errno, "connect from the first");
            pollfd ready { server.get(), POLLIN, 0 };
            return ::poll(&ready, 1, 5000) == 1 ? Result<void>(success())
                                                : makeError(Errc::Internal, "nothing came");
        });
    });
}

void TestNetwork::firewallTakesNetworksAndPorts()
{
    inside([]() -> Result<void> {
        PL_TRY(auto firewall, Firewall::open("portlight-test", true));
        const FirewallNetwork plain { "pl-one", { prefix("10.9.0.0/24"), prefix("fd00:9::/64") },
            false, true };
        const FirewallNetwork internal { "pl-two", { prefix("10.10.0.0/24") }, true, true };
        const PortRule any { "tcp", {}, 8080, address("10.9.0.2"), 80 };
        const PortRule one { "udp", address("192.0.2.1"), 53, address("10.9.0.3"), 53 };
        PL_TRY(firewall.reset({ plain }, { any }));
        PL_TRY(firewall.reset({ plain }, { any }));
        PL_TRY(firewall.addNetwork(internal));
        PL_TRY(firewall.addPorts({ one }));
        PL_TRY(firewall.removePorts({ any, one }));
        PL_TRY(firewall.removeNetwork(internal));
        PL_TRY(firewall.removeNetwork(plain));
        const auto missing = firewall.removeNetwork(plain);
        if (missing || missing.error().message.empty())
            return makeError(Errc::Internal, "what was not there was removed");
        PL_TRY(firewall.removeTable());
        return firewall.removeTable();
    });
}

void TestNetwork::sandboxHasNoIpv6()
{
    inside([]() -> Result<void> {
        PL_TRY(auto links, Links::open());
        SandboxPool pool(links);
        PL_TRY(auto sandbox, pool.take());
        PL_TRY(sandbox.inside->setUp(sandbox.insideIndex));
        return runInNamespace(sandbox.space, []() -> Result<void> {
            QFile list("/proc/thread-self/net/if_inet6");
            if (!list.open(QIODevice::ReadOnly))
                return success(); // a kernel without IPv6
            return list.readAll().contains("eth0")
                ? makeError(Errc::Internal, "eth0 has a link-local address")
                : Result<void>(success());
        });
    });
}

QTEST_GUILESS_MAIN(TestNetwork)
#include "tst_network.moc"
