#include "engine/base/host_port.h"
#include "engine/core/endpoint_request.h"
#include "engine/core/mount_requests.h"
#include "engine/core/network_files.h"
#include "engine/core/published_ports.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::core;

/// What networks and volumes are asked for and described by, as values.
class TestNetworkValues : public QObject {
    Q_OBJECT
private slots:
    void resolverFiles();
    void loopbackServersAreNotPassedOn();
    void hostsFiles();
    void endpointsAreReadBack();
    void badEndpoints_data();
    void badEndpoints();
    void runningNetworkIsReadBack();
    void resolvedMountsAreReadBack();
    void hostPorts_data();
    void hostPorts();
    void portsOfARange();
    void rulesAreForOtherHosts();
};

void TestNetworkValues::resolverFiles()
{
    const auto config = parseResolverConfig("# comment\nnameserver 192.0.2.1 # first\n"
                                            "nameserver\t2001:db8::1\ndomain old\n"
                                            "search a b\noptions ndots:2\noptions timeout:1\n\x01");
    QCOMPARE(config.servers, (std::vector<std::string> { "192.0.2.1", "2001:db8::1" }));
    QCOMPARE(config.search, (std::vector<std::string> { "a", "b" }));
    QCOMPARE(config.options, (std::vector<std::string> { "ndots:2", "timeout:1" }));
    QCOMPARE(toText(config),
        std::string("nameserver 192.0.2.1\nnameserver 2001:db8::1\nsearch a b\n"
                    "options ndots:2 timeout:1\n"));
}

void TestNetworkValues::loopbackServersAreNotPassedOn()
{
    const ResolverConfig host { { "127.0.0.53" }, { "lan" }, {} };
    ContainerConfig config;
    NetworkPlan plan;
    plan.kind = NetworkPlan::Kind::Own;
    QVERIFY(needsNameServer(config, plan, host));
    QVERIFY(resolvConf(config, host, true).find("nameserver 127.0.0.11\n") != std::string::npos);
    QVERIFY(resolvConf(config, host, false).find("nameserver") == std::string::npos);
    config.host.dns = { "192.0.2.9" };
    config.host.dnsSearch = { "." };
    QVERIFY(!needsNameServer(config, plan, host));
    const auto text = resolvConf(config, host, false);
    QVERIFY(text.find("nameserver 192.0.2.9\n") != std::string::npos);
    QVERIFY(text.find("search") == std::string::npos);
}

void TestNetworkValues::hostsFiles()
{
    ContainerConfig config;
    config.hostname = "box";
    config.domainname = "test";
    config.host.extraHosts = { "far:192.0.2.7", "up:host-gateway", "six:[2001:db8::2]" };
    ContainerNetwork network;
    network.endpoints.emplace_back();
    network.endpoints.back().ipv4 = network::IpAddress::parse("10.0.0.2").value();
    const auto text = hostsFile(config, network, network::IpAddress::parse("10.0.0.1").value());
    for (const auto* line : { "127.0.0.1\tlocalhost\n", "192.0.2.7\tfar\n", "10.0.0.1\tup\n",
             "2001:db8::2\tsix\n", "10.0.0.2\tbox.test box\n" })
        QVERIFY2(text.find(line) != std::string::npos, line);
    const auto address = network::IpAddress::parse("10.0.0.2").value();
    const auto without = changedHosts(text, address, "");
    QVERIFY(without.find("10.0.0.2") == std::string::npos);
    QCOMPARE(changedHosts(without, address, "box.test box"), text);
}

void TestNetworkValues::endpointsAreReadBack()
{
    const auto json = parseJson(
        R"({"Aliases":["a"],"IPAMConfig":{"IPv4Address":"10.0.0.5"},"GwPriority":7,
            "MacAddress":"02:42:00:00:00:05"})");
    const auto request = endpointRequestFromJson(json.value());
    QVERIFY(request);
    const auto again = endpointRequestFromJson(toJson(request.value()));
    QVERIFY(again);
    QCOMPARE(again.value().ipv4.text(), std::string("10.0.0.5"));
    QCOMPARE(again.value().aliases, request.value().aliases);
    QCOMPARE(again.value().gatewayPriority, std::int64_t(7));
}

void TestNetworkValues::badEndpoints_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("text") << R"("x")";
    QTest::newRow("family") << R"({"IPAMConfig":{"IPv4Address":"fd00::1"}})";
    QTest::newRow("no address") << R"({"IPAMConfig":{"IPv6Address":"x"}})";
    QTest::newRow("group mac") << R"({"MacAddress":"01:00:00:00:00:01"})";
    QTest::newRow("alias with a space") << R"({"Aliases":["a b"]})";
    QTest::newRow("empty alias") << R"({"Aliases":[""]})";
    QTest::newRow("links") << R"({"Links":["a:b"]})";
}

