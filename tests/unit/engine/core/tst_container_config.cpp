#include "engine/core/container_config.h"
#include "engine/core/container_names.h"
#include "engine/core/runtime_spec.h"
#include "engine/core/signals.h"
#include "engine/core/user_lookup.h"
#include "engine/oci/runtime_config.h"

#include <QtTest>

#include <algorithm>

using namespace portlight;
using namespace portlight::core;

namespace {

constexpr int kCpus = 4;

Result<ContainerConfig> parse(const std::string& text, std::vector<std::string>* told = nullptr)
{
    std::vector<std::string> warnings;
    auto json = parseJson(text);
    if (!json)
        return std::move(json).error();
    auto config = containerConfigFromJson(json.value(), kCpus, warnings);
    if (told)
        *told = warnings;
    return config;
}

/// All fields that take a value, null where a client may leave it.
const char* const kEverythingNull = R"({"Image":"a","Hostname":null,"Domainname":null,"User":null,
    "AttachStdin":null,"AttachStdout":null,"AttachStderr":null,"ExposedPorts":null,"Tty":null,
    "OpenStdin":null,"StdinOnce":null,"Env":null,"Cmd":null,"Healthcheck":null,"Volumes":null,
    "WorkingDir":null,"Entrypoint":null,"NetworkDisabled":null,"OnBuild":null,"Labels":null,
    "StopSignal":null,"StopTimeout":null,"Shell":null,"NetworkingConfig":null,
    "HostConfig":{"Binds":null,"ContainerIDFile":null,"LogConfig":null,"NetworkMode":null,
    "PortBindings":null,"RestartPolicy":null,"AutoRemove":null,"VolumeDriver":null,
    "VolumesFrom":null,"Mounts":null,"ConsoleSize":null,"Annotations":null,"CapAdd":null,
    "CapDrop":null,"CgroupnsMode":null,"Dns":null,"DnsOptions":null,"DnsSearch":null,
    "ExtraHosts":null,"GroupAdd":null,"IpcMode":null,"Cgroup":null,"Links":null,
    "OomScoreAdj":null,"PidMode":null,"Privileged":null,"PublishAllPorts":null,
    "ReadonlyRootfs":null,"SecurityOpt":null,"StorageOpt":null,"Tmpfs":null,"UTSMode":null,
    "UsernsMode":null,"ShmSize":null,"Sysctls":null,"Runtime":null,"Isolation":null,
    "MaskedPaths":null,"ReadonlyPaths":null,"CpuShares":null,"Memory":null,"CgroupParent":null,
    "BlkioWeight":null,"CpuPeriod":null,"CpuQuota":null,"CpusetCpus":null,"CpusetMems":null,
    "Devices":null,"DeviceRequests":null,"MemoryReservation":null,"MemorySwap":null,
    "MemorySwappiness":null,"NanoCpus":null,"OomKillDisable":null,"Init":null,"PidsLimit":null,
    "Ulimits":null}})";

} // namespace

class TestContainerConfig : public QObject {
    Q_OBJECT

private slots:
    void refusesBadBodies_data();
    void refusesBadBodies();
    void takesNullForEveryField();
    void warnsOfWhatItDoesNotDo_data();
    void warnsOfWhatItDoesNotDo();
    void mergesTheImage_data();
    void mergesTheImage();
    void readsBackWhatItWrites();
    void runtimeSpecIsSound();
    void runtimeSpecHasLimits();
    void capabilities_data();
    void capabilities();
    void users_data();
    void users();
    void signalNames_data();
    void signalNames();
    void containerNames_data();
    void containerNames();
};

