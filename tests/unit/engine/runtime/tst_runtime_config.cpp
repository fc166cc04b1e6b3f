#include "engine/oci/runtime_config.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::oci;

namespace {

Json soundConfig()
{
    return Json::parse(R"({
        "ociVersion": "1.2.0",
        "root": {"path": "rootfs", "readonly": true},
        "process": {"args": ["sh"], "cwd": "/", "env": ["A=b"], "user": {"uid": 5, "gid": 6,
            "additionalGids": [7]},
            "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 1, "hard": 18446744073709551615}]},
        "mounts": [{"destination": "data", "source": "/x", "options": ["rbind", "ro"]}],
        "annotations": {"a": "b"},
        "linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/run/netns/x"}],
            "resources": {"memory": {"limit": 1048576, "swap": -1}, "cpu": {"quota": 5},
                "pids": {"limit": 9}, "devices": [{"allow": false, "access": "rwm"}],
                "unified": {"memory.high": "5"}},
            "sysctl": {"net.core.somaxconn": "5"}, "maskedPaths": ["/proc/kcore"]}})");
}

} // namespace

/// config.json as values, and what is refused.
class TestRuntimeConfig : public QObject {
    Q_OBJECT

private slots:
    void readsWhatItNeeds();
    void refuses_data();
    void refuses();
};

void TestRuntimeConfig::readsWhatItNeeds()
{
    const auto parsed = runtimeConfigFromJson(soundConfig());
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    const RuntimeConfig& config = parsed.value();
    QVERIFY(config.isRootReadOnly);
    QCOMPARE(config.process->user.additionalGids, std::vector<std::uint32_t> { 7 });
    QCOMPARE(config.process->rlimits.at(0).hard, UINT64_MAX);
    QCOMPARE(config.mounts.at(0).destination, std::string("/data"));
    QCOMPARE(config.linuxConfig.findNamespace("network")->path, std::string("/run/netns/x"));
    QVERIFY(config.linuxConfig.findNamespace("user") == nullptr);
    const Resources& resources = config.linuxConfig.resources;
    QCOMPARE(resources.memory.limitBytes.value(), std::int64_t { 1048576 });
    QCOMPARE(resources.memory.swapBytes.value(), std::int64_t { -1 });
    QVERIFY(!resources.memory.swappiness);
    QCOMPARE(resources.pidsLimit.value(), std::int64_t { 9 });
    QCOMPARE(resources.devices.at(0).major, std::int64_t { -1 });
    QCOMPARE(resources.unified.at("memory.high"), std::string("5"));
}

void TestRuntimeConfig::refuses_data()
{
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value"); ///< JSON; empty: the member is removed
    QTest::addColumn<QString>("names");
    const auto row = [](const char* what, const char* pointer, const char* value,
                         const char* names) { QTest::newRow(what) << pointer << value << names; };
    row("no version", "/ociVersion", "", "ociVersion");
    row("future version", "/ociVersion", "\"2.0.0\"", "2.0.0");
    row("no root", "/root", "", "path");
    row("root is text", "/root", "\"x\"", "root");
    row("no args", "/process/args", "[]", "args");
    row("args of numbers", "/process/args", "[1]", "args");
    row("relative cwd", "/process/cwd", "\"x\"", "'x'");
    row("no cwd", "/process/cwd", "", "cwd");
    row("NUL in args", "/process/args", "[\"a\\u0000b\"]", "NUL");
    row("negative uid", "/process/user/uid", "-1", "uid");
    row("huge uid", "/process/user/uid", "4294967296", "uid");
    row("text as group", "/process/user/additionalGids", "[\"x\"]", "additionalGids");
    row("rlimit twice", "/process/rlimits",
        R"([{"type":"A","soft":1,"hard":1},{"type":"A","soft":1,"hard":1}])", "twice");
    row("mount without destination", "/mounts/0/destination", "", "destination");
    row("mounts is an object", "/mounts", "{}", "mounts");
    row("namespace twice", "/linux/namespaces", R"([{"type":"pid"},{"type":"pid"}])", "twice");
    row("unknown namespace", "/linux/namespaces", R"([{"type":"moon"}])", "moon");
    row("relative namespace", "/linux/namespaces", R"([{"type":"pid","path":"x"}])", "absolute");
    row("memory limit is text", "/linux/resources/memory/limit", "\"1g\"", "limit");
    row("fraction", "/linux/resources/cpu/quota", "1.5", "quota");
    row("unified climbs", "/linux/resources/unified", R"({"../x":"1"})", "../x");
    row("device access", "/linux/resources/devices", R"([{"allow":true,"access":"rwz"}])", "rwz");
    row("device type", "/linux/devices", R"([{"path":"/dev/x","type":"q"}])", "q");
    row("device without number", "/linux/devices", R"([{"path":"/dev/x","type":"c"}])", "major");
    row("sysctl climbs", "/linux/sysctl", R"({"../../x":"1"})", "../../x");
    row("sysctl number", "/linux/sysctl", R"({"a":1})", "sysctl");
    row("propagation", "/linux/rootfsPropagation", "\"x\"", "rootfsPropagation");
    row("hook path", "/hooks", R"({"prestart":[{"path":"x"}]})", "absolute");
    row("hook timeout", "/hooks", R"({"poststop":[{"path":"/x","timeout":0}]})", "timeout");
}

void TestRuntimeConfig::refuses()
{
    QFETCH(const QString, pointer);
    QFETCH(const QString, value);
    QFETCH(const QString, names);
    Json json = soundConfig();
    const Json::json_pointer at(pointer.toStdString());
    if (value.isEmpty())
        json.at(at.parent_pointer()).erase(at.back());
    else
        json[at] = Json::parse(value.toStdString());
    const auto parsed = runtimeConfigFromJson(json);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    QVERIFY2(parsed.error().message.find(names.toStdString()) != std::string::npos,
        parsed.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestRuntimeConfig)
#include "tst_runtime_config.moc"
