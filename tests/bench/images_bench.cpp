// Prints how fast an image archive goes in and comes out: images_bench ARCHIVE [ROUNDS] [STORE-DIR]
// With STORE-DIR the store stays there for a look; otherwise everything goes below TMPDIR and is
// removed.

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/image/content_store.h"
#include "engine/image/image_importer.h"
#include "engine/image/image_store.h"
#include "engine/store/database.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

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

Result<void> importOnce(const std::string& archive, const std::string& root)
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
        std::printf("%-13s %7.3f s  %7.1f MB/s  %s\n", round, seconds, megabytes(archive) / seconds,
            imported.empty() ? "" : imported[0].id.c_str());
    }
    return success();
}

Result<void> run(const std::string& archive, int rounds, const std::string& kept)
{
    for (int round = 0; round < rounds; ++round) {
        const char* temporary = std::getenv("TMPDIR");
        PL_TRY(const auto dir,
            TempDir::create(temporary != nullptr ? temporary : "/tmp", "images-bench-"));
        PL_TRY(importOnce(archive, kept.empty() ? dir.path() : kept));
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