void TestContainerConfig::refusesBadBodies_data()
{
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("names"); // what the message must hold
    const int invalid = int(Errc::InvalidArgument);
    const int missing = int(Errc::NotImplemented);
    const auto row = [](const char* name, const QString& body, int code, const char* names) {
        QTest::newRow(name) << body << code << names;
    };
    const auto top = [&](const char* name, const char* fields, const char* names) {
        row(name, QStringLiteral(R"({"Image":"a",%1})").arg(fields), invalid, names);
    };
    const auto host = [&](const char* name, const char* fields, int code, const char* names) {
        row(name, QStringLiteral(R"({"Image":"a","HostConfig":{%1}})").arg(fields), code, names);
    };
    row("no object", "[]", invalid, "object");
    row("empty", "{}", invalid, "image");
    row("image is a number", R"({"Image":1})", invalid, "Image");
    top("host config is a list", R"("HostConfig":[])", "HostConfig");
    top("command is a number", R"("Cmd":5)", "Cmd");
    top("command of numbers", R"("Cmd":[1,2])", "Cmd");
    top("command with a zero byte", R"("Cmd":["a\u0000b"])", "zero byte");
    top("env is an object", R"("Env":{"A":"b"})", "Env");
    top("env without a name", R"("Env":["=b"])", "environment");
    top("labels is a list", R"("Labels":["a"])", "Labels");
    top("label value is a number", R"("Labels":{"a":1})", "Labels");
    top("tty is text", R"("Tty":"yes")", "Tty");
    top("host name with a slash", R"("Hostname":"a/b")", "Hostname");
    row("host name too long",
        QStringLiteral(R"({"Image":"a","Hostname":"%1"})").arg(QString(65, 'h')), invalid,
        "Hostname");
    top("relative working directory", R"("WorkingDir":"tmp")", "absolute");
    top("unknown signal", R"("StopSignal":"SIGNOPE")", "Invalid signal");
    top("signal number out of range", R"("StopSignal":"99")", "Invalid signal");
    top("stop timeout is text", R"("StopTimeout":"5")", "StopTimeout");
    top("stop timeout below -1", R"("StopTimeout":-2)", "StopTimeout");
    top("exposed port is no number", R"("ExposedPorts":{"http/tcp":{}})", "http/tcp");
    top("exposed port out of range", R"("ExposedPorts":{"70000/tcp":{}})", "70000");
    top("exposed ports is a list", R"("ExposedPorts":["80/tcp"])", "ExposedPorts");
    top("volumes is a list", R"("Volumes":["/x"])", "Volumes");
    top("healthcheck is text", R"("Healthcheck":"true")", "Healthcheck");
    host("memory below the least", R"("Memory":1024)", invalid, "6MB");
    host("memory negative", R"("Memory":-1)", invalid, "6MB");
    host("memory is text", R"("Memory":"64m")", invalid, "Memory");
    host("memory is a fraction", R"("Memory":6e300)", invalid, "Memory");
    host("memory over all", R"("Memory":9223372036854775807)", invalid, "Memory");
    host("swap below memory", R"("Memory":67108864,"MemorySwap":7000000)", invalid, "memoryswap");
    host("swap alone", R"("MemorySwap":67108864)", invalid, "Memory limit");
    host("swap -2", R"("Memory":67108864,"MemorySwap":-2)", invalid, "MemorySwap");
    host("more cores than there are", R"("NanoCpus":5000000000)", invalid, "CPUs");
    host("cores negative", R"("NanoCpus":-1)", invalid, "CPUs");
    host("cores and quota", R"("NanoCpus":1000000000,"CpuQuota":5000)", invalid, "Conflicting");
    host("shares negative", R"("CpuShares":-5)", invalid, "CpuShares");
    host("period too short", R"("CpuPeriod":10)", invalid, "period");
    host("quota too short", R"("CpuQuota":10)", invalid, "quota");
    host("cpuset is no list", R"("CpusetCpus":"0-a")", invalid, "cpuset");
    host("cpuset ends open", R"("CpusetCpus":"0-")", invalid, "cpuset");
    host("pids limit -2", R"("PidsLimit":-2)", invalid, "PidsLimit");
    host("ulimit unknown", R"("Ulimits":[{"Name":"x","Soft":1,"Hard":1}])", invalid, "ulimit");
    host("ulimit soft over hard", R"("Ulimits":[{"Name":"nofile","Soft":9,"Hard":1}])", invalid,
        "soft limit");
    host("ulimits is an object", R"("Ulimits":{})", invalid, "Ulimits");
    host("init is text", R"("Init":"yes")", invalid, "Init");
    host("bind of three colons", R"("Binds":["/a:/b:ro:x"])", invalid, "/a:/b:ro:x");
    host("bind to a relative path", R"("Binds":["/a:b"])", invalid, "absolute");
    host("bind over the root", R"("Binds":["/a:/"])", invalid, "can't be '/'");
    host("bind with an unknown mode", R"("Binds":["/a:/b:rx"])", invalid, "mode");
    host("volume with a bad name", R"("Binds":["da*ta:/b"])", invalid, "invalid characters");
    host("volume with a short name", R"("Binds":["d:/b"])", invalid, "too short");
    host("two mounts on one path", R"("Binds":["/a:/b","/c:/b"])", invalid, "Duplicate");
    host("mount of an image", R"("Mounts":[{"Type":"image","Source":"v","Target":"/b"}])", missing,
        "Mounts");
    host("subpath from the root",
        R"("Mounts":[{"Type":"volume","Source":"vol","Target":"/b","VolumeOptions":{"Subpath":"/x"}}])",
        invalid, "relative");
    host("mount is text", R"("Mounts":["x"])", invalid, "Mounts");
    host("tmpfs is a list", R"("Tmpfs":["/x"])", invalid, "Tmpfs");
    host("network of no container", R"("NetworkMode":"container:")", invalid, "network mode");
    host("ports in another's network", R"("NetworkMode":"container:x","PortBindings":{"80":[{}]})",
        invalid, "conflicting");
    host("port zero", R"("PortBindings":{"0/tcp":[{}]})", invalid, "port specification");
    host(
        "port of no protocol", R"("PortBindings":{"80/icmp":[{}]})", invalid, "port specification");
    host("sctp port", R"("PortBindings":{"80/sctp":[{}]})", missing, "sctp");
    host("host port too high", R"("PortBindings":{"80/tcp":[{"HostPort":"70000"}]})", invalid,
        "port specification");
    host("host ports upside down", R"("PortBindings":{"80/tcp":[{"HostPort":"90-80"}]})", invalid,
        "port specification");
    host("host address", R"("PortBindings":{"80/tcp":[{"HostIp":"localhost"}]})", invalid,
        "localhost");
    host("bindings are text", R"("PortBindings":{"80/tcp":"8080"})", invalid, "array");
    host("pid namespace of the host", R"("PidMode":"host")", missing, "PidMode");
    host("devices", R"("Devices":[{"PathOnHost":"/dev/kvm"}])", missing, "Devices");
    host("log driver", R"("LogConfig":{"Type":"syslog"})", missing, "LogConfig");
    host("log option", R"("LogConfig":{"Type":"local","Config":{"x":"1"}})", invalid, "log opt");
    host("log size", R"("LogConfig":{"Type":"local","Config":{"max-size":"-1"}})", invalid, "size");
    host("restart policy", R"("RestartPolicy":{"Name":"maybe"})", invalid, "restart policy");
    host("auto-remove with restarts", R"("AutoRemove":true,"RestartPolicy":{"Name":"always"})",
        invalid, "AutoRemove");
    host("security option", R"("SecurityOpt":["seccomp=/x.json"])", missing, "SecurityOpt");
    host("shm negative", R"("ShmSize":-1)", invalid, "SHM");
    host("oom score", R"("OomScoreAdj":2000)", invalid, "oom score");
    host("console size", R"("ConsoleSize":[1])", invalid, "ConsoleSize");
    host("console size negative", R"("ConsoleSize":[-1,2])", invalid, "ConsoleSize");
    host("extra host", R"("ExtraHosts":["x"])", invalid, "add-host");
    host("name server with a newline", R"("Dns":["1.1.1.1\nnameserver 2"])", invalid, "Dns");
    host("masked path is relative", R"("MaskedPaths":["proc"])", invalid, "MaskedPaths");
    host("auto-remove is text", R"("AutoRemove":"1")", invalid, "AutoRemove");
}

