#include "tests/support/image_store_run.h"
#include "tests/support/raw_tar.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace portlight;
using namespace portlight::test;

namespace {

/// Hands out @p archive and kills its process before block @p fatalBlock.
class DeadlySource final : public image::ByteSource {
public:
    DeadlySource(const std::string& archive, std::size_t fatalBlock)
        : m_archive(archive)
        , m_fatalBlock(fatalBlock)
    {
    }
    Result<image::Block> next() override
    {
        if (m_block++ == m_fatalBlock)
            ::kill(::getpid(), SIGKILL);
        auto block = std::make_shared<const std::string>(
            m_archive.substr(std::min(m_at, m_archive.size()), kBlock));
        m_at += block->size();
        return block;
    }
    static constexpr std::size_t kBlock = 64U << 10U;

private:
    const std::string& m_archive;
    std::size_t m_fatalBlock;
    std::size_t m_block = 0;
    std::size_t m_at = 0;
};

constexpr std::size_t kNever = SIZE_MAX;

} // namespace

/// An engine that dies (kill -9) in the middle of an import leaves no half image.
class TestImportKilled : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void killed_data();
    void killed();

private:
    std::string m_archive;
    std::string m_id;
};

void TestImportKilled::initTestCase()
{
    TestImage image = TestImage::empty("shop:1.0");
    for (const char text : { 'a', 'b', 'c' }) {
        std::string tar;
        for (int at = 0; at < 40; ++at)
            tar +=
                rawTar({ .name = text + std::to_string(at), .content = std::string(50'000, text) });
        PL_DONE(image.addTarLayer(tar + rawTarEnd(), Compression::Zstd));
        PL_DONE(image.addTarLayer(
            rawTar({ .name = "d", .content = std::string(300'000, text) }) + rawTarEnd()));
    }
    const auto archive = makeArchive(image.ociFiles());
    PL_VERIFY(archive);
    m_archive = archive.value();
    m_id = image.id();
}

void TestImportKilled::killed_data()
{
    QTest::addColumn<int>("block");
    QTest::addColumn<int>("step");
    for (int block = 0; block < 13; block += 3)
        QTest::addRow("before block %d of the archive", block) << block << -1;
    for (int step = 0; step < 12; ++step)
        QTest::addRow("at step %d of the layers", step) << -1 << step;
    QTest::newRow("not at all") << -1 << -1;
}

void TestImportKilled::killed()
{
    QFETCH(const int, block);
    QFETCH(const int, step);
    auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string root = store.value()->root();
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        // A connection of its own: SQLite's must not cross a fork.
        auto own = ImageStoreRun::openIn(root);
        if (!own)
            ::_exit(3);
        int seen = 0;
        image::ImportOptions options;
        options.onProgress = [&seen, step](const image::LayerProgress&) {
            if (seen++ == step)
                ::kill(::getpid(), SIGKILL);
        };
        auto source = std::make_unique<DeadlySource>(
            m_archive, block < 0 ? kNever : static_cast<std::size_t>(block));
        const auto imported = image::importArchive(
            own.value()->images(), own.value()->content(), std::move(source), "test.tar", options);
        ::_exit(imported ? 0 : 4);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    const bool isKilled = block >= 0 || step >= 0;
    QCOMPARE(WIFSIGNALED(status) ? WTERMSIG(status) : 0, isKilled ? SIGKILL : 0);
    if (!isKilled) {
        QCOMPARE(WEXITSTATUS(status), 0);
        PL_DONE(store.value()->images().resolve(m_id));
        return;
    }
    PL_DONE(store.value()->images().recover());
    QCOMPARE(store.value()->contents(), std::string());
    // And the next try works.
    const auto imported = store.value()->import(m_archive);
    PL_VERIFY(imported);
    QCOMPARE(imported.value()[0].id, m_id);
    QCOMPARE(store.value()->damage(), std::string());
}

QTEST_GUILESS_MAIN(TestImportKilled)
#include "tst_import_killed.moc"
