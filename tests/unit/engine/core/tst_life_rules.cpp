#include "engine/api/detach_keys.h"
#include "engine/core/exec_config.h"
#include "engine/core/healthcheck.h"
#include "engine/core/init_program.h"
#include "engine/core/restart_policy.h"

#include <QtTest>

#include <cstdlib>

using namespace portlight;
using namespace portlight::core;
using namespace std::chrono_literals;

/// What decides over a container's life, without any container.
class TestLifeRules : public QObject {
    Q_OBJECT

private slots:
    void wantsRestart_data();
    void wantsRestart();
    void delayDoublesToAMinute();
    void delayStartsAnewAfterAGoodRun();
    void badHealthchecks_data();
    void badHealthchecks();
    void healthcheckOfTheImageIsMerged();
    void healthcheckDefaults();
    void probeCommands();
    void durations();
    void badExecs_data();
    void badExecs();
    void detachKeys_data();
    void detachKeys();
    void badDetachKeys();
    void initMustBeStatic();
};

void TestLifeRules::wantsRestart_data()
{
    QTest::addColumn<QString>("policy");
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("isByUser");
    QTest::addColumn<bool>("isWanted");
    QTest::newRow("no") << "no" << 0 << 1 << 0 << false << false;
    QTest::newRow("always, good end") << "always" << 0 << 0 << 9 << false << true;
    QTest::newRow("always, stopped") << "always" << 0 << 1 << 0 << true << false;
    QTest::newRow("unless-stopped") << "unless-stopped" << 0 << 0 << 0 << false << true;
    QTest::newRow("unless-stopped, stopped") << "unless-stopped" << 0 << 0 << 0 << true << false;
    QTest::newRow("on-failure, good end") << "on-failure" << 0 << 0 << 0 << false << false;
    QTest::newRow("on-failure") << "on-failure" << 0 << 3 << 100 << false << true;
    QTest::newRow("on-failure, below") << "on-failure" << 2 << 3 << 1 << false << true;
    QTest::newRow("on-failure, at most") << "on-failure" << 2 << 3 << 2 << false << false;
    QTest::newRow("on-failure, stopped") << "on-failure" << 0 << 137 << 0 << true << false;
}

void TestLifeRules::wantsRestart()
{
    QFETCH(const QString, policy);
    QFETCH(const int, maximum);
    QFETCH(const int, exitCode);
    QFETCH(const int, count);
    QFETCH(const bool, isByUser);
    QFETCH(const bool, isWanted);
    HostConfig host;
    host.restartPolicy = policy.toStdString();
    host.restartMaximum = maximum;
    const EndedRun run { exitCode, isByUser, count, 1s, 0s };
    QCOMPARE(core::wantsRestart(host, run), isWanted);
}

void TestLifeRules::delayDoublesToAMinute()
{
    EndedRun run;
    std::vector<std::int64_t> seen;
    for (int round = 0; round < 12; ++round) {
        run.lastDelay = restartDelay(run);
        seen.push_back(
            std::chrono::duration_cast<std::chrono::milliseconds>(run.lastDelay).count());
    }
    const std::vector<std::int64_t> expected { 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600,
        51200, 60000, 60000 };
    QVERIFY(seen == expected);
}

void TestLifeRules::delayStartsAnewAfterAGoodRun()
{
    QVERIFY(restartDelay({ 1, false, 5, 9s, 1600ms }) == 3200ms);
    QVERIFY(restartDelay({ 1, false, 5, 10s, 1600ms }) == 100ms);
    // A clock that was set back makes no negative run long.
    QVERIFY(restartDelay({ 1, false, 5, -5s, 1600ms }) == 3200ms);
}

void TestLifeRules::badHealthchecks_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("unknown kind") << R"({"Test":["RUN","x"]})";
    QTest::newRow("no command") << R"({"Test":["CMD"]})";
    QTest::newRow("test is text") << R"({"Test":"true"})";
    QTest::newRow("interval too short") << R"({"Test":["CMD","x"],"Interval":10})";
    QTest::newRow("negative timeout") << R"({"Test":["CMD","x"],"Timeout":-1})";
    QTest::newRow("start period is text") << R"({"Test":["CMD","x"],"StartPeriod":"1s"})";
    QTest::newRow("negative retries") << R"({"Test":["CMD","x"],"Retries":-1})";
}

void TestLifeRules::badHealthchecks()
{
    QFETCH(const QString, json);
    const auto checked = checkHealthcheck(parseJson(json.toStdString()).value());
    QVERIFY(!checked);
    QCOMPARE(checked.error().code, Errc::InvalidArgument);
}