void TestContainerConfig::refusesBadBodies()
{
    QFETCH(const QString, body);
    QFETCH(const int, code);
    QFETCH(const QString, names);
    const auto config = parse(body.toStdString());
    QVERIFY(!config);
    QCOMPARE(int(config.error().code), code);
    QVERIFY2(QString::fromStdString(config.error().message).contains(names),
        config.error().message.c_str());
}

void TestContainerConfig::takesNullForEveryField()
{
    std::vector<std::string> warnings;
    const auto config = parse(kEverythingNull, &warnings);
    QVERIFY2(config.has_value(), config ? "" : config.error().message.c_str());
    QCOMPARE(warnings.size(), 0U);
    QCOMPARE(config.value().host.shmBytes, 64LL << 20);
    QCOMPARE(config.value().host.networkMode, std::string("default"));
}

void TestContainerConfig::warnsOfWhatItDoesNotDo_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("warning");
    QTest::newRow("ports") << R"("PortBindings":{"80/tcp":[{"HostPort":"8080"}]})" << "";
    QTest::newRow("restart") << R"("RestartPolicy":{"Name":"always"})" << "";
    QTest::newRow("swappiness") << R"("MemorySwappiness":10)" << "MemorySwappiness";
    QTest::newRow("nothing") << R"("MemorySwappiness":-1,"PortBindings":{})" << "";
}

