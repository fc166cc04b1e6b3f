#include "engine/core/system_service.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::core;

class TestSystemService : public QObject {
    Q_OBJECT

private slots:
    void warningsNameCauseAndFix();
    void controllersShareOneWarning();
};

void TestSystemService::warningsNameCauseAndFix()
{
    host::HostReport host;
    QVERIFY(warningsOf(host).empty());
    host.features.push_back({ "seccomp", "security", true, "filters", {}, {} });
    host.features.push_back({ "tun", "network", false, {}, "no /dev/net/tun", "modprobe tun" });
    host.features.push_back({ "cgroup.cpu", "cgroups", false, {}, "no right", "chown it" });
    const std::vector<std::string> expected {
        "WARNING: no /dev/net/tun; fix: modprobe tun",
        "WARNING: no cgroup limits and figures for cpu: no right; fix: chown it",
    };
    QVERIFY(warningsOf(host) == expected);
}

void TestSystemService::controllersShareOneWarning()
{
    host::HostReport host;
    host.features.push_back({ "cgroup.cpu", "cgroups", false, {}, "cause 1", "fix 1" });
    host.features.push_back({ "cgroup.memory", "cgroups", true, "version 1", {}, {} });
    host.features.push_back({ "psi", "cgroups", false, {}, "no psi", "psi=1" });
    host.features.push_back({ "cgroup.pids", "cgroups", false, {}, "cause 2", "fix 2" });
    const auto warnings = warningsOf(host);
    QCOMPARE(warnings.size(), std::size_t(2));
    QCOMPARE(warnings[0], std::string("WARNING: no psi; fix: psi=1"));
    for (const char* part : { "cpu, pids", "cause 1", "fix 1", "/portlight/v1/host" })
        QVERIFY2(warnings[1].find(part) != std::string::npos, warnings[1].c_str());
    QVERIFY(warnings[1].find("memory") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestSystemService)
#include "tst_system_service.moc"
