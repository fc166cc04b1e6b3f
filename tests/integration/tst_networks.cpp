#include "tests/support/engine_fixture.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QFile>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr const char* kImage = "busybox:test";

/// The payload's image with busybox as every command that the tests use.
Result<TestImage> busyboxImage(const QString& busybox)
{
    QFile file(busybox);
    if (!file.open(QIODevice::ReadOnly))
        return makeError(Errc::NotFound, "cannot read busybox");
    std::vector<TarEntry> entries { { TarEntry::Type::Directory, "bin/" },
        { TarEntry::Type::File, "bin/busybox", file.readAll().toStdString() } };
    for (const auto* name : { "sh", "cat", "httpd", "ip", "wget", "nslookup", "sleep", "mkdir" })
        entries.push_back({ TarEntry::Type::Symlink, std::string("bin/") + name, "busybox" });
    PL_TRY(auto image, TestImage::payload(kImage));
    PL_TRY(image.addLayer(entries));
    image.config["config"]["Entrypoint"] = nullptr;
    image.config["config"]["Env"] = { "PATH=/bin" };
    return image;
}

std::string addressOn(const Api& api, const std::string& container, const char* network)
{
    const Json details = api.get("/containers/" + container + "/json").json();
    const Json& networks = jsonMember(jsonMember(details, "NetworkSettings"), "Networks");
    return jsonString(jsonMember(networks, network), "IPAddress", "").value();
}

} // namespace

/// Networks, names and published ports with real containers, as root and as a user. The engine's
/// host is a network namespace of its own.
class TestNetworks : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void initTestCase();
    void init();
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void containersFindEachOther();
    void publishedPortOutlivesTheEngine();
    void portsOfARunningContainer();
    void connectAndDisconnect();
    void routerAdvertisementsAreIgnored();
    void peerIsNeverLoopback();
    void internalNetworkKnowsNoOutside();
    void noIpv6WhereNoneWasAskedFor();
    void hostIsNobodysRouter();
    void wrongInput_data();
    void wrongInput();
    void nothingIsLeft();

private:
    std::string run(const std::string& name, const std::vector<std::string>& words,
        const Json& settings = Json::object());
    std::string output(const std::vector<std::string>& words, const Json& settings)
    {
        const auto ended = runToEnd(api(), kImage, words, settings);
        return ended ? ended.value().output.out : "failed: " + ended.error().message;
    }
    pid_t initOf(const std::string& name) const;
    std::string fetch(int port) const;
};

void TestNetworks::initTestCase()
{
    if (QStandardPaths::findExecutable("busybox").isEmpty())
        PL_MUST_RUN_SKIP("busybox (package busybox-static) is not installed");
}

void TestNetworks::init()
{
    provideEngine([this] {
        const auto image = busyboxImage(QStandardPaths::findExecutable("busybox"));
        PL_VERIFY(image);
        const auto path = filePath("image.tar");
        PL_DONE(writeArchive(path, image.value().dockerFiles()));
        PL_DONE(loadArchive(api(), path));
    });
}

/// A running container's name again, or nothing where the test has failed.
std::string TestNetworks::run(
    const std::string& name, const std::vector<std::string>& words, const Json& settings)
{
    return runContainer(kImage, words, settings, name).empty() ? std::string() : name;
}

pid_t TestNetworks::initOf(const std::string& name) const
{
    const Json details = api().get("/containers/" + name + "/json").json();
    return static_cast<pid_t>(jsonInt(jsonMember(details, "State"), "Pid", -1).value());
}

std::string TestNetworks::fetch(int port) const
{
    const QStringList words { "timeout", "5", "busybox", "wget", "-q", "-O", "-",
        QString("http://127.0.0.1:%1/").arg(port) };
    const Ran ran =
        ::geteuid() == 0 ? runInNetworkOf(engine().hostPid(), words) : runProgram(words);
    return ran.exitCode == 0 ? ran.out.toStdString() : "failed: " + ran.err.toStdString();
}