void TestContainerConfig::warnsOfWhatItDoesNotDo()
{
    QFETCH(const QString, host);
    QFETCH(const QString, warning);
    std::vector<std::string> warnings;
    const auto body = QStringLiteral(R"({"Image":"a","HostConfig":{%1}})").arg(host);
    QVERIFY(parse(body.toStdString(), &warnings).has_value());
    QCOMPARE(warnings.size(), warning.isEmpty() ? 0U : 1U);
    if (!warning.isEmpty())
        QVERIFY(QString::fromStdString(warnings.front()).contains(warning));
}

void TestContainerConfig::mergesTheImage_data()
{
    QTest::addColumn<QString>("request");
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("all from the image") << "" << QStringList { "/entry", "default" };
    QTest::newRow("own command") << R"(,"Cmd":["x"])" << QStringList { "/entry", "x" };
    QTest::newRow("own entrypoint drops the command")
        << R"(,"Entrypoint":["/e"])" << QStringList { "/e" };
    QTest::newRow("no entrypoint") << R"(,"Entrypoint":[""],"Cmd":["x"])" << QStringList { "x" };
    QTest::newRow("entrypoint as one word")
        << R"(,"Entrypoint":"/e","Cmd":["x"])" << QStringList { "/e", "x" };
}

void TestContainerConfig::mergesTheImage()
{
    QFETCH(const QString, request);
    QFETCH(const QStringList, arguments);
    auto config =
        parse(QStringLiteral(R"({"Image":"a","Env":["A=mine"]%1})").arg(request).toStdString());
    QVERIFY(config);
    oci::ImageRunConfig image;
    image.entrypoint = { "/entry" };
    image.cmd = { "default" };
    image.env = { "A=image", "B=image" };
    image.labels = { { "from", "image" } };
    QVERIFY(mergeImageConfig(config.value(), image));
    QStringList seen;
    for (const auto& word : config.value().arguments())
        seen << QString::fromStdString(word);
    QCOMPARE(seen, arguments);
    const auto& env = config.value().env;
    QVERIFY(std::ranges::find(env, "A=mine") != env.end());
    QVERIFY(std::ranges::find(env, "A=image") == env.end());
    QVERIFY(std::ranges::find(env, "B=image") != env.end());
    QVERIFY(std::ranges::any_of(env, [](const auto& entry) { return entry.starts_with("PATH="); }));
    QCOMPARE(config.value().labels.at("from"), std::string("image"));
}

void TestContainerConfig::readsBackWhatItWrites()
{
    const auto config =
        parse(R"({"Image":"a","Cmd":["x"],"Entrypoint":["/e"],"User":"1:2","Tty":true,
        "Labels":{"k":"v"},"StopSignal":"SIGINT","StopTimeout":3,"ExposedPorts":{"80/tcp":{}},
        "HostConfig":{"Memory":67108864,"NanoCpus":500000000,"PidsLimit":50,"Binds":["/tmp:/t:ro"],
        "Tmpfs":{"/scratch":"size=1m"},"CapDrop":["NET_RAW"],"AutoRemove":true,"ReadonlyRootfs":true,
        "Mounts":[{"Type":"bind","Source":"/usr","Target":"/u","ReadOnly":true}],
        "LogConfig":{"Type":"local","Config":{"max-size":"1m","max-file":"3"}},
        "Ulimits":[{"Name":"nofile","Soft":10,"Hard":20}],"SecurityOpt":["no-new-privileges"]}})");
    QVERIFY(config);
    const Json written = toCreateJson(config.value());
    std::vector<std::string> warnings;
    const auto again = containerConfigFromJson(written, kCpus, warnings);
    QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
    QCOMPARE(dumpJson(toCreateJson(again.value())), dumpJson(written));
    QCOMPARE(again.value().host.mounts.size(), 3U);
    QCOMPARE(again.value().host.logMaxBytes, 1LL << 20);
    QVERIFY(again.value().host.noNewPrivileges);
}

