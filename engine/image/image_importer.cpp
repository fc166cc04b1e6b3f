#include "engine/image/image_importer.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/image/archive_index.h"
#include "engine/image/content_store.h"
#include "engine/image/image_store.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

namespace portlight::image {

namespace {

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
        limits.fallback = &m_content;
        PL_TRY(limits.maxBytes, allowedIn(m_workDir));
        PL_TRY(const auto archive,
            ArchiveReader::read(std::move(source), m_workDir, shownName, limits));
        PL_TRY(m_found, imagesIn(archive, m_options.platform));
        PL_TRY(keepWanted(shownName));
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

    Result<std::int64_t> allowedIn(const std::string& directory) const
    {
        PL_TRY(const auto free, roomIn(directory));
        return std::min(free, m_options.maxBytes);
    }

    Result<void> keepWanted(const std::string& shownName)
    {
        const auto& wanted = m_options.onlyIds;
        if (wanted.empty())
            return success();
        for (const std::string& id : wanted)
            if (std::none_of(m_found.begin(), m_found.end(),
                    [&id](const auto& image) { return image.config->digest.text() == id; }))
                return makeError(Errc::NotFound, "'" + shownName + "' holds no image " + id);
        std::erase_if(m_found, [&wanted](const ArchivedImage& image) {
            return std::find(wanted.begin(), wanted.end(), image.config->digest.text())
                == wanted.end();
        });
        return success();
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
                LayerWork work { chainId, layer.diffId, layer.member->digest.text(),
                    layer.member->file, layer.member->sizeBytes, {}, {} };
                PL_TRY(const bool isThere, m_images.hasLayer(chainId));
                if (!isThere)
                    work.directory = m_workDir + "/layer-" + std::to_string(m_jobs.size());
                m_jobs.push_back(std::move(work));
            }
        }
        return success();
    }

    Result<void> unpackAll()
    {
        const LayerReport report = [this](const LayerWork& work, std::int64_t bytes, bool isDone) {
            if (!m_options.onProgress)
                return;
            const std::lock_guard lock(m_progressMutex);
            m_options.onProgress({ work.diffId, bytes, work.blobBytes, isDone });
        };
        std::vector<LayerWork*> todo;
        for (LayerWork& work : m_jobs)
            if (!work.directory.empty())
                todo.push_back(&work);
            else
                report(work, work.blobBytes, true);
        // Every layer inflates and hashes on threads of its own too.
        const std::size_t width = std::max(2U, std::thread::hardware_concurrency());
        return forEachInParallel(todo.size(), width, [&](std::size_t at) -> Result<void> {
            PL_TRY(const auto maxBytes, allowedIn(m_workDir));
            return unpackLayerFile(*todo[at], maxBytes, m_options.isCancelled, report);
        });
    }

    Result<NewContent> assemble()
    {
        NewContent fresh;
        for (const LayerWork& job : m_jobs)
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
            stored.isManifestMade = image.isManifestMade;
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
    std::vector<LayerWork> m_jobs;
    std::map<std::string, std::size_t> m_jobByChain;
    std::mutex m_progressMutex;
};

} // namespace

Result<std::vector<ImportedImage>> importArchive(ImageStore& images, ContentStore& content,
    std::unique_ptr<ByteSource> archive, const std::string& shownName, const ImportOptions& options)
{
    Importer importer(images, content, options);
    return importer.run(std::move(archive), shownName);
}

} // namespace portlight::image