namespace {

Json onNetwork(const char* network, const std::vector<std::string>& aliases = {})
{
    Json json { { "HostConfig", { { "NetworkMode", network } } } };
    json["NetworkingConfig"]["EndpointsConfig"][network] = { { "Aliases", aliases } };
    return json;
}

const std::vector<std::string> kServe { "sh", "-c",
    "mkdir /www; echo page >/www/index.html; exec httpd -f -v -p 80 -h /www" };

} // namespace

void TestNetworks::containersFindEachOther()
{
    const Json wanted { { "Name", "inner" },
        { "IPAM", { { "Config", Json::array({ { { "Subnet", "10.213.9.0/24" } } }) } } } };
    PL_STATUS(api().post("/networks/create", wanted), 201);
    QVERIFY(!run("web", kServe, onNetwork("inner", { "www" })).empty());
    QVERIFY(addressOn(api(), "web", "inner").starts_with("10.213.9."));
    for (const auto* name : { "web", "www", "WEB", "web.inner" })
        QTRY_COMPARE(
            output({ "wget", "-qO-", std::string("http://") + name + "/" }, onNetwork("inner")),
            std::string("page\n"));
    const auto reverse =
        output({ "nslookup", addressOn(api(), "web", "inner") }, onNetwork("inner"));
    QVERIFY2(reverse.find("web.inner") != std::string::npos, reverse.c_str());
    // The default network has no names of others.
    QVERIFY(output({ "sh", "-c", "wget -T 2 -qO- http://web/ || echo none" }, Json::object())
        == "none\n");
    PL_STATUS(api().remove("/networks/inner"), 403);
}

void TestNetworks::publishedPortOutlivesTheEngine()
{
    PL_STATUS(api().post("/networks/create", Json { { "Name", "outer" } }), 201);
    Json settings = onNetwork("outer");
    settings["HostConfig"]["PortBindings"]["80/tcp"] =
        Json::array({ { { "HostIp", "127.0.0.1" }, { "HostPort", "0" } } });
    QVERIFY(!run("shop", kServe, settings).empty());
    const auto portOf = [this] {
        const Json details = api().get("/containers/shop/json").json();
        const Json& ports = jsonMember(jsonMember(details, "NetworkSettings"), "Ports");
        const Json& bindings = jsonMember(ports, "80/tcp");
        return bindings.is_array() && !bindings.empty()
            ? std::stoi(jsonString(bindings.front(), "HostPort", "0").value())
            : 0;
    };
    const int port = portOf();
    QVERIFY(port > 0);
    QTRY_COMPARE(fetch(port), std::string("page\n"));
    const pid_t init = initOf("shop");
    PL_DONE(engine().kill());
    QCOMPARE(fetch(port), std::string("page\n"));
    if (::geteuid() == 0) {
        const Ran lookUp = runInNetworkOf(init, { "busybox", "nslookup", "shop", "127.0.0.11" });
        QVERIFY2(lookUp.out.contains("Name:"), lookUp.out.constData());
    }
    PL_DONE(engine().restart());
    QCOMPARE(portOf(), port);
    QCOMPARE(fetch(port), std::string("page\n"));
    Json taken = settings;
    taken["HostConfig"]["PortBindings"]["80/tcp"][0]["HostPort"] = std::to_string(port);
    const auto second = createContainer(api(), kImage, kServe, taken);
    PL_VERIFY(second);
    const auto refused = api().post("/containers/" + second.value() + "/start");
    QCOMPARE(refused.status, 500);
    QVERIFY(refused.message().find("already allocated") != std::string::npos);
    // Its port comes free with it.
    PL_DONE(removeContainer(api(), "shop"));
    PL_STATUS(api().post("/containers/" + second.value() + "/start"), 204);
    QTRY_COMPARE(fetch(port), std::string("page\n"));
}

