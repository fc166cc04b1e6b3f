#include "engine/engine_lock.h"
#include "engine/engine_options.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"

#include <QtTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace portlight;

namespace {

ParsedCommandLine parse(const QStringList& words)
{
    std::vector<std::string> texts { "portlightd" };
    for (const auto& word : words)
        texts.push_back(word.toStdString());
    std::vector<const char*> pointers;
    for (const auto& text : texts)
        pointers.push_back(text.c_str());
    return parseCommandLine(static_cast<int>(pointers.size()), pointers.data());
}

} // namespace

class TestEngineOptions : public QObject {
    Q_OBJECT

private slots:
    void init();
    void takesAllOptions();
    void endsAtOnce_data();
    void endsAtOnce();
    void config_data();
    void config();
    void configThatIsNoFile();
    void pathsFollowOptions();
    void pathsWithoutHome();
    void lockIsExclusive();
    void lockEndsWithItsHolder();
    void lockRefusesLink();

private:
    std::unique_ptr<TempDir> m_directory;
};

void TestEngineOptions::init()
{
    auto made = TempDir::create("/tmp", "pl-options-");
    QVERIFY(made);
    m_directory = std::make_unique<TempDir>(std::move(made).value());
}

void TestEngineOptions::takesAllOptions()
{
    const auto parsed = parse({ "--socket", "/s", "--data-root=/d", "--state-dir", "/r", "--config",
        "c.json", "--rootless", "no", "--log-level", "debug" });
    QVERIFY(!parsed.exitCode);
    QCOMPARE(parsed.options.socket, std::string("/s"));
    QCOMPARE(parsed.options.dataRoot, std::string("/d"));
    QCOMPARE(parsed.options.stateDir, std::string("/r"));
    QCOMPARE(parsed.options.config, std::string("c.json"));
    QCOMPARE(parsed.options.rootless, RootlessMode::No);
    QVERIFY(parsed.options.logLevel == log::Level::Debug);
    const auto none = parse({});
    QVERIFY(!none.exitCode && !none.options.logLevel);
    QCOMPARE(none.options.rootless, RootlessMode::Auto);
}

void TestEngineOptions::endsAtOnce_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("help") << QStringList { "--help" } << 0;
    QTest::newRow("version") << QStringList { "--version" } << 0;
    QTest::newRow("unknown option") << QStringList { "--colour" } << 2;
    QTest::newRow("a word") << QStringList { "run" } << 2;
    QTest::newRow("no value") << QStringList { "--socket" } << 2;
    QTest::newRow("empty value") << QStringList { "--socket", "" } << 2;
    QTest::newRow("empty data root") << QStringList { "--data-root=" } << 2;
    QTest::newRow("rootless maybe") << QStringList { "--rootless", "maybe" } << 2;
    QTest::newRow("level loud") << QStringList { "--log-level", "loud" } << 2;
    QTest::newRow("level empty") << QStringList { "--log-level", "" } << 2;
    QTest::newRow("twice") << QStringList { "--socket", "/a", "--socket", "/b" } << 2;
}

void TestEngineOptions::endsAtOnce()
{
    QFETCH(const QStringList, words);
    const auto parsed = parse(words);
    QVERIFY(parsed.exitCode.has_value());
    QTEST(parsed.exitCode.value_or(-1), "exitCode");
}

void TestEngineOptions::config_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error"); // empty: taken
    QTest::newRow("empty object") << QByteArray("{}") << "";
    QTest::newRow("level") << QByteArray("{\"log-level\": \"warn\"}") << "";
    QTest::newRow("empty file") << QByteArray("") << "engine.json";
    QTest::newRow("no JSON") << QByteArray("log-level = warn") << "engine.json";
    QTest::newRow("list") << QByteArray("[]") << "not a JSON object";
    QTest::newRow("unknown key") << QByteArray("{\"loglevel\": \"warn\"}") << "'loglevel'";
    QTest::newRow("unknown level") << QByteArray("{\"log-level\": \"loud\"}") << "log-level";
    QTest::newRow("number") << QByteArray("{\"log-level\": 3}") << "log-level";
    QTest::newRow("null") << QByteArray("{\"log-level\": null}") << "log-level";
    QTest::newRow("runtime") << QByteArray(
        R"({"runtimes": {"a": {"path": "/x", "runtimeArgs": ["--y"]}}, "default-runtime": "a"})")
                             << "";
    QTest::newRow("runtimes no object") << QByteArray(R"({"runtimes": []})") << "runtimes";
    QTest::newRow("runtime by name")
        << QByteArray(R"({"runtimes": {"a": {"path": "crun"}}})") << "absolute";
    QTest::newRow("own name") << QByteArray(R"({"runtimes": {"portlight": {"path": "/x"}}})")
                              << "'portlight'";
    QTest::newRow("unknown default")
        << QByteArray(R"({"default-runtime": "none-such"})") << "default-runtime: unknown";
    QTest::newRow("empty default") << QByteArray(R"({"default-runtime": ""})") << "default-runtime";
    QTest::newRow("very deep") << QByteArray(100'000, '[') << "engine.json";
    QTest::newRow("too long") << QByteArray(2 << 20, ' ') << "engine.json";
}

void TestEngineOptions::config()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, error);
    const std::string path = m_directory->path() + "/engine.json";
    QVERIFY(writeFileDurably(path, text.toStdString()));
    const auto read = readEngineConfig(path);
    QCOMPARE(read.has_value(), error.isEmpty());
    if (!read)
        QVERIFY2(read.error().message.find(error.toStdString()) != std::string::npos,
            read.error().message.c_str());
}

