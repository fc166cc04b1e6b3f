#include "engine/base/syscalls.h"
#include "engine/image/layer_unpacker.h"
#include "tests/support/image_store_run.h"
#include "tests/support/raw_tar.h"
#include "tests/support/user_namespace.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <filesystem>
#include <functional>

using namespace portlight;
using namespace portlight::test;

using namespace std::string_literals;

namespace {

using Entries = std::vector<RawEntry>;

/// What stands where in an unpacked layer: "d etc", "f etc/x", "l a -> b", "c null 1:3", "w gone"
/// (a whiteout), sorted.
std::string listing(const std::string& directory)
{
    std::vector<std::string> lines;
    std::error_code ignored;
    for (const auto& item : std::filesystem::recursive_directory_iterator(directory, ignored)) {
        const std::string path = item.path().string();
        const std::string name = path.substr(directory.size() + 1);
        struct stat info {};
        ::lstat(path.c_str(), &info);
        const auto device =
            std::to_string(major(info.st_rdev)) + ":" + std::to_string(minor(info.st_rdev));
        switch (info.st_mode & S_IFMT) {
        case S_IFDIR:
            lines.push_back("d " + name);
            break;
        case S_IFLNK:
            lines.push_back("l " + name + " -> "
                + std::filesystem::read_symlink(item.path(), ignored).string());
            break;
        case S_IFCHR:
            lines.push_back(info.st_rdev == 0 ? "w " + name : "c " + name + " " + device);
            break;
        case S_IFBLK:
            lines.push_back("b " + name + " " + device);
            break;
        case S_IFIFO:
            lines.push_back("p " + name);
            break;
        default:
            lines.push_back("f " + name);
        }
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : ", ") + line;
    return text;
}

struct Case {
    const char* name;
    std::function<Entries(const std::string& outside)> entries;
    const char* refusal; ///< part of the error's message; null where it is taken
    const char* listing; ///< of what is taken, as root
    const char* userListing = nullptr; ///< in a user namespace, where it differs
};

const std::string kUp = ImageStoreRun::upToOutside();

std::string deepName(std::size_t levels)
{
    std::string name;
    for (std::size_t level = 0; level < levels; ++level)
        name += "d/";
    return name + "f";
}

std::function<Entries(const std::string&)> always(Entries entries)
{
    return [entries = std::move(entries)](const std::string&) { return entries; };
}

const std::vector<Case>& cases()
{
    static const std::vector<Case> all {
        { "name climbs", always({ { .name = kUp + "/evil" } }), "climbs out of the archive", "" },
        { "name climbs from inside", always({ { .name = "a/../../evil" } }),
            "climbs out of the archive", "" },
        { "dot dot alone", always({ { .name = "..", .type = '5' } }), "climbs out", "" },
        { "slashes and dots", always({ { .name = "//.//./a//./b" } }), nullptr, "d a, f a/b" },
        { "no name", always({ { .name = "" } }), "no usable name", "" },
        { "root becomes a file", always({ { .name = "./", .type = '0' }, { .name = "/." } }),
            "root directory", "" },
        { "symlink up, then through it",
            always({ { .name = "l", .type = '2', .link = kUp }, { .name = "l/canary" } }),
            "entry 'l/canary': open its directory", "" },
        { "absolute symlink, then through it",
            [](const std::string& outside) {
                return Entries { { .name = "l", .type = '2', .link = outside },
                    { .name = "l/canary", .content = "changed" } };
            },
            "entry 'l/canary': open its directory", "" },
        { "symlink to /proc/self/root",
            always({ { .name = "l", .type = '2', .link = "/proc/self/root" },
                { .name = "l/tmp/evil" } }),
            "entry 'l/tmp/evil': open its directory", "" },
        { "symlink that stays inside",
            always({ { .name = "usr/lib/", .type = '5' },
                { .name = "lib", .type = '2', .link = "../../usr/lib" }, { .name = "lib/x" } }),
            nullptr, "d usr, d usr/lib, f usr/lib/x, l lib -> ../../usr/lib" },
        { "symlink itself is replaced, not followed",
            [](const std::string& outside) {
                return Entries { { .name = "l", .type = '2', .link = outside + "/canary" },
                    { .name = "l", .content = "changed" } };
            },
            nullptr, "f l" },
        { "directory over a symlink",
            [](const std::string& outside) {
                return Entries { { .name = "l", .type = '2', .link = outside },
                    { .name = "l/", .type = '5', .mode = 0777 }, { .name = "l/evil" } };
            },
            nullptr, "d l, f l/evil" },
        { "parent becomes a symlink between two files",
            [](const std::string& outside) {
                return Entries { { .name = "d/", .type = '5' }, { .name = "d/a" },
                    { .name = "d", .type = '2', .link = outside }, { .name = "d/evil" } };
            },
            "entry 'd/evil': open its directory", "" },
        { "chain of symlinks",
            always({ { .name = "a", .type = '2', .link = "b" },
                { .name = "b", .type = '2', .link = "c" },
                { .name = "c", .type = '2', .link = kUp }, { .name = "a/evil" } }),
            "entry 'a/evil': open its directory", "" },
        { "circle of symlinks",
            always({ { .name = "a", .type = '2', .link = "b" },
                { .name = "b", .type = '2', .link = "a" }, { .name = "a/x" } }),
            "entry 'a/x': open its directory", "" },
        { "symlink to nothing", always({ { .name = "l", .type = '2' } }), "without a target", "" },
        { "hard link climbs", always({ { .name = "h", .type = '1', .link = kUp + "/canary" } }),
            "climbs out", "" },
        { "absolute hard link",
            [](const std::string& outside) {
                return Entries { { .name = "h", .type = '1', .link = outside + "/canary" } };
            },
            "which is not in this layer", "" },
        { "hard link through a symlink",
            always({ { .name = "l", .type = '2', .link = kUp },
                { .name = "h", .type = '1', .link = "l/canary" } }),
            "which is not in this layer", "" },
        { "hard link to a symlink, then written",
            always({ { .name = "l", .type = '2', .link = kUp + "/canary" },
                { .name = "h", .type = '1', .link = "l" }, { .name = "h", .content = "changed" } }),
            nullptr, "f h, l l -> ../../../../outside/canary" },
        { "hard link to a directory",
            always({ { .name = "d/", .type = '5' }, { .name = "h", .type = '1', .link = "d" } }),
            "hard link to the directory", "" },
        { "hard link to itself",
            always({ { .name = "h" }, { .name = "h", .type = '1', .link = "h" } }), nullptr,
            "f h" },
        { "hard link to what comes later",
            always({ { .name = "h", .type = '1', .link = "late" }, { .name = "late" } }),
            "which is not in this layer", "" },
        { "one name, five kinds",
            always({ { .name = "x" }, { .name = "x/", .type = '5' }, { .name = "x/y" },
                { .name = "x", .type = '2', .link = "z" }, { .name = "x", .type = '6' },
                { .name = "x", .content = "last" } }),
            nullptr, "f x" },
        { "file, then below it", always({ { .name = "x" }, { .name = "x/y" } }),
            "entry 'x/y': open its directory", "" },
        { "device nodes",
            always({ { .name = "null", .type = '3', .deviceMajor = 1, .deviceMinor = 3 },
                { .name = "disk", .type = '4', .deviceMajor = 8 }, { .name = "f" } }),
            nullptr, "b disk 8:0, c null 1:3, f f", "f f" },
        { "forged whiteout", always({ { .name = "x", .type = '3' } }),
            "which overlayfs takes for a whiteout", "" },
        { "unknown kind", always({ { .name = "x", .type = 'Q', .content = "?" } }), nullptr,
            "f x" },
        { "whiteout of nothing", always({ { .name = "d/.wh." } }), "is a whiteout of ''", "" },
        { "whiteout of .", always({ { .name = ".wh.." } }), "is a whiteout of '.'", "" },
        { "whiteout of ..", always({ { .name = "d/.wh..." } }), "is a whiteout of '..'", "" },
        { "whiteout that climbs", always({ { .name = "../.wh.canary" } }), "climbs out", "" },
        { "whiteout through a symlink",
            always({ { .name = "l", .type = '2', .link = kUp }, { .name = "l/.wh.canary" } }),
            "entry 'l/canary': open its directory", "" },
        { "opaque through a symlink",
            always({ { .name = "l", .type = '2', .link = kUp }, { .name = "l/.wh..wh..opq" } }),
            "entry 'l': open directory", "" },
        { "whiteouts",
            always({ { .name = "d/.wh.gone" }, { .name = ".wh.also" }, { .name = ".wh.back" },
                { .name = "back" }, { .name = ".wh..wh.plnk" }, { .name = ".wh.dir.wh." } }),
            nullptr, "d d, f back, w also, w d/gone, w dir.wh." },
        { "component of 256 bytes", always({ { .name = std::string(256, 'n') } }), "too long", "" },
        { "name of 4096 bytes", always({ { .name = deepName(2048) } }), "too long", "" },
        { "257 levels", always({ { .name = deepName(257) } }), "too long", "" },
        { "link target of 5000 bytes",
            always({ { .name = "l", .type = '2', .link = std::string(5000, 't') } }),
            "entry 'l': make symbolic link", "" },
        { "control characters in the name", always({ { .name = "a\nb\x1b[31m/../x" } }),
            "a\\x0ab\\x1b[31m", "" },
        { "name that is no UTF-8", always({ { .name = "caf\xe9" } }), nullptr, "f caf\xe9" },
        { "size beyond the archive",
            always({ { .name = "f", .content = "x", .sizeField = "00077777777" } }), "entry 'f'",
            "" },
        { "size that is no number",
            always({ { .name = "f", .content = "x", .sizeField = "zzzzzzzzzzz" } }), "", "" },
        { "negative size",
            always({ { .name = "f",
                .content = "x",
                .sizeField = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" } }),
            "", "" },
        { "hole of 7 EB",
            always({ { .name = "f",
                .content = "1\n0\n0\n",
                .pax = { { "GNU.sparse.major", "1" }, { "GNU.sparse.minor", "0" },
                    { "GNU.sparse.name", "f" },
                    { "GNU.sparse.realsize", "8070450532247928832" } } } }),
            "damaged archive", "" },
        { "owner beyond all ids", always({ { .name = "f", .pax = { { "uid", "99999999999" } } } }),
            "impossible owner", "" },
    };
    return all;
}

} // namespace

/// Layers that want to get out of their directory, or to be what they are not.
class TestHostileLayers : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void layers_data();
    void layers();
    void absoluteName();
    void nulInTheName();
    void overlayAttributesAreNotTaken();
    void modesAreKept_data();
    void modesAreKept();
    void bombs_data();
    void bombs();
};

void TestHostileLayers::initTestCase()
{
    if (!userNamespaceLack().empty())
        PL_MUST_RUN_SKIP(userNamespaceLack().c_str());
}

void TestHostileLayers::layers_data()
{
    QTest::addColumn<int>("at");
    for (std::size_t at = 0; at < cases().size(); ++at)
        QTest::newRow(cases()[at].name) << int(at);
}

void TestHostileLayers::layers()
{
    QFETCH(const int, at);
    const Case& hostile = cases()[std::size_t(at)];
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    std::string tar;
    for (const RawEntry& entry : hostile.entries(store.value()->outside()))
        tar += rawTar(entry);
    const auto image = imageOfTar("hostile:1", tar + rawTarEnd());
    PL_VERIFY(image);
    const auto imported = store.value()->importFiles(image.value().ociFiles());
    if (hostile.refusal != nullptr) {
        QVERIFY2(!imported, "it was taken");
        const QString message = QString::fromStdString(imported.error().message);
        QVERIFY2(imported.error().code == Errc::InvalidArgument, qPrintable(message));
        QVERIFY2(message.contains(QString::fromLatin1(hostile.refusal)), qPrintable(message));
        QVERIFY2(
            message.contains("test.tar") && message.contains("layer sha256:"), qPrintable(message));
        QCOMPARE(store.value()->contents(), std::string());
        return;
    }
    PL_VERIFY(imported);
    QCOMPARE(store.value()->damage(), std::string());
    const auto directory = store.value()->layerDir(image.value().id(), 0);
    PL_VERIFY(directory);
    const std::string seen = listing(directory.value());
    const char* expected = image::isInUserNamespace() && hostile.userListing != nullptr
        ? hostile.userListing
        : hostile.listing;
    QCOMPARE(seen, std::string(expected));
}

// Names of root's directories mean those of the layer.
void TestHostileLayers::absoluteName()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string name = store.value()->outside() + "/canary";
    const auto image =
        imageOfTar("absolute:1", rawTar({ .name = name, .content = "changed" }) + rawTarEnd());
    PL_VERIFY(image);
    PL_DONE(store.value()->importFiles(image.value().ociFiles()));
    const auto directory = store.value()->layerDir(image.value().id(), 0);
    PL_VERIFY(directory);
    const auto inside = readFile(directory.value() + name);
    PL_VERIFY(inside);
    QCOMPARE(inside.value(), std::string("changed"));
    QCOMPARE(store.value()->damage(), std::string());
}

// What follows the NUL must not become a path of its own.
void TestHostileLayers::nulInTheName()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string name = "safe\0/../../../../../outside/evil"s;
    const auto image = imageOfTar("nul:1",
        rawTar({ .name = "other", .pax = { { "path", name }, { "linkpath", name } } })
            + rawTarEnd());
    PL_VERIFY(image);
    const auto imported = store.value()->importFiles(image.value().ociFiles());
    QCOMPARE(store.value()->damage(), std::string());
    PL_VERIFY(imported);
    const auto directory = store.value()->layerDir(image.value().id(), 0);
    PL_VERIFY(directory);
    QCOMPARE(listing(directory.value()), std::string("f safe"));
}