void TestContainerConfig::runtimeSpecIsSound()
{
    auto config = parse(R"({"Image":"a","Cmd":["/bin/x"],"Hostname":"h","Tty":true,
        "HostConfig":{"Tmpfs":{"/dev/shm":"size=1m,exec"},"Binds":["/tmp:/t"]}})");
    QVERIFY(config);
    RuntimeSpecInput input;
    input.id = "id";
    input.bundle = "/b";
    input.cgroupsPath = "/portlight/id";
    const auto spec = buildRuntimeSpec(config.value(), input);
    QVERIFY(spec);
    const auto parsed = oci::runtimeConfigFromJson(spec.value());
    QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
    const auto& mounts = parsed.value().mounts;
    QCOMPARE(std::ranges::count(mounts, "/dev/shm", &oci::Mount::destination), 1);
    const auto shm = std::ranges::find(mounts, "/dev/shm", &oci::Mount::destination);
    QVERIFY(std::ranges::find(shm->options, "noexec") == shm->options.end());
    const auto& caps = parsed.value().process->capabilities;
    QCOMPARE(caps->bounding.size(), 14U);
    QVERIFY(caps->inheritable.empty() && caps->ambient.empty());
    QVERIFY(!parsed.value().linuxConfig.maskedPaths.empty());
    QCOMPARE(parsed.value().hostname, std::string("h"));
}

void TestContainerConfig::runtimeSpecHasLimits()
{
    auto config =
        parse(R"({"Image":"a","Cmd":["/bin/x"],"Hostname":"h","HostConfig":{"Memory":67108864,
        "NanoCpus":1500000000,"PidsLimit":7}})");
    QVERIFY(config);
    RuntimeSpecInput input;
    input.bundle = "/b";
    input.cgroupsPath = "/portlight/id";
    const auto spec = buildRuntimeSpec(config.value(), input);
    QVERIFY(spec);
    const auto parsed = oci::runtimeConfigFromJson(spec.value());
    QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
    const auto& limits = parsed.value().linuxConfig.resources;
    QCOMPARE(*limits.memory.limitBytes, 67108864LL);
    QCOMPARE(*limits.memory.swapBytes, 2 * 67108864LL);
    QCOMPARE(*limits.cpu.quotaMicroseconds, 150000LL);
    QCOMPARE(*limits.pidsLimit, 7LL);
}

void TestContainerConfig::capabilities_data()
{
    QTest::addColumn<QStringList>("add");
    QTest::addColumn<QStringList>("drop");
    QTest::addColumn<int>("count"); // -1: refused
    QTest::newRow("defaults") << QStringList {} << QStringList {} << 14;
    QTest::newRow("one more") << QStringList { "SYS_PTRACE" } << QStringList {} << 15;
    QTest::newRow("prefix and case") << QStringList { "cap_sys_ptrace" } << QStringList {} << 15;
    QTest::newRow("drop all") << QStringList {} << QStringList { "ALL" } << 0;
    QTest::newRow("drop all but one") << QStringList { "CHOWN" } << QStringList { "ALL" } << 1;
    QTest::newRow("all") << QStringList { "ALL" } << QStringList {} << 41;
    QTest::newRow("all but one") << QStringList { "ALL" } << QStringList { "SYS_ADMIN" } << 40;
    QTest::newRow("unknown") << QStringList { "FLY" } << QStringList {} << -1;
}

void TestContainerConfig::capabilities()
{
    QFETCH(const QStringList, add);
    QFETCH(const QStringList, drop);
    QFETCH(const int, count);
    HostConfig host;
    for (const auto& name : add)
        host.capAdd.push_back(name.toStdString());
    for (const auto& name : drop)
        host.capDrop.push_back(name.toStdString());
    const auto left = effectiveCapabilities(host);
    QCOMPARE(left ? int(left.value().size()) : -1, count);
}

