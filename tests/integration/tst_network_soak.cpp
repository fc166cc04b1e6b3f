#include "engine/base/syscalls.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <filesystem>

using namespace portlight;
using namespace portlight::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kImage = "payload:test";

/// What there is of things that may leak. Counted where they lie: in the engine's processes (a
/// namespace is held by a process or a descriptor) and in the network namespace of its bridges.
struct Holdings {
    std::size_t processes = 0; ///< engine, name server, launcher, shims
    std::size_t descriptors = 0; ///< theirs
    QByteArray links; ///< bridges and pairs
    QByteArray rules; ///< the whole nftables ruleset
};

std::size_t entriesOf(const fs::path& directory)
{
    std::error_code failure;
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory, failure), fs::directory_iterator()));
}

} // namespace

/// Many containers and networks, and a container that is connected and disconnected over and over:
/// nothing is left of it. In full (200 containers, 50 networks, 1000 rounds) with PORTLIGHT_SOAK=1.
class TestNetworkSoak : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init()
    {
        provideEngine([this] { PL_DONE(loadPayload(api(), filePath(""), kImage)); });
    }
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void nothingIsLeft();

private:
    Holdings holdings() const;
    void connectOften(int networks, int rounds);
};

Holdings TestNetworkSoak::holdings() const
{
    Holdings now;
    const auto pid = engine().enginePid();
    const pid_t process = pid ? pid.value() : -1;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator("/proc", failure)) {
        const auto words = readFile(entry.path() / "cmdline", 1U << 20U);
        if (!words || words.value().find(engine().directory()) == std::string::npos)
            continue;
        ++now.processes;
        now.descriptors += entriesOf(entry.path() / "fd");
    }
    if (::geteuid() == 0) {
        now.links = runInNetworkOf(process, { "ip", "-o", "link" }).out;
        now.rules = runInNetworkOf(process, { "nft", "list", "ruleset" }).out;
    }
    return now;
}

void TestNetworkSoak::connectOften(int networks, int rounds)
{
    for (int at = 0; at < networks; ++at) {
        const Json wanted { { "Name", "soak" + std::to_string(at) } };
        PL_STATUS(api().post("/networks/create", wanted), 201);
    }
    QVERIFY(!runContainer(kImage, { "hold" }, Json::object(), "guest").empty());
    const Json guest { { "Container", "guest" } };
    for (int round = 0; round < rounds; ++round) {
        const auto network = "/networks/soak" + std::to_string(round % networks);
        PL_STATUS(api().post(network + "/connect", guest), 200);
        PL_STATUS(api().post(network + "/disconnect", guest), 200);
    }
    PL_DONE(removeContainer(api(), "guest"));
    for (int at = 0; at < networks; ++at)
        PL_STATUS(api().remove("/networks/soak" + std::to_string(at)), 204);
}

void TestNetworkSoak::nothingIsLeft()
{
    const bool isFull = qEnvironmentVariableIsSet("PORTLIGHT_SOAK");
    const int containers = isFull ? 200 : 10;
    const int networks = isFull ? 50 : 5;
    const int rounds = isFull ? 1000 : 20;
    // Once round, so that what is kept for the next time is there before it is counted.
    connectOften(networks, networks);
    const Holdings before = holdings();
    connectOften(networks, rounds);
    PL_STATUS(api().post("/networks/create", Json { { "Name", "crowd" } }), 201);
    const Json crowd { { "HostConfig", { { "NetworkMode", "crowd" } } } };
    for (int at = 0; at < containers; ++at)
        QVERIFY(!runContainer(kImage, { "hold" }, crowd, "member" + std::to_string(at)).empty());
    const Json network = api().get("/networks/crowd").json();
    QCOMPARE(jsonMember(network, "Containers").size(), static_cast<std::size_t>(containers));
    for (int at = 0; at < containers; ++at)
        PL_DONE(removeContainer(api(), "member" + std::to_string(at)));
    PL_STATUS(api().remove("/networks/crowd"), 204);
    const auto lines = [](const QByteArray& text) { return text.count('\n'); };
    // The kernel takes its time with the last interfaces of a namespace.
    QTRY_COMPARE_WITH_TIMEOUT(lines(holdings().links), lines(before.links), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(holdings().rules, before.rules, 20'000);
    // Connections of clients and of workers come and go; what every round left would be more.
    const auto most = before.descriptors + static_cast<std::size_t>(rounds / 4);
    QTRY_VERIFY_WITH_TIMEOUT(holdings().descriptors <= most, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(holdings().processes <= before.processes, 20'000);
}

QTEST_GUILESS_MAIN(TestNetworkSoak)
#include "tst_network_soak.moc"