void TestLifeRules::healthcheckOfTheImageIsMerged()
{
    oci::Healthcheck image;
    image.test = { "CMD-SHELL", "test -e /ok" };
    image.intervalNs = 5'000'000'000;
    image.retries = 7;
    QVERIFY(mergedHealthcheck(std::nullopt, std::nullopt).is_null());
    const Json plain = mergedHealthcheck(std::nullopt, image);
    QCOMPARE(plain["Test"], Json(image.test));
    QCOMPARE(plain["Interval"], Json(5'000'000'000));
    const Json asked { { "Test", Json::array() }, { "Interval", 1'000'000'000 } };
    const Json merged = mergedHealthcheck(asked, image);
    QCOMPARE(merged["Test"], Json(image.test));
    QCOMPARE(merged["Interval"], Json(1'000'000'000));
    QCOMPARE(merged["Retries"], Json(7));
    ContainerConfig config;
    config.healthcheck = mergedHealthcheck(Json { { "Test", { "NONE" } } }, image);
    QVERIFY(!effectiveHealthcheck(config));
}

void TestLifeRules::healthcheckDefaults()
{
    ContainerConfig config;
    QVERIFY(!effectiveHealthcheck(config));
    config.healthcheck = Json { { "Test", { "CMD", "true" } } };
    const auto check = effectiveHealthcheck(config);
    QVERIFY(check);
    QCOMPARE(check->intervalNs, 30'000'000'000);
    QCOMPARE(check->timeoutNs, 30'000'000'000);
    QCOMPARE(check->startPeriodNs, 0);
    QCOMPARE(check->startIntervalNs, 5'000'000'000);
    QCOMPARE(check->retries, 3);
}

void TestLifeRules::probeCommands()
{
    ContainerConfig config;
    oci::Healthcheck check;
    check.test = { "CMD", "curl", "-f" };
    QVERIFY((probeCommand(config, check) == std::vector<std::string> { "curl", "-f" }));
    check.test = { "CMD-SHELL", "a | b" };
    QVERIFY((probeCommand(config, check) == std::vector<std::string> { "/bin/sh", "-c", "a | b" }));
    config.shell = { "/bin/bash", "-ec" };
    QVERIFY(
        (probeCommand(config, check) == std::vector<std::string> { "/bin/bash", "-ec", "a | b" }));
}

void TestLifeRules::durations()
{
    QCOMPARE(durationOf(300ms), std::string("300ms"));
    QCOMPARE(durationOf(1s), std::string("1s"));
    QCOMPARE(durationOf(1500ms), std::string("1.5s"));
    QCOMPARE(durationOf(90s), std::string("1m30s"));
    QCOMPARE(durationOf(2h), std::string("2h0m0s"));
}

void TestLifeRules::badExecs_data()
{
    QTest::addColumn<QString>("json");
    QTest::newRow("no command") << R"({})";
    QTest::newRow("empty command") << R"({"Cmd":[]})";
    QTest::newRow("command is text") << R"({"Cmd":"true"})";
    QTest::newRow("numbers in command") << R"({"Cmd":[1]})";
    QTest::newRow("env is an object") << R"({"Cmd":["a"],"Env":{}})";
    QTest::newRow("tty is text") << R"({"Cmd":["a"],"Tty":"yes"})";
    QTest::newRow("console of one") << R"({"Cmd":["a"],"ConsoleSize":[1]})";
    QTest::newRow("console too large") << R"({"Cmd":["a"],"ConsoleSize":[70000,1]})";
    QTest::newRow("console negative") << R"({"Cmd":["a"],"ConsoleSize":[-1,1]})";
}

void TestLifeRules::badExecs()
{
    QFETCH(const QString, json);
    const auto config = execConfigFromJson(parseJson(json.toStdString()).value());
    QVERIFY(!config);
    QCOMPARE(config.error().code, Errc::InvalidArgument);
}

void TestLifeRules::detachKeys_data()
{
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QByteArrayList>("typed");
    QTest::addColumn<QByteArray>("passed");
    QTest::addColumn<bool>("isFound");
    QTest::newRow("plain text") << "" << QByteArrayList { "ls\n" } << QByteArray("ls\n") << false;
    QTest::newRow("the default") << "" << QByteArrayList { "a\x10\x11more" } << QByteArray("a")
                                 << true;
    QTest::newRow("in two pieces")
        << "" << QByteArrayList { "a\x10", "\x11" } << QByteArray("a") << true;
    QTest::newRow("only begun") << "" << QByteArrayList { "\x10", "x" } << QByteArray("\x10x")
                                << false;
    QTest::newRow("begun twice") << "" << QByteArrayList { "\x10\x10\x11" } << QByteArray("\x10")
                                 << true;
    QTest::newRow("own keys") << "ctrl-x,q" << QByteArrayList { "q\x18q" } << QByteArray("q")
                              << true;
}

void TestLifeRules::detachKeys()
{
    QFETCH(const QString, keys);
    QFETCH(const QByteArrayList, typed);
    QFETCH(const QByteArray, passed);
    QFETCH(const bool, isFound);
    auto parsed = api::DetachKeys::parse(keys.toStdString());
    QVERIFY(parsed);
    std::string seen;
    for (const QByteArray& piece : typed)
        if (!parsed.value().isFound())
            seen += parsed.value().feed(piece.toStdString());
    QCOMPARE(QByteArray::fromStdString(seen), passed);
    QCOMPARE(parsed.value().isFound(), isFound);
    auto none = api::DetachKeys::none();
    QCOMPARE(none.feed("\x10\x11"), std::string("\x10\x11"));
}

void TestLifeRules::badDetachKeys()
{
    for (const char* keys : { "ctrl-", "ctrl-pp", "ctrl-P", "ab", "a,,b", "," })
        QVERIFY2(!api::DetachKeys::parse(keys), keys);
}

void TestLifeRules::initMustBeStatic()
{
    QTemporaryDir directory;
    const QByteArray before = qgetenv("PATH");
    qputenv("PATH", directory.path().toUtf8());
    QFile script(directory.filePath("docker-init"));
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("#!/bin/sh\n");
    script.close();
    script.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    const auto found = findInitProgram();
    qputenv("PATH", before);
    QVERIFY(!found || found.value() != script.fileName().toStdString());
}

QTEST_GUILESS_MAIN(TestLifeRules)
#include "tst_life_rules.moc"
