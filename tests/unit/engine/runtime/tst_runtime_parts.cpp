#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/runtime/capabilities.h"
#include "engine/runtime/exec.h"
#include "engine/runtime/id_map.h"
#include "engine/runtime/mount_options.h"
#include "engine/runtime/root_paths.h"
#include "engine/runtime/seccomp.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::runtime;

/// The parts of the runtime that need no privileges.
class TestRuntimeParts : public QObject {
    Q_OBJECT

private slots:
    void mountOptions();
    void pathsStayInside_data();
    void pathsStayInside();
    void linksInCircles();
    void capabilityNames();
    void programLookup();
    void homes_data();
    void homes();
    void idMaps();
    void filterFiles();
};

void TestRuntimeParts::mountOptions()
{
    const auto parsed = parseMountOptions({ "nosuid", "noexec", "ro", "strictatime", "exec",
        "size=64m", "huge", "rro", "rprivate", "defaults" });
    QVERIFY(parsed);
    const MountOptions& options = parsed.value();
    QVERIFY(!options.isBind);
    QCOMPARE(options.attributes.set,
        std::uint64_t { MOUNT_ATTR_NOSUID | MOUNT_ATTR_RDONLY | MOUNT_ATTR_STRICTATIME });
    QVERIFY((options.attributes.clear & MOUNT_ATTR_NOEXEC) != 0);
    QCOMPARE(options.recursive.set, std::uint64_t { MOUNT_ATTR_RDONLY });
    QCOMPARE(options.propagation.propagation, std::uint64_t { MS_PRIVATE });
    QVERIFY(options.propagation.isRecursive);
    QCOMPARE(options.data, (FsOptions { { "size", "64m" }, { "huge", "" } }));
    QVERIFY(parseMountOptions({ "bind" }).value().isBind);
    QVERIFY(!parseMountOptions({ "bind" }).value().isRecursiveBind);
    QVERIFY(parseMountOptions({ "rbind" }).value().isRecursiveBind);
    QVERIFY(parseMountOptions({ "rbind", "ridmap" }).value().isIdmappedTree);
    QVERIFY(!parseMountOptions({ "bind", "size=64m" })); // of no use to a bind mount
    QVERIFY(parseMountOptions({ "bind", "sync", "x-gvfs-hide" }));
}

void TestRuntimeParts::pathsStayInside_data()
{
    QTest::addColumn<QString>("link"); ///< in the root, "" for none
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("made"); ///< where it then is, below the root
    QTest::newRow("plain") << "" << "" << "/a/b/c" << "/a/b/c";
    QTest::newRow("relative") << "" << "" << "a/./b" << "/a/b";
    QTest::newRow("climbs") << "" << "" << "/../../x/../y" << "/y";
    QTest::newRow("absolute link") << "a" << "/etc/x" << "/a/b" << "/etc/x/b";
    QTest::newRow("climbing link") << "a" << "../../../../z" << "/a/b" << "/z/b";
    QTest::newRow("dangling link at the end") << "a" << "new/deep" << "/a" << "/new/deep";
}

void TestRuntimeParts::pathsStayInside()
{
    QFETCH(const QString, link);
    QFETCH(const QString, target);
    QFETCH(const QString, path);
    QFETCH(const QString, made);
    for (const PathKind kind : { PathKind::Directory, PathKind::File }) {
        auto outer = TempDir::create("/tmp", "portlight-paths-");
        QVERIFY(outer);
        const std::string top = outer.value().path() + "/root";
        QVERIFY(makeDirs(top));
        if (!link.isEmpty())
            QVERIFY(::symlink(target.toUtf8(), (top + "/" + link.toStdString()).c_str()) == 0);
        const auto root = openFile(top, O_PATH | O_DIRECTORY);
        QVERIFY(root);
        const auto fd = ensureInRoot(root.value(), path.toStdString(), kind);
        QVERIFY2(fd, fd ? "" : fd.error().message.c_str());
        QCOMPARE(pathBelow(root.value(), fd.value()).value(), made.toStdString());
        struct stat info {};
        QVERIFY(::lstat((top + made.toStdString()).c_str(), &info) == 0);
        QCOMPARE(bool(S_ISDIR(info.st_mode)), kind == PathKind::Directory);
        // A second time it is found; as the other kind it is refused.
        QVERIFY(ensureInRoot(root.value(), path.toStdString(), kind));
        const auto other = ensureInRoot(root.value(), path.toStdString(),
            kind == PathKind::File ? PathKind::Directory : PathKind::File);
        QVERIFY(!other);
        QCOMPARE(other.error().code, Errc::Conflict);
    }
}

