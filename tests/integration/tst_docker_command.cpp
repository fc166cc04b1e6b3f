#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace portlight;
using namespace portlight::test;

namespace {

QString linesTo(int count)
{
    QString text;
    for (int line = 1; line <= count; ++line)
        text += QString("line %1\n").arg(line);
    return text;
}

/// The moment @p laterMs from now as docker's --since and --until take it.
QString timestamp(int laterMs = 0)
{
    return QDateTime::currentDateTimeUtc().addMSecs(laterMs).toString(Qt::ISODateWithMs);
}

} // namespace

/// The real docker command against the engine: output and exit codes as against Docker itself.
/// One engine per row of rights; every function leaves it without containers.
class TestDockerCommand : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { m_engine.reset(); }
    void version();
    void loadListsTheImage();
    void foreground_data();
    void foreground();
    void standardInputReachesIt();
    void detachedLife();
    void logsFollow();
    void saveRemoveLoad();
    void eventsTellTheStory();
    void statsOnce();
    void wrongInput_data();
    void wrongInput();

private:
    Ran docker(const QStringList& words, const QByteArray& input = {}) const;

    std::unique_ptr<QTemporaryDir> m_files;
    std::unique_ptr<EngineProcess> m_engine;
    RunAs m_runAs = RunAs::Current;
    std::string m_imageId;
};

#define DOCKER_OK(call)                                                                            \
    do {                                                                                           \
        const Ran ended = (call);                                                                  \
        QVERIFY2(ended.exitCode == 0, ended.err.constData());                                      \
    } while (false)

void TestDockerCommand::initTestCase()
{
    if (QStandardPaths::findExecutable("docker").isEmpty())
        QSKIP("the docker command is not installed");
}

void TestDockerCommand::init()
{
    QFETCH_GLOBAL(const RunAs, runAs);
    if (m_engine && m_runAs == runAs)
        return;
    m_engine.reset();
    m_files = std::make_unique<QTemporaryDir>();
    QVERIFY(m_files->isValid());
    auto started = EngineProcess::start({ runAs });
    if (!started && started.error().code == Errc::Forbidden)
        PL_MUST_RUN_SKIP(started.error().message.c_str());
    PL_VERIFY(started);
    m_engine = std::move(started).value();
    m_runAs = runAs;
    // The command runs as the same user, and reads and writes files here.
    QVERIFY(::chown(qPrintable(m_files->path()), m_engine->user().uid, m_engine->user().gid) == 0);
    const auto image = TestImage::payload("payload:test");
    PL_VERIFY(image);
    m_imageId = image.value().id();
    const auto written =
        writeArchive(m_files->filePath("payload.tar").toStdString(), image.value().dockerFiles());
    PL_VERIFY(written);
    DOCKER_OK(docker({ "load", "-i", m_files->filePath("payload.tar") }));
}

void TestDockerCommand::cleanup()
{
    if (!m_engine)
        return;
    const Ran all = docker({ "ps", "-aq" });
    for (const auto& id : all.out.split('\n'))
        if (!id.isEmpty())
            DOCKER_OK(docker({ "rm", "-f", id }));
}

Ran TestDockerCommand::docker(const QStringList& words, const QByteArray& input) const
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("DOCKER_HOST", "unix://" + QString::fromStdString(m_engine->socket()));
    environment.insert("DOCKER_CONFIG", m_files->filePath("config"));
    environment.insert("DOCKER_CLI_HINTS", "false");
    return runProgram(QStringList("docker") + words,
        { .input = input, .environment = environment, .user = m_engine->user() });
}

void TestDockerCommand::version()
{
    const Ran ran = docker({ "version", "--format", "{{.Server.APIVersion}} {{.Server.Os}}" });
    DOCKER_OK(ran);
    QVERIFY2(QRegularExpression("^1\\.\\d+ linux\n$").match(ran.out).hasMatch(), ran.out);
    const Ran plain = docker({ "version" });
    DOCKER_OK(plain);
    QVERIFY2(plain.out.contains("Server"), plain.out);
    const Ran info = docker({ "info", "--format", "{{.OSType}} {{.ContainersRunning}}" });
    DOCKER_OK(info);
    QCOMPARE(info.out, QByteArray("linux 0\n"));
}

void TestDockerCommand::loadListsTheImage()
{
    const Ran loaded = docker({ "load", "-i", m_files->filePath("payload.tar") });
    DOCKER_OK(loaded);
    QCOMPARE(loaded.out, QByteArray("Loaded image: payload:test\n"));
    const Ran images =
        docker({ "images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}" });
    DOCKER_OK(images);
    QCOMPARE(
        QString(images.out), QString("payload:test %1\n").arg(QString::fromStdString(m_imageId)));
    const Ran inspected = docker({ "image", "inspect", "-f",
        "{{.Config.WorkingDir}} {{len .RootFS.Layers}} {{index .Config.Labels \"made-by\"}}",
        "payload:test" });
    DOCKER_OK(inspected);
    QCOMPARE(inspected.out, QByteArray("/work 1 tests\n"));
}

