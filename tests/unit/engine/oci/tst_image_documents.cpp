#include "engine/oci/descriptor.h"
#include "engine/oci/image_config.h"
#include "engine/oci/manifest.h"
#include "engine/oci/platform.h"

#include <QtTest>

using namespace portlight;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

Json descriptor()
{
    return { { "mediaType", "application/vnd.oci.image.layer.v1.tar" }, { "digest", kDigest },
        { "size", 5 } };
}

Json manifest()
{
    return { { "schemaVersion", 2 }, { "config", descriptor() },
        { "layers", Json::array({ descriptor() }) } };
}

QByteArray bytes(const Json& json)
{
    return QByteArray::fromStdString(dumpJson(json));
}

} // namespace

/// The JSON of images: what is required is there, what is wrong is named.
class TestImageDocuments : public QObject {
    Q_OBJECT
private slots:
    void digests_data();
    void digests();
    void descriptors_data();
    void descriptors();
    void manifests_data();
    void manifests();
    void indexes_data();
    void indexes();
    void configs_data();
    void configs();
    void readsConfig();
    void manifestTextIsReadAgain();
    void platforms_data();
    void platforms();
};

void TestImageDocuments::digests_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isValid");
    const QByteArray hex(64, 'a');
    QTest::newRow("right") << "sha256:" + hex << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("no kind") << hex << false;
    QTest::newRow("kind alone") << QByteArray("sha256:") << false;
    QTest::newRow("short") << "sha256:" + hex.left(63) << false;
    QTest::newRow("long") << "sha256:" + hex + "a" << false;
    QTest::newRow("upper case") << "sha256:" + hex.toUpper() << false;
    QTest::newRow("sha512") << "sha512:" + hex + hex << false;
    QTest::newRow("path") << "sha256:../" + hex.left(61) << false;
    QTest::newRow("NUL") << "sha256:" + hex.left(63) + QByteArray(1, '\0') << false;
    QTest::newRow("line break") << "sha256:" + hex.left(63) + "\n" << false;
}

void TestImageDocuments::digests()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isValid);
    const auto digest = Digest::parse(text.toStdString());
    QCOMPARE(digest.has_value(), isValid);
    if (digest)
        QCOMPARE(digest.value().hex().size(), 64U);
    else
        QCOMPARE(digest.error().code, Errc::InvalidArgument);
}

void TestImageDocuments::descriptors_data()
{
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("refusal"); // empty: taken
    const auto row = [](const char* pointer, const char* value, const char* refusal) {
        QTest::addRow("%s %s", pointer, value)
            << QByteArray(pointer) << QByteArray(value) << QString(refusal);
    };
    row("", "null", "is not an object");
    row("", "[]", "is not an object");
    row("/digest", "null", "is not a sha256 digest");
    row("/digest", "7", "'digest'");
    row("/digest", R"("sha256:../../x")", "'sha256:../../x' is not a sha256 digest");
    row("/size", "null", "has no valid size");
    row("/size", R"("5")", "has no valid size");
    row("/size", "5.5", "has no valid size");
    row("/size", "-1", "has size -1");
    row("/size", "18446744073709551615", "size");
    row("/size", "0", "");
    row("/mediaType", "{}", "'mediaType'");
    row("/mediaType", "null", "");
    row("/annotations", "[]", "'annotations' is not an object of strings");
    row("/annotations", R"({"a":1})", "'a' is not a string");
    row("/annotations", R"({"a":"b"})", "");
    row("/platform", "5", "'platform' is not an object");
    row("/platform", R"({"os":5})", "'os'");
    row("/platform", R"({"os":"linux","architecture":"arm64"})", "");
    row("/unknown", R"({"x":[]})", "");
}

void TestImageDocuments::descriptors()
{
    QFETCH(const QByteArray, pointer);
    QFETCH(const QByteArray, value);
    QFETCH(const QString, refusal);
    Json json = descriptor();
    json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
    const auto parsed = oci::descriptorFromJson(json);
    QCOMPARE(parsed.has_value(), refusal.isEmpty());
    if (parsed) {
        const auto again = oci::descriptorFromJson(oci::descriptorToJson(parsed.value()));
        QVERIFY(again);
        QCOMPARE(again.value().digest.text(), parsed.value().digest.text());
        QCOMPARE(again.value().annotations, parsed.value().annotations);
        QVERIFY(again.value().platform == parsed.value().platform);
        return;
    }
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    const QString message = QString::fromStdString(parsed.error().message);
    QVERIFY2(message.contains(refusal), qPrintable(message));
}