void TestRuntimeParts::linksInCircles()
{
    auto directory = TempDir::create("/tmp", "portlight-paths-");
    QVERIFY(directory);
    QVERIFY(::symlink("b", (directory.value().path() + "/a").c_str()) == 0);
    QVERIFY(::symlink("a", (directory.value().path() + "/b").c_str()) == 0);
    const auto root = openFile(directory.value().path(), O_PATH | O_DIRECTORY);
    QVERIFY(root);
    QVERIFY(!ensureInRoot(root.value(), "/a/x", PathKind::File));
}

void TestRuntimeParts::capabilityNames()
{
    QCOMPARE(capabilityNumber("CAP_CHOWN"), std::optional<int>(0));
    QCOMPARE(capabilityNumber("CAP_SYS_ADMIN"), std::optional<int>(21));
    QCOMPARE(capabilityNumber("CAP_CHECKPOINT_RESTORE"), std::optional<int>(40));
    for (const char* name : { "", "CHOWN", "CAP_", "CAP_NOPE", "cap_chown" })
        QVERIFY2(!capabilityNumber(name), name);
    const auto masks = capabilityMasks({ { "CAP_KILL", "CAP_MOON" }, {}, { "CAP_CHOWN" }, {}, {} });
    QCOMPARE(masks.bounding, CapabilityMask { 1 } << 5U);
    QCOMPARE(masks.permitted, CapabilityMask { 1 });
}

void TestRuntimeParts::programLookup()
{
    const std::vector<std::string> env { "PATH=/nowhere:/usr/bin:/bin" };
    QVERIFY(findExecutable("env", env));
    const auto missing = findExecutable("no-such-program", env);
    QVERIFY(!missing);
    QCOMPARE(missing.error().message,
        std::string("exec: \"no-such-program\": executable file not found in $PATH"));
    QCOMPARE(exitCodeForExec(missing.error().sysErrno), 127);
    const auto file = findExecutable("/proc/self/status/x", env);
    QVERIFY(!file);
    QCOMPARE(exitCodeForExec(findExecutable("/etc", env).error().sysErrno), 126);
    QCOMPARE(execFailure("/x", ENOEXEC), std::string("exec /x: exec format error"));
}

void TestRuntimeParts::homes_data()
{
    QTest::addColumn<QString>("passwd");
    QTest::addColumn<QString>("home");
    QTest::newRow("empty") << "" << "";
    QTest::newRow("found") << "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/srv:/bin/sh\n" << "/srv";
    QTest::newRow("no newline") << "web:x:33:33::/srv:" << "/srv";
    QTest::newRow("too few fields") << "web:x:33:33\n" << "";
    QTest::newRow("number inside") << "web:x:3300:33::/a:\nx:x:133:1::/b:\n" << "";
    QTest::newRow("only colons") << ":::::::::\n\n:" << "";
}

void TestRuntimeParts::homes()
{
    QFETCH(const QString, passwd);
    QFETCH(const QString, home);
    QCOMPARE(homeInPasswd(passwd.toStdString(), 33), home.toStdString());
}

void TestRuntimeParts::idMaps()
{
    QCOMPARE(idMapText({ { 0, 1000, 1 }, { 1, 100000, 65536 } }),
        std::string("0 1000 1\n1 100000 65536\n"));
}

void TestRuntimeParts::filterFiles()
{
    auto directory = TempDir::create("/tmp", "portlight-filter-");
    QVERIFY(directory);
    const std::string path = directory.value().path() + "/f";
    QVERIFY(!loadSeccomp(path));
    for (const std::size_t size : { 0UL, 7UL, 9UL, 8UL * 4097 }) {
        QVERIFY(writeFileDurably(path, std::string(size, 'x')));
        QVERIFY2(!loadSeccomp(path), std::to_string(size).c_str());
    }
    QVERIFY(writeFileDurably(path, std::string(16, 'x')));
    QCOMPARE(loadSeccomp(path).value().instructions.size(), std::size_t { 2 });
}

QTEST_GUILESS_MAIN(TestRuntimeParts)
#include "tst_runtime_parts.moc"