// Ports come and go without a restart, also those of the start; the others do not notice.
void TestNetworks::portsOfARunningContainer()
{
    Json settings;
    settings["HostConfig"]["PortBindings"]["80/tcp"] =
        Json::array({ { { "HostIp", "127.0.0.1" }, { "HostPort", "18081" } },
            { { "HostIp", "127.0.0.1" }, { "HostPort", "18082" } } });
    QVERIFY(!run("shop", kServe, settings).empty());
    QTRY_COMPARE(fetch(18081), std::string("page\n"));
    const std::string ports = "/portlight/v1/containers/shop/ports";
    const auto binding = [](const char* port) {
        return Json { { "ContainerPort", "80" }, { "HostIp", "127.0.0.1" }, { "HostPort", port } };
    };
    PL_STATUS(api().post(ports, binding("18083")), 201);
    QCOMPARE(fetch(18083), std::string("page\n"));
    PL_STATUS(api().post(ports, binding("18083")), 500); // already allocated
    PL_STATUS(api().remove(ports + "?port=80/tcp&hostPort=18081"), 204);
    PL_STATUS(api().remove(ports + "?port=80/tcp&hostPort=18081"), 404);
    QVERIFY(fetch(18081).starts_with("failed"));
    QCOMPARE(fetch(18082), std::string("page\n"));
    // The next engine knows them all, and what was closed is free.
    PL_DONE(engine().kill());
    QCOMPARE(fetch(18083), std::string("page\n"));
    PL_DONE(engine().restart());
    PL_STATUS(api().post(ports, binding("18081")), 201);
    PL_STATUS(api().remove(ports + "?port=80&hostPort=18082"), 204);
    PL_STATUS(api().remove(ports + "?port=80&hostPort=18083"), 204);
    QVERIFY(fetch(18082).starts_with("failed"));
    QVERIFY(fetch(18083).starts_with("failed"));
    PL_STATUS(api().post("/containers/shop/restart?t=0"), 204);
    QTRY_COMPARE(fetch(18081), std::string("page\n"));
    const Json bindings = jsonMember(api().get(ports).json(), "Ports");
    QCOMPARE(jsonMember(bindings, "80/tcp").size(), std::size_t(1));
    const auto any = api().post(ports, Json { { "ContainerPort", "81/udp" } });
    PL_STATUS(any, 201);
    QVERIFY(!jsonMember(jsonMember(any.json(), "Ports"), "81/udp").empty());
    PL_STATUS(api().remove(ports + "?port=81/udp"), 204);
    PL_STATUS(api().post(ports, Json { { "HostPort", "1" } }), 400);
    PL_STATUS(api().post(ports, Json { { "ContainerPort", "0/tcp" } }), 400);
    PL_STATUS(api().post(ports, Json { { "ContainerPort", "80/sctp" } }), 501);
    PL_STATUS(api().post("/portlight/v1/containers/none/ports", binding("1")), 404);
    QVERIFY(!run("alone", { "sleep", "1000" }, onNetwork("none")).empty());
    PL_STATUS(api().post("/portlight/v1/containers/alone/ports", binding("18084")), 409);
}

void TestNetworks::connectAndDisconnect()
{
    PL_STATUS(api().post("/networks/create", Json { { "Name", "side" } }), 201);
    QVERIFY(!run("host", kServe, onNetwork("side")).empty());
    QVERIFY(!run("guest", { "sleep", "1000" }).empty());
    const Json who { { "Container", "guest" } };
    PL_STATUS(api().post("/networks/side/connect", who), 200);
    PL_STATUS(api().post("/networks/side/connect", who), 403);
    QVERIFY(!addressOn(api(), "guest", "side").empty());
    if (::geteuid() == 0) {
        const QStringList words { "timeout", "2", "busybox", "wget", "-q", "-O", "-",
            "http://" + QString::fromStdString(addressOn(api(), "host", "side")) + "/" };
        QTRY_COMPARE(runInNetworkOf(initOf("guest"), words).out, QByteArray("page\n"));
        PL_STATUS(api().post("/networks/side/disconnect", who), 200);
        QVERIFY(runInNetworkOf(initOf("guest"), words).exitCode != 0);
    }
    const Json members = jsonMember(api().get("/networks/bridge").json(), "Containers");
    QCOMPARE(members.size(), std::size_t(1));
}

