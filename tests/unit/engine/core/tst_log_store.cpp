#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/core/container_record.h"
#include "engine/core/log_store.h"
#include "engine/core/log_tail.h"

#include <QtTest>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <fcntl.h>

using namespace portlight;
using namespace portlight::core;

namespace {

std::string record(
    const std::string& text, std::int64_t timeNs, std::uint8_t stream = 1, bool isPartial = false)
{
    std::string bytes;
    runtime::encodeLogRecord({ timeNs, stream, isPartial, text }, bytes);
    return bytes;
}

void append(const std::string& path, const std::string& bytes)
{
    const auto file = openFile(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    QVERIFY(file);
    QVERIFY(writeAll(file.value(), bytes));
}

/// All that the reader gives until it has no more, joined.
QString readAllOf(LogReader& reader)
{
    std::string text;
    while (true) {
        const auto entries = reader.read();
        if (!entries)
            return "error: " + QString::fromStdString(entries.error().message);
        if (entries.value().empty())
            return QString::fromStdString(text);
        for (const auto& entry : entries.value())
            text += entry.bytes;
    }
}

} // namespace

class TestLogStore : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup() { m_directory.reset(); }
    void query_data();
    void query();
    void tailOfALargeFileReadsOnlyItsEnd();
    void goesOnWhereItStopped();
    void followsRotation();
    void passesOverATornRecord();
    void reportsDamage_data();
    void reportsDamage();
    void hasNoLog();
    void streamWaitsForMoreAndEndsWithTheContainer();

private:
    std::string bundle() const { return m_directory->path(); }
    std::string log() const { return bundle() + "/container.log"; }
    std::optional<TempDir> m_directory;
};

void TestLogStore::init()
{
    auto directory = TempDir::create("/tmp", "pl-log-");
    QVERIFY(directory);
    m_directory.emplace(std::move(directory).value());
}

void TestLogStore::query_data()
{
    QTest::addColumn<int>("tail"); // -1: all
    QTest::addColumn<qint64>("since");
    QTest::addColumn<qint64>("until"); // 0: no limit
    QTest::addColumn<int>("streams"); // 1 stdout, 2 stderr, 3 both
    QTest::addColumn<QString>("text");
    QTest::newRow("all") << -1 << 0LL << 0LL << 3 << "a\nB\nlong line\nd\ne";
    QTest::newRow("none") << 0 << 0LL << 0LL << 3 << "";
    QTest::newRow("last") << 1 << 0LL << 0LL << 3 << "e";
    QTest::newRow("last two") << 2 << 0LL << 0LL << 3 << "d\ne";
    QTest::newRow("a line in parts is one") << 3 << 0LL << 0LL << 3 << "long line\nd\ne";
    QTest::newRow("across the rotation") << 4 << 0LL << 0LL << 3 << "B\nlong line\nd\ne";
    QTest::newRow("more than there is") << 99 << 0LL << 0LL << 3 << "a\nB\nlong line\nd\ne";
    QTest::newRow("stdout") << -1 << 0LL << 0LL << 1 << "a\nlong line\nd\ne";
    QTest::newRow("stderr") << -1 << 0LL << 0LL << 2 << "B\n";
    QTest::newRow("tail of stderr") << 1 << 0LL << 0LL << 2 << "B\n";
    QTest::newRow("since") << -1 << 50LL << 0LL << 3 << "d\ne";
    QTest::newRow("since the future") << -1 << 1000LL << 0LL << 3 << "";
    QTest::newRow("until") << -1 << 0LL << 20LL << 3 << "a\nB\n";
    QTest::newRow("since and until") << -1 << 20LL << 50LL << 3 << "B\nlong line\nd\n";
    QTest::newRow("tail before until") << 1 << 0LL << 20LL << 3 << "B\n";
}

void TestLogStore::query()
{
    QFETCH(const int, tail);
    QFETCH(const qint64, since);
    QFETCH(const qint64, until);
    QFETCH(const int, streams);
    append(log() + ".1", record("a\n", 10) + record("B\n", 20, 2) + record("long ", 30, 1, true));
    append(log(), record("line\n", 40) + record("d\n", 50) + record("e", 60));
    LogQuery query;
    if (tail >= 0)
        query.tailLines = tail;
    query.sinceNs = since;
    if (until > 0)
        query.untilNs = until;
    query.wantsStdout = (streams & 1) != 0;
    query.wantsStderr = (streams & 2) != 0;
    LogReader reader(bundle(), query);
    QTEST(readAllOf(reader), "text");
}