void TestEngineOptions::configThatIsNoFile()
{
    const auto missing = readEngineConfig(m_directory->path() + "/none.json");
    QVERIFY(missing && !missing.value().logLevel);
    QVERIFY(!readEngineConfig(m_directory->path()));
}

void TestEngineOptions::pathsFollowOptions()
{
    EngineOptions options;
    options.dataRoot = "/a/../d/";
    options.stateDir = "/r//x/";
    const auto paths = choosePaths(options, true);
    QVERIFY(paths);
    QCOMPARE(paths.value().dataRoot, std::string("/d"));
    QCOMPARE(paths.value().stateDir, std::string("/r/x"));
    QCOMPARE(paths.value().socket, std::string("/r/x/engine.sock")); // goes with the state
    QCOMPARE(paths.value().configFile, std::string("/etc/portlight/engine.json"));
    options.socket = "relative";
    const auto relative = choosePaths(options, true);
    QVERIFY(relative);
    QCOMPARE(QString::fromStdString(relative.value().socket), QDir::currentPath() + "/relative");
}

void TestEngineOptions::pathsWithoutHome()
{
    const QByteArray home = qgetenv("HOME");
    qunsetenv("HOME");
    qunsetenv("XDG_DATA_HOME");
    const auto refused = choosePaths({}, false);
    EngineOptions named;
    named.dataRoot = m_directory->path() + "/d";
    named.stateDir = m_directory->path() + "/r";
    const auto taken = choosePaths(named, false);
    qputenv("HOME", home);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.find("HOME") != std::string::npos);
    QVERIFY(taken);
    QVERIFY(taken.value().configFile.empty());
    QVERIFY(readEngineConfig(taken.value().configFile)); // none is no error
}

void TestEngineOptions::lockIsExclusive()
{
    {
        const auto first = EngineLock::take(m_directory->path());
        QVERIFY(first);
        const auto second = EngineLock::take(m_directory->path());
        QVERIFY(!second);
        QCOMPARE(second.error().code, Errc::Conflict);
        for (const auto& part : { m_directory->path(), std::to_string(::getpid()) })
            QVERIFY2(second.error().message.find(part) != std::string::npos,
                second.error().message.c_str());
    }
    QVERIFY(EngineLock::take(m_directory->path()));
}

void TestEngineOptions::lockEndsWithItsHolder()
{
    const pid_t child = ::fork();
    if (child == 0) {
        const auto taken = EngineLock::take(m_directory->path());
        ::_exit(taken ? 0 : 1); // without any destructor, as a killed engine ends
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QCOMPARE(status, 0);
    QVERIFY(QFile::exists(QString::fromStdString(m_directory->path() + "/engine.lock")));
    QVERIFY(EngineLock::take(m_directory->path()));
}

void TestEngineOptions::lockRefusesLink()
{
    const std::string victim = m_directory->path() + "/victim";
    QVERIFY(writeFileDurably(victim, "text"));
    QCOMPARE(::symlink(victim.c_str(), (m_directory->path() + "/engine.lock").c_str()), 0);
    QVERIFY(!EngineLock::take(m_directory->path()));
    const auto text = readFile(victim);
    QVERIFY(text);
    QCOMPARE(text.value(), std::string("text"));
    QVERIFY(!EngineLock::take(m_directory->path() + "/none"));
}

QTEST_GUILESS_MAIN(TestEngineOptions)
#include "tst_engine_options.moc"
