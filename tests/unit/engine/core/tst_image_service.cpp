#define QT_NO_EMIT // Asio has functions of that name
#include "engine/core/image_service.h"
#include "engine/core/registry_queries.h"
#include "tests/support/image_store_run.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

using namespace portlight;
using namespace portlight::test;

namespace {

using Uses = std::vector<core::ContainerUse>;

/// "-name" for an untagged reference, "x" for the image that was deleted; layers are left out.
std::string storyOf(const std::vector<core::ImageRemoval>& removals, const std::string& imageId)
{
    std::string story;
    for (const core::ImageRemoval& removal : removals) {
        if (!removal.untagged.empty())
            story += (story.empty() ? "-" : " -") + removal.untagged;
        else if (removal.deleted == imageId)
            story += story.empty() ? "x" : " x";
    }
    return story;
}

} // namespace

/// Docker's rules of removal (moby daemon/images/image_delete.go), sizes and filters.
class TestImageService : public QObject {
    Q_OBJECT
private slots:
    void removal_data();
    void removal();
    void sharedSizes();
    void filters_data();
    void filters();
    void mountSourcesAreOfTheSameRegistry();

private:
    template <class T> Result<T> await(Task<T> task)
    {
        std::optional<Result<T>> result;
        auto hold = [&result](Task<T> inner) -> asio::awaitable<void> {
            result.emplace(co_await std::move(inner));
        };
        m_io.restart(); // it stops whenever it has nothing to do
        const auto work = asio::make_work_guard(m_io);
        asio::co_spawn(m_io, hold(std::move(task)), asio::detached);
        while (!result)
            m_io.run_one();
        return std::move(*result);
    }

    asio::io_context m_io;
};

void TestImageService::removal_data()
{
    QTest::addColumn<std::vector<std::string>>("names");
    QTest::addColumn<bool>("hasDigest"); // of docker.io/library/one
    QTest::addColumn<std::string>("reference"); // "id": by its id
    QTest::addColumn<int>("users"); // 0 none, 1 a stopped container, 2 a running one
    QTest::addColumn<bool>("isForced");
    QTest::addColumn<std::string>("story"); // or the error's end
    const std::vector<std::string> one { "docker.io/library/one:1" };
    const std::vector<std::string> two { "docker.io/library/one:1", "docker.io/library/one:2" };
    const std::vector<std::string> apart { "docker.io/library/one:1", "docker.io/library/two:1" };
    const std::vector<std::string> none;
    const auto row = [](const char* name, const std::vector<std::string>& names, bool hasDigest,
                         const char* reference, int users, bool isForced, const char* story) {
        QTest::newRow(name) << names << hasDigest << std::string(reference) << users << isForced
                            << std::string(story);
    };
    row("last name", one, false, "one:1", 0, false, "-one:1 x");
    row("last name and its digest", one, true, "one:1", 0, false, "-one:1 -one@D x");
    row("one of two names", two, false, "one:1", 0, false, "-one:1");
    row("one of two keeps the digest", two, true, "one:2", 0, false, "-one:2");
    row("last name of a repository takes its digest", apart, true, "one:1", 0, false,
        "-one:1 -one@D");
    row("digest alone", one, true, "one@D", 0, false, "-one@D");
    row("by id", one, false, "id", 0, false, "-one:1 x");
    row("by id with digest", one, true, "id", 0, false, "-one:1 -one@D x");
    row("by id without names", none, false, "id", 0, false, "x");
    row("by id, two names", two, false, "id", 0, false,
        "(must be forced) - image is referenced in multiple repositories");
    row("by id, two names, forced", two, false, "id", 0, true, "-one:1 -one:2 x");
    row("name in use", one, false, "one:1", 1, false, "is using its referenced image");
    row("name in use, forced", one, false, "one:1", 1, true, "-one:1");
    row("one of two names in use", two, false, "one:1", 1, false, "-one:1");
    row("name of a running one, forced", one, false, "one:1", 2, true, "-one:1");
    row("id in use", one, false, "id", 1, false,
        "(must be forced) - image is being used by stopped container");
    row("id in use, forced", one, false, "id", 1, true, "-one:1");
    row("id of a running one, forced", one, false, "id", 2, true,
        "(cannot be forced) - image is being used by running container");
    row("unknown", one, false, "other:1", 0, false, "No such image: other:1");
}

