#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;

/// The main job on real input: an archive that tools which are not ours made goes in, runs, serves,
/// and comes out as the same image.
class TestNginxArchive : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void importedServedExported_data() { addRunAsRows(); }
    void importedServedExported();

private:
    std::string m_archive;
};

void TestNginxArchive::initTestCase()
{
    const auto archive = nginxArchive();
    if (!archive)
        PL_MUST_RUN_SKIP(archive.error().message.c_str());
    m_archive = archive.value();
}

void TestNginxArchive::importedServedExported()
{
    QFETCH(const RunAs, runAs);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    const auto expectedId = imageIdBySkopeo("docker-archive:" + m_archive);
    PL_VERIFY(expectedId);

    const auto loaded = loadArchive(api, m_archive);
    PL_VERIFY(loaded);
    const auto inspected = api.get("/images/nginx:portlight-test/json");
    PL_STATUS(inspected, 200);
    const Json image = inspected.json();
    QCOMPARE(jsonString(image, "Id").value(), expectedId.value());

    const auto id = createContainer(api, "nginx:portlight-test", {});
    PL_VERIFY(id);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    const Json details = api.get("/containers/" + id.value() + "/json").json();
    const auto pid = jsonInt(jsonMember(details, "State"), "Pid");
    PL_VERIFY(pid);
    const Ran page = runInNetworkOf(static_cast<pid_t>(pid.value()),
        { PORTLIGHT_BUILD_DIR "/tests/test_payload", "fetch", "80", "/" });
    QVERIFY2(page.exitCode == 0, page.err.constData());
    QVERIFY2(page.out.startsWith("HTTP/1.1 200"), page.out.constData());
    QVERIFY2(page.out.endsWith("\r\n\r\nPortlight serves this page\n"), page.out.constData());

    PL_STATUS(api.post("/containers/" + id.value() + "/stop?t=20"), 204);
    const auto code = waitForExit(api, id.value());
    PL_VERIFY(code);
    QCOMPARE(code.value(), 0); // SIGQUIT, the image's stop signal, lets nginx end by itself

    const QTemporaryDir directory;
    const std::string saved = directory.filePath("saved.tar").toStdString();
    PL_STATUS(api.download("/images/get?names=nginx:portlight-test", saved), 200);
    const auto dockerId = imageIdBySkopeo("docker-archive:" + saved);
    PL_VERIFY(dockerId);
    QCOMPARE(dockerId.value(), expectedId.value());
    const auto removed = removeContainer(api, id.value());
    PL_VERIFY(removed);
}

QTEST_GUILESS_MAIN(TestNginxArchive)
#include "tst_nginx_archive.moc"