void TestHostileLayers::overlayAttributesAreNotTaken()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    RawEntry directory { .name = "d/", .type = '5' };
    for (const char* space : { "trusted", "user" })
        for (const char* name : { "opaque", "redirect", "metacopy", "whiteout", "origin" })
            directory.pax["SCHILY.xattr." + std::string(space) + ".overlay." + name] = "y";
    const auto image = imageOfTar("forged:1", rawTar(directory) + rawTarEnd());
    PL_VERIFY(image);
    PL_DONE(store.value()->importFiles(image.value().ociFiles()));
    const auto layer = store.value()->layerDir(image.value().id(), 0);
    PL_VERIFY(layer);
    char names[4096];
    const ssize_t size = ::listxattr((layer.value() + "/d").c_str(), names, sizeof names);
    QVERIFY(size >= 0);
    const QByteArray seen(names, size);
    QVERIFY2(!seen.contains("overlay"), seen.constData());
}

void TestHostileLayers::modesAreKept_data()
{
    QTest::addColumn<char>("type");
    QTest::addColumn<unsigned>("mode");
    QTest::newRow("setuid") << '0' << 04755U;
    QTest::newRow("setgid") << '0' << 02711U;
    QTest::newRow("no rights") << '0' << 0U;
    QTest::newRow("sticky") << '5' << 01777U;
    QTest::newRow("setgid directory") << '5' << 02770U;
    QTest::newRow("closed directory") << '5' << 0U;
}

