#pragma once

#include "engine/base/async.h"
#include "engine/core/archive_files.h"
#include "engine/core/event_bus.h"
#include "engine/image/archive_layer_list.h"
#include "engine/image/archive_writer.h"
#include "engine/image/http_client.h"
#include "engine/image/image_importer.h"
#include "engine/image/image_store.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portlight::core {

/// A running import that is fed with an archive's bytes. Belongs to the io thread; the work is done
/// elsewhere. Letting it go before the end cancels the import, which then leaves nothing.
class ImportJob {
public:
    struct State;

    explicit ImportJob(std::shared_ptr<State> state);
    ~ImportJob();
    ImportJob(const ImportJob&) = delete;
    ImportJob& operator=(const ImportJob&) = delete;

    /// Hands over the archive's next bytes; waits while the import is behind. False once it wants
    /// no more (it has failed already, or has found the archive's end).
    asio::awaitable<bool> feed(std::string bytes);
    /// No more bytes will come.
    void endInput();
    /// What happened next; nothing once it has ended (see result()).
    asio::awaitable<std::optional<image::LayerProgress>> nextProgress();
    /// Once nextProgress() has given nothing.
    const Result<std::vector<image::ImportedImage>>& result() const;

private:
    std::shared_ptr<State> m_state;
};

/// A root file system to become an image of one layer: Engine API, ImageCreate with fromSrc.
struct TreeImport {
    std::string url {}; ///< http or https, fetched by the engine; empty: the bytes are fed
    std::string repository {}; ///< may be empty: an image without a name
    std::string tag {};
    std::string message {};
    std::vector<std::string> changes {}; ///< Dockerfile instructions
    std::optional<oci::Platform> platform {};
};

/// Image archives in and out. Belongs to the io thread; imports run on threads of their own, so
/// that a client that sends slowly holds up nobody.
class ArchiveService {
public:
    ArchiveService(asio::any_io_executor executor, image::ImageStore& images,
        image::ContentStore& content, EventBus& events, image::Dial dial);
    /// Cancels running imports and waits for them.
    ~ArchiveService();

    /// Publishes the events `load` and, for each name, `tag` when it succeeds.
    Result<std::unique_ptr<ImportJob>> startImport(std::optional<oci::Platform> platform);
    /// The bytes that are fed, or those at the address, are a tar, compressed or not. Progress is
    /// that of the fetching. Publishes `import`.
    /// Errors: InvalidArgument for a bad name or change.
    Result<std::unique_ptr<ImportJob>> startTreeImport(TreeImport wanted);
    /// As startImport(), of a file or of a directory that holds an OCI layout.
    /// @p onlyIds: of the images to take; all of them where it is empty.
    Result<std::unique_ptr<ImportJob>> startPathImport(std::string path, Caller caller,
        std::optional<oci::Platform> platform, std::vector<std::string> onlyIds);
    /// What an archive holds; of a file that did not change since, without reading it again.
    Task<image::ArchiveReport> inspect(
        std::string path, Caller caller, std::optional<oci::Platform> platform);
    /// The entries of the layer @p member of an archive, at most @p maxEntries of them.
    Task<image::LayerListing> layerEntries(
        std::string path, Caller caller, std::string member, std::size_t maxEntries);
    using ExportJobs = ProgressJobs<ExportProgress, ExportedFile>;
    /// Errors: InvalidArgument without references.
    Result<std::shared_ptr<ExportJobs::Job>> startPathExport(ExportRequest request);
    struct ImageLayers {
        image::StoredImage image;
        std::vector<image::LayerFiles> layers;
    };
    /// What each layer of an image did, with its first @p maxChanges changes. Errors: NotFound.
    Task<ImageLayers> layers(std::string reference, std::size_t maxChanges);
    /// Imports an archive of this machine. Errors: as image::importArchive.
    Task<std::vector<image::ImportedImage>> loadFile(std::string path);

    /// The images that @p references mean, as a tar stream to be read on a worker (offload on
    /// workers()). A reference without tag means all tags of its repository; none at all is
    /// InvalidArgument.
    Task<std::shared_ptr<image::ByteSource>> exportImages(
        std::vector<std::string> references, image::ArchiveFormat format);
    /// Where blocking calls of this service's results belong.
    asio::thread_pool& workers() { return m_workers; }

private:
    using Imported = Result<std::vector<image::ImportedImage>>;
    using ImportWork = std::function<Imported(
        std::unique_ptr<image::ByteSource> input, const image::ImportOptions& options)>;

    Result<std::unique_ptr<image::ByteSource>> fetchTree(
        const std::string& url, const image::ImportOptions& options);
    Result<std::unique_ptr<ImportJob>> startJob(ImportWork work, std::string action);
    void publishImported(
        const std::vector<image::ImportedImage>& imported, const std::string& action);

    asio::any_io_executor m_executor;
    image::ImageStore& m_images;
    image::ContentStore& m_content;
    EventBus& m_events;
    std::vector<std::weak_ptr<ImportJob::State>> m_running;
    std::shared_ptr<bool> m_isAlive;
    ArchiveReportCache m_reports;
    image::HttpClient m_http;
    asio::thread_pool m_workers;
    ExportJobs m_exports;
};

} // namespace portlight::core