void TestContainerConfig::users_data()
{
    QTest::addColumn<QString>("user");
    QTest::addColumn<int>("uid"); // -1: refused
    QTest::addColumn<int>("gid");
    QTest::addColumn<QString>("home");
    QTest::newRow("none") << "" << 0 << 0 << "/root";
    QTest::newRow("name") << "bob" << 1000 << 100 << "/home/bob";
    QTest::newRow("known number") << "1000" << 1000 << 100 << "/home/bob";
    QTest::newRow("unknown number") << "4242" << 4242 << 0 << "/";
    QTest::newRow("number and group") << "1000:7" << 1000 << 7 << "/home/bob";
    QTest::newRow("name and group name") << "bob:wheel" << 1000 << 10 << "/home/bob";
    QTest::newRow("unknown name") << "eve" << -1 << 0 << "";
    QTest::newRow("unknown group") << "bob:eves" << -1 << 0 << "";
    QTest::newRow("number too large") << "4294967296" << -1 << 0 << "";
    QTest::newRow("negative") << "-1" << -1 << 0 << "";
}

void TestContainerConfig::users()
{
    QFETCH(const QString, user);
    QFETCH(const int, uid);
    QFETCH(const int, gid);
    QFETCH(const QString, home);
    const auto found = resolveUser(user.toStdString(), {},
        "root:x:0:0:root:/root:/bin/sh\nbroken line\n:::\nbob:x:1000:100::/home/bob:/bin/sh\n",
        "root:x:0:\nwheel:x:10:bob,eve\nusers:x:100:\n");
    QCOMPARE(found ? int(found.value().uid) : -1, uid);
    if (!found)
        return;
    QCOMPARE(int(found.value().gid), gid);
    QCOMPARE(found.value().home, home.toStdString());
    const auto& groups = found.value().additionalGids;
    QVERIFY(std::ranges::find(groups, found.value().gid) != groups.end());
}

void TestContainerConfig::signalNames_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("number"); // -1: refused
    QTest::newRow("with prefix") << "SIGTERM" << 15;
    QTest::newRow("without") << "kill" << 9;
    QTest::newRow("number") << "2" << 2;
    QTest::newRow("real time") << "SIGRTMIN+3" << 37;
    QTest::newRow("real time from the end") << "RTMAX-1" << 63;
    QTest::newRow("zero") << "0" << -1;
    QTest::newRow("too large") << "65" << -1;
    QTest::newRow("negative") << "-9" << -1;
    QTest::newRow("unknown") << "SIGFOO" << -1;
    QTest::newRow("empty") << "" << -1;
    QTest::newRow("huge") << QString(100000, 'A') << -1;
    QTest::newRow("number with rest") << "9x" << -1;
}

void TestContainerConfig::signalNames()
{
    QFETCH(const QString, text);
    QFETCH(const int, number);
    const auto parsed = parseSignal(text.toStdString());
    QCOMPARE(parsed ? parsed.value() : -1, number);
}

void TestContainerConfig::containerNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isValid");
    QTest::newRow("plain") << "web_1.a-b" << true;
    QTest::newRow("slash in front") << "/web" << true;
    QTest::newRow("one letter") << "a" << false;
    QTest::newRow("slash inside") << "a/b" << false;
    QTest::newRow("dots") << ".." << false;
    QTest::newRow("starts with dash") << "-rf" << false;
    QTest::newRow("space") << "a b" << false;
    QTest::newRow("umlaut") << QString::fromUtf8("größe") << false;
    QTest::newRow("too long") << QString(300, 'a') << false;
    QTest::newRow("empty") << "" << false;
    QTest::newRow("generated") << QString::fromStdString(randomContainerName(0)) << true;
}

void TestContainerConfig::containerNames()
{
    QFETCH(const QString, name);
    QFETCH(const bool, isValid);
    QCOMPARE(checkedContainerName(name.toStdString()).has_value(), isValid);
}

QTEST_GUILESS_MAIN(TestContainerConfig)
#include "tst_container_config.moc"