void TestHostileLayers::modesAreKept()
{
    QFETCH(const char, type);
    QFETCH(const unsigned, mode);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    // In a set-gid directory of another group, and followed by what opens it again.
    std::string tar = rawTar({ .name = "x", .type = type, .mode = mode });
    if (type == '5')
        tar += rawTar({ .name = "x/inside" });
    const auto image = imageOfTar("modes:1", tar + rawTarEnd());
    PL_VERIFY(image);
    PL_DONE(store.value()->importFiles(image.value().ociFiles()));
    const auto layer = store.value()->layerDir(image.value().id(), 0);
    PL_VERIFY(layer);
    struct stat info {};
    QCOMPARE(::lstat((layer.value() + "/x").c_str(), &info), 0);
    QCOMPARE(info.st_mode & 07777U, mode);
}

void TestHostileLayers::bombs_data()
{
    QTest::addColumn<Compression>("inner");
    QTest::addColumn<Compression>("outer");
    QTest::addColumn<QString>("refusal");
    const QString layer = "layer unpacks to more than the 8000000 bytes";
    const QString whole = "it holds more than the 8000000 bytes";
    QTest::newRow("gzip layer") << Compression::Gzip << Compression::None << layer;
    QTest::newRow("zstd layer") << Compression::Zstd << Compression::None << layer;
    QTest::newRow("xz layer") << Compression::Xz << Compression::None << layer;
    QTest::newRow("gzip archive") << Compression::None << Compression::Gzip << whole;
    QTest::newRow("zstd archive") << Compression::None << Compression::Zstd << whole;
    QTest::newRow("xz archive") << Compression::None << Compression::Xz << whole;
    QTest::newRow("gzip in gzip") << Compression::Gzip << Compression::Gzip << layer;
}

// A few kilobytes that inflate to 64 MB; 8 MB stand for what the disk has left.
void TestHostileLayers::bombs()
{
    QFETCH(const Compression, inner);
    QFETCH(const Compression, outer);
    QFETCH(const QString, refusal);
    constexpr std::size_t kBombBytes = 64'000'000;
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    TestImage image = TestImage::empty("bomb:1");
    PL_DONE(image.addTarLayer(
        rawTar({ .name = "zeros", .content = std::string(kBombBytes, '\0') }) + rawTarEnd(),
        inner));
    const auto archive = makeArchive(image.dockerFiles(), outer);
    PL_VERIFY(archive);
    QVERIFY(archive.value().size() < 1'000'000);
    image::ImportOptions options;
    options.maxBytes = 8'000'000;
    const auto imported = store.value()->import(archive.value(), options);
    QVERIFY(!imported);
    const QString message = QString::fromStdString(imported.error().message);
    QVERIFY2(message.contains(refusal), qPrintable(message));
    QCOMPARE(store.value()->contents(), std::string());
}

PL_TEST_MAIN(TestHostileLayers)
#include "tst_hostile_layers.moc"