void TestImageDocuments::manifests_data()
{
    QTest::addColumn<QByteArray>("patch"); // RFC 7396
    QTest::addColumn<QString>("refusal");
    const auto row = [](const char* patch, const char* refusal) {
        QTest::newRow(patch) << QByteArray(patch) << QString(refusal);
    };
    row("{}", "");
    row(R"({"layers":[]})", "");
    row(R"({"mediaType":"application/vnd.docker.distribution.manifest.v2+json"})", "");
    row(R"({"schemaVersion":1})", "no schemaVersion 2");
    row(R"({"schemaVersion":null})", "no schemaVersion 2");
    row(R"({"schemaVersion":"2"})", "no schemaVersion 2");
    row(R"({"manifests":[]})", "ambiguous");
    row(R"({"mediaType":"application/vnd.oci.image.index.v1+json"})", "has the media type");
    row(R"({"mediaType":5})", "'mediaType'");
    row(R"({"config":null})", "is not an object");
    row(R"({"config":[]})", "is not an object");
    row(R"({"layers":null})", "'layers' is not a list");
    row(R"({"layers":{}})", "'layers' is not a list");
    row(R"({"layers":[null]})", "is not an object");
    row(R"({"layers":[[]]})", "is not an object");
    row(R"({"annotations":{"a":[]}})", "'a' is not a string");
    row("[]", "is not a JSON object");
    row("7", "is not a JSON object");
}

void TestImageDocuments::manifests()
{
    QFETCH(const QByteArray, patch);
    QFETCH(const QString, refusal);
    Json json = manifest();
    json.merge_patch(Json::parse(patch.toStdString()));
    const auto parsed = oci::manifestFromJson(json);
    QCOMPARE(parsed.has_value(), refusal.isEmpty());
    if (parsed)
        return;
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    const QString message = QString::fromStdString(parsed.error().message);
    QVERIFY2(message.contains(refusal), qPrintable(message));
}

void TestImageDocuments::indexes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("refusal");
    const auto row = [](const char* name, const Json& json, const char* refusal) {
        QTest::newRow(name) << bytes(json) << QString(refusal);
    };
    row("empty", { { "schemaVersion", 2 }, { "manifests", Json::array() } }, "");
    row("one", { { "schemaVersion", 2 }, { "manifests", Json::array({ descriptor() }) } }, "");
    row("no list", { { "schemaVersion", 2 } }, "'manifests' is not a list");
    row("with layers",
        { { "schemaVersion", 2 }, { "manifests", Json::array() }, { "layers", Json::array() } },
        "ambiguous");
    row("with config",
        { { "schemaVersion", 2 }, { "manifests", Json::array() }, { "config", descriptor() } },
        "ambiguous");
    row("a manifest's type",
        { { "schemaVersion", 2 }, { "manifests", Json::array() },
            { "mediaType", "application/vnd.oci.image.manifest.v1+json" } },
        "has the media type");
    row("200000 entries",
        { { "schemaVersion", 2 }, { "manifests", Json(std::size_t(200'000), Json()) } },
        "has 200000 entries");
}

void TestImageDocuments::indexes()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, refusal);
    const auto parsed = oci::indexFromJson(Json::parse(text.toStdString()));
    QCOMPARE(parsed.has_value(), refusal.isEmpty());
    if (parsed)
        return;
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    const QString message = QString::fromStdString(parsed.error().message);
    QVERIFY2(message.contains(refusal), qPrintable(message));
}

void TestImageDocuments::configs_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("refusal");
    const auto row = [](const char* text, const char* refusal) {
        QTest::newRow(text) << QByteArray(text) << QString(refusal);
    };
    row(R"({"rootfs":{"diff_ids":[]}})", "");
    row(R"({"rootfs":{"diff_ids":[]},"config":null,"history":null})", "");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"Env":null,"Cmd":null,"Labels":null}})", "");
    row("{}", "no list 'rootfs.diff_ids'");
    row("[]", "is not a JSON object");
    row(R"({"rootfs":[]})", "no list 'rootfs.diff_ids'");
    row(R"({"rootfs":{"diff_ids":{}}})", "no list 'rootfs.diff_ids'");
    row(R"({"rootfs":{"diff_ids":[5]}})", "diff_ids");
    row(R"({"rootfs":{"diff_ids":["x"]}})", "'x' is not a sha256 digest");
    row(R"({"rootfs":{"diff_ids":[]},"architecture":5})", "'architecture'");
    row(R"({"rootfs":{"diff_ids":[]},"config":[]})", "'config' is not an object");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"Env":"A=b"}})", "'Env'");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"Env":[5]}})", "'Env'");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"User":0}})", "'User'");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"Labels":{"a":1}}})", "'a' is not a string");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"ExposedPorts":["80"]}})", "'ExposedPorts'");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"Healthcheck":5}})", "'Healthcheck'");
    row(R"({"rootfs":{"diff_ids":[]},"config":{"Healthcheck":{"Interval":"5s"}}})", "'Interval'");
    row(R"({"rootfs":{"diff_ids":[]},"history":{}})", "'history' is not a list");
    row(R"({"rootfs":{"diff_ids":[]},"history":[{"empty_layer":"yes"}]})", "'empty_layer'");
}

