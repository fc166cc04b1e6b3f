// Prints how fast an image archive goes in, beside the sum of what cannot be spared: reading it,
// inflating it, hashing and writing what comes out, one after the other, with a sync at the end.
//     images_bench ARCHIVE [ROUNDS] [STORE-DIR]
// With STORE-DIR the store stays there for a look; otherwise each round has a fresh one below
// TMPDIR, and all are removed at the end: an ext4 without a journal does not reuse the inodes of
// removed files for minutes and searches for others meanwhile, which would be measured instead.

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/image/archive_handle.h"
#include "engine/image/content_store.h"
#include "engine/image/decompress.h"
#include "engine/image/image_importer.h"
#include "engine/image/image_store.h"
#include "engine/store/database.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

using namespace portlight;

namespace {

double megabytes(const std::string& path)
{
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? static_cast<double>(info.st_size) / 1e6 : 0;
}

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The data of the entry that a tar stands at.
class EntrySource final : public image::ByteSource {
public:
    explicit EntrySource(image::ArchiveHandle& tar)
        : m_tar(tar)
    {
    }
    Result<image::Block> next() override
    {
        auto block = std::make_shared<std::string>(image::kBlockBytes, '\0');
        PL_TRY(const auto got, m_tar.readData(block->data(), block->size()));
        block->resize(got);
        return image::Block(std::move(block));
    }

private:
    image::ArchiveHandle& m_tar;
};

/// Everything of @p archive that @p take wants, a tar of tars taken apart no further than members.
Result<std::int64_t> eachBlock(const std::string& archive, bool isInflated,
    const std::function<Result<void>(const image::Block&)>& take)
{
    PL_TRY(auto file, openFile(archive, O_RDONLY));
    std::unique_ptr<image::ByteSource> source =
        std::make_unique<image::FileSource>(std::move(file), archive);
    if (isInflated)
        source = image::decompress(std::move(source));
    std::int64_t bytes = 0;
    for (;;) {
        PL_TRY(const auto block, source->next());
        if (block->empty())
            return bytes;
        bytes += static_cast<std::int64_t>(block->size());
        PL_TRY(take(block));
    }
}

/// The members of @p archive (inflated outside), inflated inside, written to @p file one after the
/// other where it is open.
Result<std::int64_t> eachMember(const std::string& archive, const Fd& file)
{
    PL_TRY(auto opened, openFile(archive, O_RDONLY));
    const auto outer =
        image::decompress(std::make_unique<image::FileSource>(std::move(opened), archive));
    PL_TRY(const auto tar, image::openTar(*outer));
    std::int64_t bytes = 0;
    for (;;) {
        PL_TRY(archive_entry * entry, tar->nextEntry());
        if (entry == nullptr)
            return bytes;
        const auto member = image::decompress(std::make_unique<EntrySource>(*tar));
        for (;;) {
            PL_TRY(const auto block, member->next());
            if (block->empty())
                break;
            bytes += static_cast<std::int64_t>(block->size());
            if (file.isOpen()) {
                PL_TRY(writeAll(file, *block));
            }
        }
    }
}

Result<double> floorOf(const std::string& archive, const std::string& directory)
{
    const auto nothing = [](const image::Block&) -> Result<void> { return success(); };
    PL_TRY(eachBlock(archive, false, nothing)); // into the page cache
    auto start = std::chrono::steady_clock::now();
    PL_TRY(eachBlock(archive, false, nothing));
    const double read = secondsSince(start);
    start = std::chrono::steady_clock::now();
    PL_TRY(eachMember(archive, Fd()));
    const double inflate = std::max(secondsSince(start) - read, 0.0);
    PL_TRY(const auto file, openFile(directory + "/floor", O_RDWR | O_CREAT | O_TRUNC, 0600));
    PL_TRY(const auto bytes, eachMember(archive, file));
    Hasher hasher;
    start = std::chrono::steady_clock::now();
    PL_TRY(eachBlock(directory + "/floor", false, [&](const image::Block& block) -> Result<void> {
        hasher.update(block->data(), block->size());
        return success();
    }));
    const double hash = std::max(secondsSince(start) - read, 0.0);
    PL_TRY(syncFileSystem(directory));
    PL_TRY(const auto copy, openFile(directory + "/copy", O_WRONLY | O_CREAT | O_TRUNC, 0600));
    start = std::chrono::steady_clock::now();
    PL_TRY(eachBlock(directory + "/floor", false,
        [&](const image::Block& block) { return writeAll(copy, *block); }));
    PL_TRY(syncFileSystem(directory));
    const double write = secondsSince(start);
    const double sum = read + inflate + hash + write;
    std::printf(
        "floor         %7.3f s  read %.3f, inflate %.3f, hash %.3f, write %.3f of %.1f MB\n", sum,
        read, inflate, hash, write, static_cast<double>(bytes) / 1e6);
    return sum;
}

Result<void> importOnce(const std::string& archive, const std::string& root, double floor)
{
    PL_TRY(makeDirs(root));
    PL_TRY(const auto database, store::Database::open(root + "/state.sqlite"));
    image::ContentStore content(root + "/blobs/sha256", root + "/tmp");
    image::ImageStore images(*database, content, root + "/layers");
    PL_TRY(images.recover());
    for (const char* round : { "import", "import again" }) {
        const auto start = std::chrono::steady_clock::now();
        PL_TRY(auto file, openFile(archive, O_RDONLY));
        auto source = std::make_unique<image::FileSource>(std::move(file), archive);
        PL_TRY(
            const auto imported, image::importArchive(images, content, std::move(source), archive));
        const double seconds = secondsSince(start);
        std::printf("%-13s %7.3f s  %7.1f MB/s  %5.2f of the floor  %s\n", round, seconds,
            megabytes(archive) / seconds, seconds / floor,
            imported.empty() ? "" : imported[0].id.c_str());
    }
    return success();
}

Result<void> run(const std::string& archive, int rounds, const std::string& kept)
{
    const char* temporary = std::getenv("TMPDIR");
    PL_TRY(const auto directory,
        TempDir::create(temporary != nullptr ? temporary : "/tmp", "images-bench-"));
    PL_TRY(const auto floor, floorOf(archive, directory.path()));
    for (int round = 0; round < rounds; ++round) {
        PL_TRY(importOnce(
            archive, kept.empty() ? directory.path() + "/" + std::to_string(round) : kept, floor));
    }
    rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("peak memory   %7.1f MB\n", static_cast<double>(usage.ru_maxrss) / 1024);
    return success();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2 || argc > 4) {
        std::fprintf(stderr, "usage: images_bench ARCHIVE [ROUNDS] [STORE-DIR]\n");
        return 2;
    }
    const auto done = run(argv[1], argc > 2 ? std::atoi(argv[2]) : 3, argc > 3 ? argv[3] : "");
    if (!done)
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