// SEC-70: a container that sends router advertisements makes nobody's route (CVE-2020-13401).
void TestNetworks::routerAdvertisementsAreIgnored()
{
    QCOMPARE(output({ "cat", "/proc/sys/net/ipv6/conf/eth0/accept_ra" }, Json::object()),
        std::string("0\n"));
}

// SEC-71: who trusts loopback must not be reached under its name from outside (CVE-2021-20199).
void TestNetworks::peerIsNeverLoopback()
{
    Json settings;
    settings["HostConfig"]["PortBindings"]["80/tcp"] =
        Json::array({ { { "HostIp", "127.0.0.1" }, { "HostPort", "18099" } } });
    QVERIFY(!run("trusting", kServe, settings).empty());
    QTRY_COMPARE(fetch(18099), std::string("page\n"));
    const auto logs = logsOf(api(), "trusting");
    PL_VERIFY(logs);
    const std::string text = logs.value().out + logs.value().err;
    QVERIFY2(text.find("response:200") != std::string::npos, text.c_str());
    QVERIFY2(text.find("127.0.0.1") == std::string::npos, text.c_str());
}

// SEC-72: names do not leave an internal network (CVE-2024-29018).
void TestNetworks::internalNetworkKnowsNoOutside()
{
    PL_STATUS(
        api().post("/networks/create", Json { { "Name", "closed" }, { "Internal", true } }), 201);
    const auto answer =
        output({ "sh", "-c", "nslookup name.outside.test; ip route" }, onNetwork("closed"));
    QVERIFY2(answer.find("NXDOMAIN") != std::string::npos, answer.c_str());
    QVERIFY2(answer.find("default") == std::string::npos, answer.c_str());
}

// SEC-73: without IPv6 there is no address of it, not even a link-local one (CVE-2024-32473).
void TestNetworks::noIpv6WhereNoneWasAskedFor()
{
    QCOMPARE(
        output({ "ip", "-6", "-o", "addr", "show", "dev", "eth0" }, Json::object()), std::string());
}

// Forwarding is on for the engine's bridges alone: a host that was no router becomes none.
void TestNetworks::hostIsNobodysRouter()
{
    if (::geteuid() != 0)
        QSKIP("other interfaces of the engine's host are made by root");
    removeEngine();
    init();
    const auto inHost = [this](const QString& script) {
        return runInNetworkOf(engine().hostPid(), { "sh", "-ec", script });
    };
    // A new namespace has what the machine has.
    QCOMPARE(inHost("echo 0 >/proc/sys/net/ipv4/ip_forward").exitCode, 0);
    QVERIFY(!run("first", { "sleep", "1000" }).empty());
    // Two neighbours of the host that are no containers; each has it as its router.
    const Ran made = inHost("for n in 1 2; do"
                            " ip netns add pl-near$n 2>/dev/null || true;"
                            " ip link add near$n type veth peer name eth0 netns pl-near$n;"
                            " ip address add 10.214.$n.1/24 dev near$n; ip link set near$n up;"
                            " ip -n pl-near$n address add 10.214.$n.2/24 dev eth0;"
                            " ip -n pl-near$n link set eth0 up;"
                            " ip -n pl-near$n route add default via 10.214.$n.1; done");
    const auto ping = [&](const char* address) {
        return inHost(QString("ip netns exec pl-near1 busybox ping -c 1 -W 1 %1").arg(address));
    };
    const Ran direct = ping("10.214.1.1");
    const Ran through = ping("10.214.2.2");
    inHost("ip netns del pl-near1; ip netns del pl-near2");
    QVERIFY2(made.exitCode == 0, made.err.constData());
    QVERIFY2(direct.exitCode == 0, direct.out.constData());
    QVERIFY2(through.exitCode != 0, through.out.constData());
    PL_DONE(removeContainer(api(), "first"));
    const auto ended = engine().terminate();
    PL_VERIFY(ended);
    QTRY_COMPARE(inHost("cat /proc/sys/net/ipv4/ip_forward").out, QByteArray("0\n"));
    removeEngine();
}