void TestImageDocuments::configs()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, refusal);
    const auto parsed = oci::imageConfigFromJson(Json::parse(text.toStdString()));
    QCOMPARE(parsed.has_value(), refusal.isEmpty());
    if (parsed)
        return;
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    const QString message = QString::fromStdString(parsed.error().message);
    QVERIFY2(message.contains(refusal), qPrintable(message));
}

void TestImageDocuments::readsConfig()
{
    const Json json = Json::parse(R"({
        "created": "2024-01-02T03:04:05Z", "architecture": "arm64", "variant": "v8", "os": "linux",
        "config": { "User": "1:2", "ExposedPorts": { "80/tcp": {}, "53/udp": {} }, "Env": ["A=b"],
            "Entrypoint": ["/e"], "Cmd": ["c", "d"], "Volumes": { "/v": {} }, "WorkingDir": "/w",
            "Labels": { "l": "m" }, "StopSignal": "SIGINT", "Shell": ["/bin/sh", "-c"],
            "Healthcheck": { "Test": ["CMD", "x"], "Interval": 1000000000, "Retries": 3 } },
        "rootfs": { "type": "layers", "diff_ids": [] },
        "history": [{ "created_by": "a step", "empty_layer": true }] })");
    const auto parsed = oci::imageConfigFromJson(json);
    QVERIFY(parsed);
    const oci::ImageConfig& config = parsed.value();
    QCOMPARE(config.architecture, std::string("arm64"));
    QCOMPARE(config.run.user, std::string("1:2"));
    QCOMPARE(config.run.exposedPorts, (std::vector<std::string> { "53/udp", "80/tcp" }));
    QCOMPARE(config.run.cmd, (std::vector<std::string> { "c", "d" }));
    QCOMPARE(config.run.volumes, std::vector<std::string> { "/v" });
    QVERIFY(config.run.healthcheck.has_value());
    QCOMPARE(config.run.healthcheck->intervalNs, 1'000'000'000);
    QCOMPARE(config.run.healthcheck->retries, 3);
    QCOMPARE(config.history.size(), 1U);
    QVERIFY(config.history[0].isEmptyLayer);
    QVERIFY(config.raw == json["config"]);
}

void TestImageDocuments::manifestTextIsReadAgain()
{
    const auto part = oci::descriptorFromJson(descriptor());
    QVERIFY(part);
    const std::string text = oci::manifestText(part.value(), { part.value(), part.value() });
    QCOMPARE(oci::manifestText(part.value(), { part.value(), part.value() }), text);
    const auto parsed = oci::manifestFromJson(Json::parse(text));
    QVERIFY(parsed);
    QCOMPARE(parsed.value().layers.size(), 2U);
    QVERIFY(oci::isManifestType(parsed.value().mediaType));
}

void TestImageDocuments::platforms_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected"); // empty: refused
    QTest::newRow("both") << "linux/amd64" << "linux/amd64";
    QTest::newRow("variant") << "linux/arm/v7" << "linux/arm/v7";
    QTest::newRow("other name") << "linux/x86_64" << "linux/amd64";
    QTest::newRow("other name too") << "linux/aarch64" << "linux/arm64";
    QTest::newRow("empty") << "" << "";
    QTest::newRow("slash") << "/" << "";
    QTest::newRow("no architecture") << "linux/" << "";
    QTest::newRow("four parts") << "a/b/c/d" << "";
    QTest::newRow("space") << "linux/am d64" << "";
}

void TestImageDocuments::platforms()
{
    QFETCH(const QString, text);
    QFETCH(const QString, expected);
    const auto parsed = oci::parsePlatform(text.toStdString());
    QCOMPARE(parsed.has_value(), !expected.isEmpty());
    if (!parsed)
        QCOMPARE(parsed.error().code, Errc::InvalidArgument);
    else
        QCOMPARE(QString::fromStdString(oci::platformText(parsed.value())), expected);
}

QTEST_GUILESS_MAIN(TestImageDocuments)
#include "tst_image_documents.moc"