void TestDockerCommand::foreground_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("out");
    QTest::addColumn<QByteArray>("err");
    const QByteArray none;
    QTest::newRow("prints") << QStringList { "run", "--rm", "payload:test", "print", "hello" } << 0
                            << QByteArray("hello\n") << none;
    QTest::newRow("streams apart")
        << QStringList { "run", "--rm", "payload:test", "lines", "4", "0", "err" } << 0
        << QByteArray("line 1\nline 3\n") << QByteArray("line 2\nline 4\n");
    QTest::newRow("exit code") << QStringList { "run", "--rm", "payload:test", "exit", "42" } << 42
                               << none << none;
    QTest::newRow("environment") << QStringList { "run", "--rm", "-e", "GIVEN=here", "--entrypoint",
        "/payload", "--hostname", "box", "payload:test", "names" }
                                 << 0 << QByteArray("box\n/work\n") << none;
    QTest::newRow("working directory")
        << QStringList { "run", "--rm", "-w", "/tmp", "-h", "h", "payload:test", "names" } << 0
        << QByteArray("h\n/tmp\n") << none;
    QTest::newRow("user") << QStringList { "run", "--rm", "-u", "www", "payload:test", "id" } << 0
                          << QByteArray("33 33: 33 44\n") << none;
    QTest::newRow("mount refused") << QStringList { "run", "--rm", "payload:test", "can", "mount" }
                                   << 1 << QByteArray("mount: Operation not permitted\n") << none;
}

void TestDockerCommand::foreground()
{
    QFETCH(const QStringList, words);
    const Ran ran = docker(words);
    QTEST(ran.exitCode, "exitCode");
    QTEST(ran.out, "out");
    QTEST(ran.err, "err");
    QCOMPARE(docker({ "ps", "-aq" }).out, QByteArray());
}