void TestNetworkValues::badEndpoints()
{
    QFETCH(const QString, json);
    QVERIFY(!endpointRequestFromJson(parseJson(json.toStdString()).value()));
}

void TestNetworkValues::runningNetworkIsReadBack()
{
    ContainerNetwork network;
    network.sandboxId = "sand";
    network.usesNameServer = true;
    Endpoint endpoint;
    endpoint.networkId = "id";
    endpoint.ipv4 = network::IpAddress::parse("10.0.0.2").value();
    endpoint.length4 = 24;
    endpoint.names = { "web" };
    network.endpoints.push_back(endpoint);
    network.ports.push_back({ 80, "tcp", network::IpAddress::parse("127.0.0.1").value(), 8080,
        endpoint.ipv4, { 7, 99 }, 3 });
    const auto again = containerNetworkFromJson(toJson(network));
    QVERIFY(again);
    QCOMPARE(dumpJson(toJson(again.value())), dumpJson(toJson(network)));
    QVERIFY(again.value().ports == network.ports);
    QVERIFY(!containerNetworkFromJson(parseJson(R"({"ports":[{"hostPort":70000}]})").value()));
}

void TestNetworkValues::resolvedMountsAreReadBack()
{
    MountRequest mount;
    mount.kind = MountRequest::Kind::Volume;
    mount.volume = "data";
    mount.source = "/volumes/data/_data";
    mount.target = "/v";
    mount.subpath = "part";
    mount.isAnonymous = true;
    const auto json = resolvedMountsJson({ mount });
    const auto again = resolvedMountsFromJson(json);
    QVERIFY(again);
    QCOMPARE(dumpJson(resolvedMountsJson(again.value())), dumpJson(json));
    QVERIFY(!resolvedMountsFromJson(parseJson(R"([{"kind":9}])").value()));
    QVERIFY(!resolvedMountsFromJson(parseJson("{}").value()));
}

void TestNetworkValues::hostPorts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("tcp") << "tcp 127.0.0.1 8080" << true;
    QTest::newRow("udp over IPv6") << "udp :: 53" << true;
    QTest::newRow("unknown protocol") << "icmp 127.0.0.1 1" << false;
    QTest::newRow("port too high") << "tcp 127.0.0.1 65536" << false;
    QTest::newRow("no port") << "tcp 127.0.0.1" << false;
    QTest::newRow("more") << "tcp 127.0.0.1 80 80" << false;
    QTest::newRow("empty") << "" << false;
}

void TestNetworkValues::hostPorts()
{
    QFETCH(const QString, text);
    QFETCH(const bool, isGood);
    const auto port = hostPortFromText(text.toStdString());
    QCOMPARE(port.has_value(), isGood);
    if (isGood)
        QCOMPARE(toText(port.value()), text.toStdString());
}

void TestNetworkValues::portsOfARange()
{
    const auto target = network::IpAddress::parse("10.0.0.2").value();
    const auto taken = openHostPort({ "tcp", "127.0.0.1", 0 });
    QVERIFY(taken);
    PortRequest request;
    request.containerPort = 80;
    request.protocol = "tcp";
    request.hostAddress = network::IpAddress::parse("127.0.0.1").value();
    request.hostPort = boundPort(taken.value()).value();
    request.lastHostPort = request.hostPort;
    const auto refused = openPorts(request, target, openHostPort);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.find("already allocated") != std::string::npos);
    request.hostPort = 0;
    request.lastHostPort = 0;
    const auto any = openPorts(request, target, openHostPort);
    QVERIFY(any);
    QCOMPARE(any.value().size(), std::size_t(1));
    QVERIFY(any.value().front().port.hostPort != 0);
    request.hostAddress = network::IpAddress::parse("192.0.2.200").value();
    QVERIFY(!openPorts(request, target, openHostPort)); // not an address of this host
}

void TestNetworkValues::rulesAreForOtherHosts()
{
    const auto target = network::IpAddress::parse("10.0.0.2").value();
    const auto port = [&](const char* address) {
        return PublishedPort { 80, "tcp", network::IpAddress::parse(address).value(), 8080,
            target };
    };
    const auto rules =
        rulesOf({ port("0.0.0.0"), port("::"), port("127.0.0.1"), port("192.0.2.1") });
    QCOMPARE(rules.size(), std::size_t(2));
    QVERIFY(rules.front().hostAddress.isEmpty());
    QCOMPARE(rules.back().hostAddress.text(), std::string("192.0.2.1"));
}

QTEST_GUILESS_MAIN(TestNetworkValues)
#include "tst_network_values.moc"
