#include "engine/image/image_importer.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/image/archive_index.h"
#include "engine/image/content_store.h"
#include "engine/image/decompress.h"
#include "engine/image/hash_thread.h"
#include "engine/image/image_store.h"
#include "engine/image/layer_unpacker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <thread>

namespace portlight::image {

namespace {

constexpr std::int64_t kProgressStepBytes = 1 << 20;

/// Room that unpacking leaves free, so that the engine's own state can always be written.
constexpr std::int64_t kReserveBytes = 64 << 20;

Result<std::int64_t> freeBytes(const std::string& directory)
{
    struct statvfs info {};
    if (::statvfs(directory.c_str(), &info) != 0)
        return errnoError(errno, "ask for the free space of '" + directory + "'");
    const auto free =
        static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
    return std::max<std::int64_t>(free - kReserveBytes, 0);
}

/// A layer to unpack: one for each chain id, however many images have it.
struct LayerJob {
    std::string chainId;
    std::string diffId;
    const ArchiveMember* member = nullptr;
    std::string directory; ///< empty: already in the store
    UnpackedLayer result;
};

class ProgressSource final : public ByteSource {
public:
    ProgressSource(std::unique_ptr<ByteSource> inner, std::function<void(std::int64_t)> report)
        : m_inner(std::move(inner))
        , m_report(std::move(report))
    {
    }
    Result<Block> next() override
    {
        auto block = m_inner->next();
        if (block)
            m_bytes += static_cast<std::int64_t>(block.value()->size());
        if (m_bytes - m_reported >= kProgressStepBytes) {
            m_reported = m_bytes;
            m_report(m_bytes);
        }
        return block;
    }

private:
    std::unique_ptr<ByteSource> m_inner;
    std::function<void(std::int64_t)> m_report;
    std::int64_t m_bytes = 0;
    std::int64_t m_reported = 0;
};

class Importer {
public:
    Importer(ImageStore& images, ContentStore& content, const ImportOptions& options)
        : m_images(images)
        , m_content(content)
        , m_options(options)
    {
    }

    Result<std::vector<ImportedImage>> run(
        std::unique_ptr<ByteSource> source, const std::string& shownName)
    {
        PL_TRY(const auto work, TempDir::create(m_content.temporaryDir(), "import-"));
        m_workDir = work.path();
        ReadLimits limits;
        limits.isCancelled = m_options.isCancelled;
        PL_TRY(limits.maxBytes, roomIn(m_workDir));
        PL_TRY(const auto archive,
            ArchiveReader::read(std::move(source), m_workDir, shownName, limits));
        PL_TRY(m_found, imagesIn(archive, m_options.platform));
        PL_TRY(planLayers());
        auto unpacked = unpackAll();
        if (!unpacked)
            return withContext(unpacked.error(), "'" + shownName + "'");
        PL_TRY(auto fresh, assemble());
        // One sync for everything: names are given only to what is on the disk.
        PL_TRY(syncFileSystem(m_workDir));
        if (isCancelled())
            return makeError(Errc::Cancelled, "cancelled");
        PL_TRY(m_images.publish(fresh));
        return report();
    }

private:
    bool isCancelled() const
    {
        return m_options.isCancelled != nullptr && m_options.isCancelled->load();
    }

    Result<std::int64_t> roomIn(const std::string& directory) const
    {
        PL_TRY(const auto free, freeBytes(directory));
        return std::min(free, m_options.maxBytes);
    }

    Result<void> planLayers()
    {
        for (const ArchivedImage& image : m_found) {
            std::string chainId;
            for (const ArchivedLayer& layer : image.layers) {
                chainId = chainIdOf(chainId, layer.diffId);
                if (m_jobByChain.contains(chainId))
                    continue;
                m_jobByChain.emplace(chainId, m_jobs.size());
                LayerJob job { chainId, layer.diffId, layer.member, {}, {} };
                PL_TRY(const bool isThere, m_images.hasLayer(chainId));
                if (!isThere)
                    job.directory = m_workDir + "/layer-" + std::to_string(m_jobs.size());
                m_jobs.push_back(std::move(job));
            }
        }
        return success();
    }

    Result<void> unpackAll()
    {
        std::vector<LayerJob*> todo;
        for (LayerJob& job : m_jobs)
            if (!job.directory.empty())
                todo.push_back(&job);
            else
                report(job, job.member->sizeBytes, true);
        std::atomic<std::size_t> next = 0;
        std::mutex mutex;
        std::optional<Error> failure;
        const auto work = [&] {
            for (;;) {
                const std::size_t at = next.fetch_add(1);
                if (at >= todo.size())
                    return;
                auto done = unpack(*todo[at]);
                if (done)
                    continue;
                const std::lock_guard lock(mutex);
                if (!failure)
                    failure = std::move(done).error();
                next = todo.size();
            }
        };
        // Every layer inflates and hashes on threads of its own too.
        const std::size_t width =
            std::min<std::size_t>(todo.size(), std::max(2U, std::thread::hardware_concurrency()));
        {
            std::vector<std::jthread> threads;
            for (std::size_t at = 1; at < width; ++at)
                threads.emplace_back(work);
            work();
        }
        if (failure)
            return *failure;
        return success();
    }