void TestDockerCommand::standardInputReachesIt()
{
    const QByteArray input = QByteArray(300'000, 'x') + "\nend\n";
    const Ran ran = docker({ "run", "--rm", "-i", "payload:test", "cat" }, input);
    DOCKER_OK(ran);
    QVERIFY2(ran.out == input, "what came out is not what went in");
}

void TestDockerCommand::detachedLife()
{
    const Ran run = docker({ "run", "-d", "--name", "life", "payload:test", "trap", "5" });
    DOCKER_OK(run);
    QVERIFY2(QRegularExpression("^[0-9a-f]{64}\n$").match(run.out).hasMatch(), run.out);
    const Ran listed =
        docker({ "ps", "--no-trunc", "--format", "{{.ID}} {{.Image}} {{.Names}} {{.State}}" });
    QCOMPARE(QString(listed.out), QString(run.out.trimmed()) + " payload:test life running\n");
    QTRY_COMPARE(docker({ "logs", "life" }).out, QByteArray("ready\n"));
    QCOMPARE(docker({ "stop", "-t", "20", "life" }).out, QByteArray("life\n"));
    QCOMPARE(docker({ "wait", "life" }).out, QByteArray("5\n"));
    const Ran gone = docker({ "ps", "-a", "--format", "{{.Names}} {{.Status}}" });
    QVERIFY2(gone.out.startsWith("life Exited (5) "), gone.out);
    QCOMPARE(docker({ "ps", "-q" }).out, QByteArray());
    QCOMPARE(docker({ "logs", "life" }).out, QByteArray("ready\nterminated\n"));
    DOCKER_OK(docker({ "start", "life" }));
    DOCKER_OK(docker({ "kill", "life" }));
    QCOMPARE(docker({ "wait", "life" }).out, QByteArray("137\n"));
    QCOMPARE(docker({ "rm", "life" }).out, QByteArray("life\n"));
    QCOMPARE(docker({ "ps", "-aq" }).out, QByteArray());
}

void TestDockerCommand::logsFollow()
{
    DOCKER_OK(docker({ "run", "-d", "--name", "writer", "payload:test", "lines", "500", "1000" }));
    const Ran followed = docker({ "logs", "-f", "writer" });
    DOCKER_OK(followed);
    QCOMPARE(QString(followed.out), linesTo(500));
    QCOMPARE(docker({ "logs", "--tail", "2", "writer" }).out, QByteArray("line 499\nline 500\n"));
    const Ran stamped = docker({ "logs", "--tail", "1", "-t", "writer" });
    QVERIFY2(QRegularExpression("^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z line 500\n$")
                 .match(stamped.out)
                 .hasMatch(),
        stamped.out);
}

void TestDockerCommand::saveRemoveLoad()
{
    const QString saved = m_files->filePath("saved.tar");
    DOCKER_OK(docker({ "save", "-o", saved, "payload:test" }));
    const auto id = imageIdBySkopeo("docker-archive:" + saved.toStdString());
    PL_VERIFY(id);
    QCOMPARE(id.value(), m_imageId);
    const Ran removed = docker({ "rmi", "payload:test" });
    DOCKER_OK(removed);
    QVERIFY2(removed.out.contains("Untagged: payload:test\n")
            && removed.out.contains("Deleted: " + QByteArray::fromStdString(m_imageId)),
        removed.out);
    QCOMPARE(docker({ "images", "-q" }).out, QByteArray());
    const Ran loaded = docker({ "load", "-i", saved });
    DOCKER_OK(loaded);
    QCOMPARE(loaded.out, QByteArray("Loaded image: payload:test\n"));
    const Ran ran = docker({ "run", "--rm", "payload:test", "print", "again" });
    QCOMPARE(ran.out, QByteArray("again\n"));
}

void TestDockerCommand::eventsTellTheStory()
{
    const QString since = timestamp();
    QCOMPARE(docker({ "run", "--name", "told", "payload:test", "exit", "3" }).exitCode, 3);
    DOCKER_OK(docker({ "rm", "told" }));
    const Ran events = docker({ "events", "--since", since, "--until", timestamp(1), "--filter",
        "container=told", "--format",
        "{{.Action}}{{if eq .Action \"die\"}} {{.Actor.Attributes.exitCode}}{{end}}" });
    DOCKER_OK(events);
    QByteArrayList told = events.out.trimmed().split('\n');
    told.removeAll("attach");
    QCOMPARE(told, (QByteArrayList { "create", "start", "die 3", "destroy" }));
}

void TestDockerCommand::statsOnce()
{
    DOCKER_OK(docker({ "run", "-d", "--name", "eater", "payload:test", "memory", "20" }));
    QTRY_COMPARE(docker({ "logs", "eater" }).out, QByteArray("holding 20\n"));
    const Ran stats = docker({ "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}" });
    DOCKER_OK(stats);
    const auto match = QRegularExpression("^eater ([0-9.]+)MiB / ").match(stats.out);
    QVERIFY2(match.hasMatch(), stats.out);
    const double mebibytes = match.captured(1).toDouble();
    QVERIFY2(mebibytes >= 20 && mebibytes < 40, stats.out);
}

void TestDockerCommand::wrongInput_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("error");
    QTest::newRow("unknown image") << QStringList { "run", "--rm", "--pull", "never", "none:such" }
                                   << 125 << "No such image: none:such";
    QTest::newRow("unknown container")
        << QStringList { "stop", "none" } << 1 << "No such container: none";
    QTest::newRow("logs of none") << QStringList { "logs", "none" } << 1
                                  << "No such container: none";
    QTest::newRow("rm of none") << QStringList { "rm", "none" } << 1 << "No such container: none";
    QTest::newRow("rmi of none") << QStringList { "rmi", "none:such" } << 1
                                 << "No such image: none:such";
    QTest::newRow("inspect of none")
        << QStringList { "inspect", "nobody" } << 1 << "No such object: nobody";
    QTest::newRow("name in use") << QStringList { "run", "-d", "--name", "held", "payload:test" }
                                 << 125 << "is already in use by container";
    QTest::newRow("running rm") << QStringList { "rm", "held" } << 1 << "container is running";
    QTest::newRow("image in use") << QStringList { "rmi", "payload:test" } << 1
                                  << "is using its referenced image|is being used by";
    QTest::newRow("unknown program") << QStringList { "run", "--rm", "--entrypoint", "/none",
        "payload:test" } << 127 << "/none|no such file or directory";
    QTest::newRow("no program") << QStringList { "run", "--rm", "--entrypoint", "/etc",
        "payload:test" } << 126 << "permission denied|is a directory";
    QTest::newRow("no archive") << QStringList { "load", "-i", "/proc/self/status" } << 1 << ".";
    QTest::newRow("unknown user") << QStringList { "run", "--rm", "-u", "nobody-here",
        "payload:test" } << 125 << "nobody-here";
    QTest::newRow("memory too small") << QStringList { "run", "--rm", "-m", "1m", "payload:test" }
                                      << 125 << "[Mm]inimum memory limit";
}

void TestDockerCommand::wrongInput()
{
    QFETCH(const QStringList, words);
    QFETCH(const QString, error);
    DOCKER_OK(docker({ "run", "-d", "--name", "held", "payload:test" }));
    const Ran ran = docker(words);
    QTEST(ran.exitCode, "exitCode");
    QVERIFY2(QRegularExpression(error).match(ran.err).hasMatch(), ran.err);
    QCOMPARE(docker({ "ps", "-a", "--format", "{{.Names}} {{.State}}" }).out,
        QByteArray("held running\n"));
    QCOMPARE(docker({ "images", "-q" }).out.count('\n'), 1);
}

QTEST_GUILESS_MAIN(TestDockerCommand)
#include "tst_docker_command.moc"