void TestLogStore::tailOfALargeFileReadsOnlyItsEnd()
{
    // A file of 4 GiB whose beginning is a hole: reading it from the start would not find a record.
    const auto file = openFile(log(), O_RDWR | O_CREAT, 0600);
    QVERIFY(file);
    QCOMPARE(::lseek(file.value().get(), 4LL << 30, SEEK_SET), 4LL << 30);
    QVERIFY(writeAll(file.value(), record("x\n", 1) + record("y\n", 2) + record("z\n", 3)));
    LogQuery query;
    query.tailLines = 2;
    LogReader reader(bundle(), query);
    QCOMPARE(readAllOf(reader), QString("y\nz\n"));
}

void TestLogStore::goesOnWhereItStopped()
{
    append(log(), record("one\n", 1));
    LogReader reader(bundle(), {});
    QCOMPARE(readAllOf(reader), QString("one\n"));
    const std::string two = record("two\n", 2);
    append(log(), two.substr(0, 7)); // caught in the middle of a write
    QCOMPARE(readAllOf(reader), QString());
    append(log(), two.substr(7));
    QCOMPARE(readAllOf(reader), QString("two\n"));
}

void TestLogStore::followsRotation()
{
    append(log(), record("1\n", 1));
    LogReader reader(bundle(), {});
    QCOMPARE(readAllOf(reader), QString("1\n"));
    append(log(), record("2\n", 2));
    // Two rotations while nobody looked.
    QCOMPARE(::rename(log().c_str(), (log() + ".2").c_str()), 0);
    append(log() + ".1", record("3\n", 3));
    append(log(), record("4\n", 4));
    QCOMPARE(readAllOf(reader), QString("2\n3\n4\n"));
    append(log(), record("5\n", 5));
    QCOMPARE(readAllOf(reader), QString("5\n"));
}

void TestLogStore::passesOverATornRecord()
{
    append(log(), record("whole\n", 1) + record("torn\n", 2).substr(0, 12));
    LogQuery query;
    query.tailLines = 1;
    LogReader reader(bundle(), query);
    QCOMPARE(readAllOf(reader), QString("whole\n"));
}

void TestLogStore::reportsDamage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    std::string disagreeing = record("abc\n", 1);
    disagreeing.back() = 1;
    QTest::newRow("impossible length") << QByteArray("\xff\xff\xff\xff"
                                                     "0123456789012345678");
    QTest::newRow("length below the head") << QByteArray("\x01\0\0\0"
                                                         "0123456789012345678",
        23);
    QTest::newRow("lengths disagree") << QByteArray::fromStdString(disagreeing);
}

void TestLogStore::reportsDamage()
{
    QFETCH(const QByteArray, bytes);
    append(log(), bytes.toStdString());
    for (const bool fromEnd : { false, true }) {
        LogQuery query;
        if (fromEnd)
            query.tailLines = 5;
        LogReader reader(bundle(), query);
        QVERIFY(readAllOf(reader).startsWith("error: "));
    }
}

void TestLogStore::hasNoLog()
{
    LogReader reader(bundle(), {});
    QCOMPARE(readAllOf(reader), QString());
}

void TestLogStore::streamWaitsForMoreAndEndsWithTheContainer()
{
    asio::io_context io;
    asio::thread_pool pool(1);
    auto container = std::make_shared<Container>(io.get_executor());
    container->state.status = RunStatus::Running;
    append(log(), record("first\n", 1));
    LogQuery query;
    query.follows = true;
    FileWatcher watcher(io.get_executor());
    LogStream stream(pool, std::make_shared<LogReader>(bundle(), query), container, true);
    QVERIFY(stream.watch(watcher, bundle()));
    std::string seen;
    bool isEnded = false;
    auto follow = [&]() -> asio::awaitable<void> {
        while (true) {
            const auto entries = co_await stream.next();
            if (!entries || entries.value().empty())
                break;
            for (const auto& entry : entries.value())
                seen += entry.bytes;
        }
        isEnded = true;
    };
    asio::co_spawn(io, follow(), asio::detached);
    const auto runUntil = [&](auto isDone) {
        while (!isDone() && io.run_one_for(std::chrono::seconds(10)) > 0) { }
        return isDone();
    };
    QVERIFY(runUntil([&] { return seen == "first\n"; }));
    append(log(), record("second\n", 2));
    QVERIFY(runUntil([&] { return seen == "first\nsecond\n"; }));
    QVERIFY(!isEnded);
    append(log(), record("last\n", 3));
    container->state.status = RunStatus::Exited;
    container->changed.notifyAll();
    QVERIFY(runUntil([&] { return isEnded; }));
    QCOMPARE(seen, std::string("first\nsecond\nlast\n"));
}

QTEST_GUILESS_MAIN(TestLogStore)
#include "tst_log_store.moc"