    Result<void> unpack(LayerJob& job)
    {
        report(job, 0, false);
        PL_TRY(makeDirs(job.directory, 0755));
        PL_TRY(const auto root, openFile(job.directory, O_RDONLY | O_DIRECTORY));
        // The container's "/" where the layer has no entry for it; the engine's umask is stricter.
        if (::fchmod(root.get(), 0755) != 0)
            return errnoError(errno, "set mode of '" + job.directory + "'");
        PL_TRY(auto file, openFile(job.member->file, O_RDONLY));
        UnpackOptions options;
        options.isCancelled = m_options.isCancelled;
        PL_TRY(options.maxBytes, roomIn(job.directory));
        HashThread hash;
        Compression compression = Compression::None;
        std::unique_ptr<ByteSource> source =
            std::make_unique<FileSource>(std::move(file), job.member->path);
        source = std::make_unique<ProgressSource>(
            std::move(source), [this, &job](std::int64_t bytes) { report(job, bytes, false); });
        source = decompress(std::move(source), &compression);
        // The bytes of an uncompressed layer were hashed when the archive was read.
        const bool isPlain = job.member->digest.text() == job.diffId;
        if (!isPlain)
            source = std::make_unique<HashingSource>(std::move(source), hash);
        source = readAhead(std::move(source));
        auto unpacked = unpackLayer(*source, root, options);
        source.reset(); // ends the thread that feeds the hash
        if (!unpacked)
            return withContext(unpacked.error(), "layer " + job.diffId);
        job.result = std::move(unpacked).value();
        if (!isPlain) {
            if (const Digest actual = hash.finish(); actual.text() != job.diffId)
                return makeError(Errc::InvalidArgument,
                    "layer " + job.member->digest.text() + ": digest mismatch: expected diff_id "
                        + job.diffId + ", actual " + actual.text());
        }
        report(job, job.member->sizeBytes, true);
        return success();
    }

    void report(const LayerJob& job, std::int64_t bytes, bool isDone)
    {
        if (!m_options.onProgress)
            return;
        const std::lock_guard lock(m_progressMutex);
        m_options.onProgress({ job.diffId, bytes, job.member->sizeBytes, isDone });
    }

    Result<NewContent> assemble()
    {
        NewContent fresh;
        for (const LayerJob& job : m_jobs)
            fresh.layers.push_back(
                { job.chainId, job.diffId, job.directory, job.result.sizeBytes });
        std::map<Digest, std::string> blobs;
        for (const ArchivedImage& image : m_found) {
            const Digest manifest = Digest::of(image.manifest);
            const std::string manifestFile = m_workDir + "/manifest-" + std::string(manifest.hex());
            PL_TRY(const auto file, openFile(manifestFile, O_WRONLY | O_CREAT | O_TRUNC, 0600));
            PL_TRY(writeAll(file, image.manifest));
            blobs.emplace(manifest, manifestFile);
            blobs.emplace(image.config->digest, image.config->file);
            NewImage stored { image.config->digest.text(), manifest.text(), image.manifestMediaType,
                image.names, {} };
            std::string chainId;
            for (const ArchivedLayer& layer : image.layers) {
                chainId = chainIdOf(chainId, layer.diffId);
                blobs.emplace(layer.member->digest, layer.member->file);
                stored.layers.push_back({ layer.diffId, chainId, layer.member->digest.text(),
                    layer.mediaType, layer.member->sizeBytes, 0 });
            }
            fresh.images.push_back(std::move(stored));
        }
        for (const auto& [digest, file] : blobs)
            fresh.blobs.push_back({ digest, file });
        return fresh;
    }

    std::vector<ImportedImage> report() const
    {
        std::vector<ImportedImage> imported;
        for (const ArchivedImage& image : m_found) {
            ImportedImage one { image.config->digest.text(), image.names, {} };
            std::string chainId;
            for (const ArchivedLayer& layer : image.layers) {
                chainId = chainIdOf(chainId, layer.diffId);
                const auto& notes = m_jobs[m_jobByChain.at(chainId)].result.notes;
                one.notes.insert(one.notes.end(), notes.begin(), notes.end());
            }
            imported.push_back(std::move(one));
        }
        return imported;
    }

    ImageStore& m_images;
    ContentStore& m_content;
    const ImportOptions& m_options;
    std::string m_workDir;
    std::vector<ArchivedImage> m_found;
    std::vector<LayerJob> m_jobs;
    std::map<std::string, std::size_t> m_jobByChain;
    std::mutex m_progressMutex;
};

} // namespace

std::string chainIdOf(const std::string& parentChainId, const std::string& diffId)
{
    return parentChainId.empty() ? diffId : Digest::of(parentChainId + " " + diffId).text();
}

Result<std::vector<ImportedImage>> importArchive(ImageStore& images, ContentStore& content,
    std::unique_ptr<ByteSource> archive, const std::string& shownName, const ImportOptions& options)
{
    Importer importer(images, content, options);
    return importer.run(std::move(archive), shownName);
}

} // namespace portlight::image