void TestNetworks::wrongInput_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("status");
    const auto create = [](const char* name, const char* body, int status) {
        QTest::newRow(name) << "/networks/create" << body << status;
    };
    create("no name", R"({})", 400);
    create("odd name", R"({"Name":"a b"})", 400);
    create("reserved name", R"({"Name":"host"})", 403);
    create("unknown driver", R"({"Name":"x","Driver":"macvlan"})", 404);
    create("bad subnet", R"({"Name":"x","IPAM":{"Config":[{"Subnet":"10.0.0.0"}]}})", 400);
    create("tiny subnet", R"({"Name":"x","IPAM":{"Config":[{"Subnet":"10.0.0.0/31"}]}})", 400);
    create("gateway elsewhere",
        R"({"Name":"x","IPAM":{"Config":[{"Subnet":"10.9.0.0/24","Gateway":"10.8.0.1"}]}})", 400);
    create("overlap", R"({"Name":"x","IPAM":{"Config":[{"Subnet":"10.213.0.0/17"}]}})", 403);
    create("taken name", R"({"Name":"taken"})", 409);
    create("labels are a list", R"({"Name":"x","Labels":["a"]})", 400);
    create("bad mtu", R"({"Name":"x","Options":{"com.docker.network.driver.mtu":"much"}})", 400);
    QTest::newRow("connect of nobody")
        << "/networks/taken/connect" << R"({"Container":"no"})" << 404;
    QTest::newRow("connect to nothing") << "/networks/no/connect" << R"({"Container":"c"})" << 404;
    QTest::newRow("bad address")
        << "/networks/taken/connect"
        << R"({"Container":"c","EndpointConfig":{"IPAMConfig":{"IPv4Address":"x"}}})" << 400;
}

void TestNetworks::wrongInput()
{
    QFETCH(const QString, target);
    QFETCH(const QString, body);
    QFETCH(const int, status);
    const Json taken { { "Name", "taken" },
        { "IPAM", { { "Config", Json::array({ { { "Subnet", "10.213.8.0/24" } } }) } } } };
    PL_STATUS(api().post("/networks/create", taken), 201);
    const auto answer = api().call("POST", target.toStdString(), body.toStdString());
    PL_STATUS(answer, status);
    QVERIFY(!answer.message().empty());
}

void TestNetworks::nothingIsLeft()
{
    QVERIFY(!run("last", { "sleep", "1000" }).empty());
    PL_DONE(removeContainer(api(), "last"));
    const auto ended = engine().terminate();
    PL_VERIFY(ended);
    if (::geteuid() == 0) {
        // The kernel takes its time with the last interfaces of a namespace.
        const auto hasLinks = [this] {
            const Ran links = runInNetworkOf(engine().hostPid(), { "ip", "-o", "link" });
            return links.out.contains(" br-") || links.out.contains(" plv");
        };
        QTRY_VERIFY(!hasLinks());
        const Ran tables = runInNetworkOf(engine().hostPid(), { "nft", "list", "tables" });
        QVERIFY2(!tables.out.contains("portlight"), tables.out.constData());
    }
    removeEngine();
}

QTEST_GUILESS_MAIN(TestNetworks)
#include "tst_networks.moc"