void TestImageService::removal()
{
    QFETCH(const std::vector<std::string>, names);
    QFETCH(const bool, hasDigest);
    QFETCH(std::string, reference);
    QFETCH(const int, users);
    QFETCH(const bool, isForced);
    QFETCH(const std::string, story);
    auto run = ImageStoreRun::make();
    PL_VERIFY(run);
    const auto image = TestImage::payload({});
    PL_VERIFY(image);
    PL_DONE(run.value()->importFiles(image.value().dockerFiles()));
    const std::string id = image.value().id();
    for (const std::string& name : names)
        PL_DONE(run.value()->images().addName(id, name));
    const std::string digest = "sha256:" + std::string(64, 'd');
    if (hasDigest)
        PL_DONE(run.value()->images().addRepoDigest(id, { "docker.io/library/one", digest }));
    core::EventBus events(m_io.get_executor());
    asio::thread_pool pool(1);
    core::ImageService service(run.value()->images(), events, pool);
    service.setUseLookup([&](const std::string&) {
        return users == 0 ? Uses() : Uses { { std::string(64, 'c'), users == 2 } };
    });
    if (reference == "id")
        reference = id;
    else if (reference.ends_with("@D"))
        reference.replace(reference.size() - 1, 1, digest);

    const auto removed = await(service.remove(reference, isForced));
    if (!removed) {
        QVERIFY2(removed.error().message.find(story) != std::string::npos,
            removed.error().message.c_str());
        QCOMPARE(run.value()->images().list().value().front().names, names);
    } else {
        std::string seen = storyOf(removed.value(), id);
        if (const auto at = seen.find(digest); at != std::string::npos)
            seen.replace(at, digest.size(), "D");
        QCOMPARE(seen, story);
        const bool isGone = run.value()->images().list().value().empty();
        QCOMPARE(isGone, story.ends_with("x"));
    }
    pool.join();
}

void TestImageService::sharedSizes()
{
    image::StoredImage a;
    a.layers = { { "d1", "base", "b1", "", 5, 10 }, { "d2", "onlyA", "b2", "", 5, 3 } };
    image::StoredImage b;
    b.layers = { { "d1", "base", "b1", "", 5, 10 }, { "d3", "onlyB", "b3", "", 5, 7 } };
    const auto usage = core::layerUsage({ a, b });
    QCOMPARE(usage.totalBytes, std::int64_t { 20 });
    QCOMPARE(usage.sharedBytes(a), std::int64_t { 10 });
    QCOMPARE(usage.sharedBytes(b), std::int64_t { 10 });
    QCOMPARE(core::layerUsage({ a }).sharedBytes(a), std::int64_t { 0 });
}

void TestImageService::filters_data()
{
    QTest::addColumn<std::string>("filter");
    QTest::addColumn<std::string>("value");
    QTest::addColumn<int>("count"); // -1: refused
    QTest::newRow("all of a repository") << std::string("reference") << std::string("one") << 1;
    QTest::newRow("pattern") << std::string("reference") << std::string("o*:1") << 1;
    QTest::newRow("another") << std::string("reference") << std::string("two") << 0;
    QTest::newRow("dangling") << std::string("dangling") << std::string("true") << 1;
    QTest::newRow("not dangling") << std::string("dangling") << std::string("false") << 1;
    QTest::newRow("label") << std::string("label") << std::string("kind=first") << 1;
    QTest::newRow("other label") << std::string("label") << std::string("kind=other") << 0;
    QTest::newRow("before") << std::string("before") << std::string("one:1") << 0;
    QTest::newRow("since") << std::string("since") << std::string("one:1") << 1;
    QTest::newRow("unknown") << std::string("nothing") << std::string("x") << -1;
    QTest::newRow("bad flag") << std::string("dangling") << std::string("maybe") << -1;
    QTest::newRow("before what is not there") << std::string("before") << std::string("no") << -1;
}

void TestImageService::filters()
{
    QFETCH(const std::string, filter);
    QFETCH(const std::string, value);
    QFETCH(const int, count);
    auto run = ImageStoreRun::make();
    PL_VERIFY(run);
    auto first = TestImage::empty("one:1");
    first.config["created"] = "2024-01-01T00:00:00Z";
    first.config["config"]["Labels"] = { { "kind", "first" } };
    PL_DONE(first.addLayer({ { TarEntry::Type::File, "a", "a" } }));
    auto second = TestImage::empty({});
    second.config["created"] = "2024-02-01T00:00:00Z";
    PL_DONE(second.addLayer({ { TarEntry::Type::File, "b", "b" } }));
    PL_DONE(run.value()->importFiles(first.dockerFiles()));
    PL_DONE(run.value()->importFiles(second.dockerFiles()));
    core::EventBus events(m_io.get_executor());
    asio::thread_pool pool(1);
    core::ImageService service(run.value()->images(), events, pool);
    const auto listed = await(service.list({ { filter, { value } } }));
    QCOMPARE(listed ? static_cast<int>(listed.value().size()) : -1, count);
    pool.join();
}

void TestImageService::mountSourcesAreOfTheSameRegistry()
{
    image::StoredImage image;
    image.layers = { { "d", "c", "blob", "", 1, 1 } };
    image.repoDigests = { { "here:5000/a", "sha256:1" }, { "there:5000/b", "sha256:1" },
        { "here:5000/target", "sha256:1" } };
    const auto target = oci::Reference::parse("here:5000/target:1");
    PL_VERIFY(target);
    const auto sources = core::mountSources({ image }, target.value());
    QCOMPARE(sources.at("blob"), std::vector<std::string> { "a" });
}

QTEST_GUILESS_MAIN(TestImageService)
#include "tst_image_service.moc"
