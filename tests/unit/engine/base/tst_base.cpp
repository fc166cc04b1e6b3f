#include "engine/base/digest.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace portlight;

class TestBase : public QObject {
    Q_OBJECT
private slots:
    void digestRefusesWhatIsNone_data();
    void digestRefusesWhatIsNone();
    void digestOfKnownBytes();
    void jsonRefusesBadText_data();
    void jsonRefusesBadText();
    void openInRootCannotLeave();
    void openBeneathRefusesLinks();
    void removeTreeLeavesLinkTargets();
    void durableWriteReplaces();
    void startTimeOfThisProcess();
    void idsAreHex();
};

void TestBase::digestRefusesWhatIsNone_data()
{
    QTest::addColumn<QString>("text");
    const QString good = "sha256:" + QString(64, 'a');
    QTest::newRow("empty") << QString();
    QTest::newRow("path") << QString("sha256:../../x");
    QTest::newRow("short") << good.chopped(1);
    QTest::newRow("long") << good + "a";
    QTest::newRow("upper case") << "sha256:" + QString(64, 'A');
    QTest::newRow("sha1") << "sha1:" + QString(40, 'a');
    QTest::newRow("no algorithm") << QString(64, 'a');
}

void TestBase::digestRefusesWhatIsNone()
{
    QFETCH(const QString, text);
    const auto digest = Digest::parse(text.toStdString());
    QVERIFY(!digest);
    QCOMPARE(digest.error().code, Errc::InvalidArgument);
}

void TestBase::digestOfKnownBytes()
{
    QCOMPARE(QString::fromStdString(Digest::of("abc").text()),
        QString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    Hasher hasher;
    hasher.update("a", 1);
    hasher.update("bc", 2);
    QVERIFY(hasher.finish() == Digest::of("abc"));
}

void TestBase::jsonRefusesBadText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut") << QByteArray("{\"a\":");
    QTest::newRow("rubbish") << QByteArray("<html>");
    QTest::newRow("deep") << QByteArray(100000, '[') + QByteArray(100000, ']');
    QTest::newRow("invalid utf-8") << QByteArray("\"\xff\xfe\"");
}

void TestBase::jsonRefusesBadText()
{
    QFETCH(const QByteArray, text);
    const auto value = parseJson(text.toStdString());
    QVERIFY(!value);
    QCOMPARE(value.error().code, Errc::InvalidArgument);
}

void TestBase::openInRootCannotLeave()
{
    auto dir = TempDir::create("/tmp", "pl-test-");
    QVERIFY(dir);
    const std::string path = dir.value().path();
    QCOMPARE(::symlink("/etc/passwd", (path + "/absolute").c_str()), 0);
    QCOMPARE(::symlink("../../../../etc/passwd", (path + "/relative").c_str()), 0);
    const auto root = openFile(path, O_PATH | O_DIRECTORY);
    QVERIFY(root);
    for (const char* name : { "absolute", "relative", "/etc/passwd", "../../etc/passwd" }) {
        const auto opened = openInRoot(root.value(), name, O_RDONLY);
        QVERIFY2(!opened, name);
        QCOMPARE(opened.error().code, Errc::NotFound);
    }
}

void TestBase::openBeneathRefusesLinks()
{
    auto dir = TempDir::create("/tmp", "pl-test-");
    QVERIFY(dir);
    const std::string path = dir.value().path();
    QVERIFY(writeFileDurably(path + "/file", "x"));
    QCOMPARE(::symlink("file", (path + "/link").c_str()), 0);
    const auto root = openFile(path, O_PATH | O_DIRECTORY);
    QVERIFY(root);
    QVERIFY(openBeneath(root.value(), "file", O_RDONLY));
    QVERIFY(!openBeneath(root.value(), "link", O_RDONLY));
    QVERIFY(!openBeneath(root.value(), "../" + path.substr(5) + "/file", O_RDONLY));
}

void TestBase::removeTreeLeavesLinkTargets()
{
    auto outer = TempDir::create("/tmp", "pl-test-");
    QVERIFY(outer);
    const std::string path = outer.value().path();
    QVERIFY(makeDirs(path + "/victim/deep"));
    QVERIFY(makeDirs(path + "/tree/sub"));
    QCOMPARE(::symlink("../victim", (path + "/tree/link").c_str()), 0);
    QVERIFY(removeTree(path + "/tree"));
    QVERIFY(::access((path + "/tree").c_str(), F_OK) != 0);
    QCOMPARE(::access((path + "/victim/deep").c_str(), F_OK), 0);
    QVERIFY(removeTree(path + "/never-was"));
}

void TestBase::durableWriteReplaces()
{
    auto dir = TempDir::create("/tmp", "pl-test-");
    QVERIFY(dir);
    const std::string file = dir.value().path() + "/f";
    QVERIFY(writeFileDurably(file, "old"));
    QVERIFY(writeFileDurably(file, "new"));
    QCOMPARE(QByteArray::fromStdString(readFile(file).value()), QByteArray("new"));
    QVERIFY(!writeFileDurably(dir.value().path() + "/absent/f", "x"));
    QVERIFY(!readFile(file, 2));
}

void TestBase::startTimeOfThisProcess()
{
    const auto mine = processStartTime(::getpid());
    QVERIFY(mine);
    QVERIFY(mine.value() > processStartTime(1).value());
    QVERIFY(!processStartTime(-1));
}

void TestBase::idsAreHex()
{
    const std::string id = newId();
    QCOMPARE(id.size(), std::size_t(64));
    QVERIFY(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    QVERIFY(id != newId());
    QCOMPARE(QString::fromStdString(std::string(shortId("sha256:0123456789abcdef"))),
        QString("0123456789ab"));
}

QTEST_APPLESS_MAIN(TestBase)
#include "tst_base.moc"
