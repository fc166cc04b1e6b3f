#include "engine/oci/reference.h"

#include <QtTest>

using namespace portlight;

/// Image names, read as Docker reads them (distribution-spec spec.md; docker's familiar names).
class TestReference : public QObject {
    Q_OBJECT
private slots:
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void withTag();
};

void TestReference::parses_data()
{
    const QString digest = "sha256:" + QString(64, 'a');
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("normalized");
    QTest::addColumn<QString>("familiar");
    const auto row = [](const QString& text, const QString& normalized, const QString& familiar) {
        QTest::newRow(qPrintable(text.left(60))) << text << normalized << familiar;
    };
    row("nginx", "docker.io/library/nginx:latest", "nginx:latest");
    row("nginx:1.25", "docker.io/library/nginx:1.25", "nginx:1.25");
    row("library/nginx", "docker.io/library/nginx:latest", "nginx:latest");
    row("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest");
    row("index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest");
    row("team/shop", "docker.io/team/shop:latest", "team/shop:latest");
    row("library/team/shop", "docker.io/library/team/shop:latest", "library/team/shop:latest");
    row("localhost/shop", "localhost/shop:latest", "localhost/shop:latest");
    row("localhost:5000/shop:2", "localhost:5000/shop:2", "localhost:5000/shop:2");
    row("Registry/shop", "Registry/shop:latest", "Registry/shop:latest");
    row("registry.example/a/b/c:x", "registry.example/a/b/c:x", "registry.example/a/b/c:x");
    row("[::1]:5000/shop", "[::1]:5000/shop:latest", "[::1]:5000/shop:latest");
    row("nginx@" + digest, "docker.io/library/nginx@" + digest, "nginx@" + digest);
    row("nginx:1@" + digest, "docker.io/library/nginx:1@" + digest, "nginx:1@" + digest);
    row("x/a__b-c---d.e", "docker.io/x/a__b-c---d.e:latest", "x/a__b-c---d.e:latest");
    row("x:" + QString(128, 't'), "docker.io/library/x:" + QString(128, 't'),
        "x:" + QString(128, 't'));
    row("x:_under", "docker.io/library/x:_under", "x:_under");
}

void TestReference::parses()
{
    QFETCH(const QString, text);
    QFETCH(const QString, normalized);
    QFETCH(const QString, familiar);
    const auto parsed = oci::Reference::parse(text.toStdString());
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    QCOMPARE(QString::fromStdString(parsed.value().normalized()), normalized);
    QCOMPARE(QString::fromStdString(parsed.value().familiar()), familiar);
    // Both forms mean the same image again.
    for (const QString& again : { normalized, familiar }) {
        const auto second = oci::Reference::parse(again.toStdString());
        QVERIFY2(second, qPrintable(again));
        QCOMPARE(QString::fromStdString(second.value().normalized()), normalized);
    }
}

void TestReference::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char* name, const QByteArray& text) { QTest::newRow(name) << text; };
    row("empty", "");
    row("tag alone", ":tag");
    row("digest alone", "@sha256:" + QByteArray(64, 'a'));
    row("no tag after the colon", "nginx:");
    row("tag with a slash after it", "nginx:1/x:");
    row("tag that begins with a dash", "nginx:-1");
    row("tag of 129 characters", "x:" + QByteArray(129, 't'));
    row("upper case", "Nginx");
    row("upper case below a domain", "registry.example/Shop");
    row("short digest", "nginx@sha256:abcd");
    row("other digest", "nginx@md5:" + QByteArray(32, 'a'));
    row("upper case digest", "nginx@sha256:" + QByteArray(64, 'A'));
    row("two digests", "nginx@sha256:" + QByteArray(64, 'a') + "@sha256:" + QByteArray(64, 'b'));
    row("parent", "../etc");
    row("parent inside", "a/../b");
    row("absolute", "/etc/passwd");
    row("two slashes", "a//b");
    row("slash at the end", "a/");
    row("dash at the start", "-a");
    row("dot at the end", "a.");
    row("three underscores", "a___b");
    row("two dots", "a..b");
    row("space", "a b");
    row("line break", "a\nb");
    row("NUL", QByteArray("a\0b", 3));
    row("not ASCII", "caf\xc3\xa9");
    row("port that is no number", "host.example:port/shop");
    row("address that is none", "[::g]:5000/shop");
    row("256 characters", QByteArray(256, 'a'));
    row("a megabyte", QByteArray(1 << 20, 'a'));
    row("a megabyte of slashes", QByteArray(1 << 20, '/'));
}

void TestReference::refuses()
{
    QFETCH(const QByteArray, text);
    const auto parsed = oci::Reference::parse(text.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    QVERIFY(parsed.error().message.starts_with("invalid reference format"));
    QVERIFY(parsed.error().message.size() < 500);
}

void TestReference::withTag()
{
    const auto parsed = oci::Reference::parse("team/shop@sha256:" + std::string(64, 'a'));
    QVERIFY(parsed);
    QCOMPARE(parsed.value().withTag("v2").normalized(), std::string("docker.io/team/shop:v2"));
}

QTEST_GUILESS_MAIN(TestReference)
#include "tst_reference.moc"
