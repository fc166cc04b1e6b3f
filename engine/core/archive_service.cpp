#include "engine/core/archive_service.h"

#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/config_changes.h"
#include "engine/image/content_store.h"
#include "engine/image/image_maker.h"
#include "engine/image/layer_work.h"
#include "engine/image/url_source.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <malloc.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <deque>

namespace portlight::core {

namespace {

using Imported = Result<std::vector<image::ImportedImage>>;

constexpr std::size_t kWorkerThreads = 8; ///< imports and exports at the same time
constexpr std::size_t kExports = 4; ///< to files, at the same time
constexpr std::size_t kMaxPendingProgress = 512;

} // namespace

/// What the io thread and the import's thread share. Everything but isCancelled belongs to the io
/// thread.
struct ImportJob::State {
    explicit State(asio::any_io_executor executor)
        : input(executor)
        , changed(executor, asio::steady_timer::time_point::max())
    {
    }

    void add(image::LayerProgress step)
    {
        // A client that does not read gets a summary of what it missed, not all of it.
        if (progress.size() >= kMaxPendingProgress && !step.isDone)
            return;
        progress.push_back(std::move(step));
        changed.cancel();
    }
    void finish(Imported imported)
    {
        result.emplace(std::move(imported));
        changed.cancel();
    }

    asio::local::stream_protocol::socket input;
    asio::steady_timer changed;
    std::deque<image::LayerProgress> progress;
    std::optional<Imported> result;
    std::atomic<bool> isCancelled = false;
};

ImportJob::ImportJob(std::shared_ptr<State> state)
    : m_state(std::move(state))
{
}

ImportJob::~ImportJob()
{
    m_state->isCancelled = true;
    endInput();
}

asio::awaitable<bool> ImportJob::feed(std::string bytes)
{
    if (!m_state->input.is_open())
        co_return false;
    const auto buffer = asio::buffer(bytes);
    const auto [code, size] = co_await asio::async_write(m_state->input, buffer, kAwait);
    co_return !code;
}

void ImportJob::endInput()
{
    boost::system::error_code ignored;
    m_state->input.close(ignored);
}

asio::awaitable<std::optional<image::LayerProgress>> ImportJob::nextProgress()
{
    auto state = m_state;
    while (state->progress.empty() && !state->result)
        co_await state->changed.async_wait(kAwait);
    if (state->progress.empty())
        co_return std::nullopt;
    auto progress = std::move(state->progress.front());
    state->progress.pop_front();
    co_return progress;
}

const Imported& ImportJob::result() const
{
    assert(m_state->result);
    return *m_state->result;
}

ArchiveService::ArchiveService(asio::any_io_executor executor, image::ImageStore& images,
    image::ContentStore& content, EventBus& events, image::Dial dial)
    : m_executor(std::move(executor))
    , m_images(images)
    , m_content(content)
    , m_events(events)
    , m_isAlive(std::make_shared<bool>(true))
    , m_http(std::move(dial))
    , m_workers(kWorkerThreads)
    , m_exports(m_executor, kExports)
{
}

ArchiveService::~ArchiveService()
{
    *m_isAlive = false;
    for (const auto& running : m_running)
        if (const auto state = running.lock()) {
            state->isCancelled = true;
            boost::system::error_code ignored;
            state->input.close(ignored);
        }
    m_workers.join();
}

void ArchiveService::publishImported(
    const std::vector<image::ImportedImage>& imported, const std::string& action)
{
    for (const image::ImportedImage& image : imported) {
        Event load { "image", action, image.id, { { "name", image.id } }, 0 };
        m_events.publish(std::move(load));
        for (const std::string& name : image.names) {
            Event tag { "image", "tag", image.id,
                { { "name", image::ImageStore::familiarName(name) } }, 0 };
            m_events.publish(std::move(tag));
        }
    }
}

Result<std::unique_ptr<ImportJob>> ArchiveService::startJob(ImportWork work, std::string action)
{
    // A socket pair, not a pipe: writing to it after its reader has gone is an error, no signal.
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    Fd reader(ends[0]);
    auto state = std::make_shared<ImportJob::State>(m_executor);
    state->input.assign(asio::local::stream_protocol(), ends[1]);
    std::erase_if(m_running, [](const auto& running) { return running.expired(); });
    m_running.push_back(state);
    auto run = [this, state, work = std::move(work), action = std::move(action),
                   reader = std::make_shared<Fd>(std::move(reader)), executor = m_executor,
                   isAlive = m_isAlive]() {
        image::ImportOptions options;
        options.isCancelled = &state->isCancelled;
        options.onProgress = [&](const image::LayerProgress& progress) {
            asio::post(executor, [state, progress] { state->add(progress); });
        };
        auto imported =
            work(std::make_unique<image::FileSource>(std::move(*reader), "archive"), options);
        ::malloc_trim(0); // an archive's buffers would stay with the idle engine: malloc_trim(3)
        asio::post(
            executor, [this, state, isAlive, action, imported = std::move(imported)]() mutable {
                if (imported && *isAlive)
                    publishImported(imported.value(), action);
                state->finish(std::move(imported));
            });
    };
    asio::post(m_workers, std::move(run));
    return std::make_unique<ImportJob>(std::move(state));
}

Result<std::unique_ptr<ImportJob>> ArchiveService::startImport(
    std::optional<oci::Platform> platform)
{
    auto work = [this, platform = std::move(platform)](
                    std::unique_ptr<image::ByteSource> input, image::ImportOptions options) {
        options.platform = platform;
        return image::importArchive(m_images, m_content, std::move(input), "archive", options);
    };
    return startJob(std::move(work), "load");
}

Result<std::unique_ptr<ImportJob>> ArchiveService::startTreeImport(TreeImport wanted)
{
    image::MadeImage made;
    if (!wanted.repository.empty()) {
        PL_TRY(auto name, oci::Reference::parse(wanted.repository));
        if (!wanted.tag.empty() && !oci::isValidTag(wanted.tag))
            return makeError(Errc::InvalidArgument, "invalid tag format");
        if (!wanted.tag.empty())
            name = name.withTag(wanted.tag);
        if (!name.digest().empty())
            return makeError(Errc::InvalidArgument, "cannot import digest reference");
        made.names.push_back(name.normalized());
    }
    Json config = Json::object();
    PL_TRY(applyChanges(config, wanted.changes));
    const oci::Platform platform = wanted.platform.value_or(oci::hostPlatform());
    const std::string now = formatTimestamp(wallClockNs());
    Json history { { "created", now },
        { "comment",
            !wanted.message.empty()  ? wanted.message
                : wanted.url.empty() ? "Imported from -"
                                     : "Imported from " + wanted.url } };
    made.config = Json { { "created", now }, { "os", platform.os },
        { "architecture", platform.architecture }, { "config", std::move(config) } };
    made.config["history"] = Json::array({ std::move(history) });
    if (!platform.variant.empty())
        made.config["variant"] = platform.variant;
    if (!wanted.url.empty() && image::originOf(wanted.url).empty())
        return makeError(Errc::InvalidArgument,
            "'" + wanted.url + "' is no address to import from: '-', http://… or https://…");
    auto work = [this, made = std::move(made), url = wanted.url](
                    std::unique_ptr<image::ByteSource> input,
                    const image::ImportOptions& options) -> Imported {
        if (!url.empty()) {
            PL_TRY(input, fetchTree(url, options));
        }
        image::MadeLayer layer { std::move(input), true };
        PL_TRY(auto id,
            image::makeImage(m_images, m_content, made, std::move(layer), options.isCancelled));
        return std::vector<image::ImportedImage> { { std::move(id), made.names, {} } };
    };
    return startJob(std::move(work), "import");
}

Result<std::unique_ptr<image::ByteSource>> ArchiveService::fetchTree(
    const std::string& url, const image::ImportOptions& options)
{
    image::UrlFetch fetch { url, 0, options.isCancelled };
    PL_TRY(fetch.maxBytes, image::roomIn(m_content.temporaryDir()));
    if (options.onProgress)
        fetch.onBytes = [url, report = options.onProgress](std::int64_t current,
                            std::int64_t total) { report({ url, current, total, false }); };
    return image::urlSource(m_http, std::move(fetch));
}

Task<std::vector<image::ImportedImage>> ArchiveService::loadFile(std::string path)
{
    auto work = [this, path]() -> Imported {
        PL_TRY(auto file, openFile(path, O_RDONLY));
        auto source = std::make_unique<image::FileSource>(std::move(file), path);
        return image::importArchive(m_images, m_content, std::move(source), path);
    };
    auto imported = co_await offload(m_workers, std::move(work));
    if (imported)
        publishImported(imported.value(), "load");
    co_return imported;
}

namespace {

Result<std::vector<image::ExportedImage>> findExported(
    const image::ImageStore& images, const std::vector<std::string>& references)
{
    std::vector<image::ExportedImage> found;
    const auto add = [&found](image::StoredImage image, const std::vector<std::string>& names) {
        auto same = std::find_if(found.begin(), found.end(),
            [&image](const auto& known) { return known.image.id == image.id; });
        if (same == found.end())
            same = found.insert(found.end(), { std::move(image), {} });
        for (const std::string& name : names)
            if (std::find(same->names.begin(), same->names.end(), name) == same->names.end())
                same->names.push_back(name);
    };
    for (const std::string& text : references) {
        const auto reference = oci::Reference::parse(text);
        const bool isNameOnly =
            reference && reference.value().tag().empty() && reference.value().digest().empty();
        bool isFound = false;
        if (isNameOnly) {
            PL_TRY(auto all, images.list());
            const std::string prefix = reference.value().repository() + ":";
            for (image::StoredImage& image : all) {
                std::vector<std::string> tags;
                for (const std::string& name : image.names)
                    if (name.starts_with(prefix))
                        tags.push_back(name);
                isFound = isFound || !tags.empty();
                if (!tags.empty())
                    add(std::move(image), tags);
            }
        }
        if (isFound)
            continue;
        PL_TRY(auto image, images.resolve(text));
        const std::string name = reference ? reference.value().normalized() : std::string();
        const bool isName =
            std::find(image.names.begin(), image.names.end(), name) != image.names.end();
        add(std::move(image), isName ? std::vector { name } : std::vector<std::string>());
    }
    return found;
}

} // namespace

Result<std::unique_ptr<ImportJob>> ArchiveService::startPathImport(std::string path, Caller caller,
    std::optional<oci::Platform> platform, std::vector<std::string> onlyIds)
{
    auto work = [this, path = std::move(path), caller, platform = std::move(platform),
                    onlyIds = std::move(onlyIds)](
                    std::unique_ptr<image::ByteSource>, image::ImportOptions options) -> Imported {
        options.platform = platform;
        options.onlyIds = onlyIds;
        PL_TRY(auto source, openArchive(path, caller));
        return image::importArchive(m_images, m_content, std::move(source), path, options);
    };
    return startJob(std::move(work), "load");
}

Task<image::ArchiveReport> ArchiveService::inspect(
    std::string path, Caller caller, std::optional<oci::Platform> platform)
{
    auto work = [this, path = std::move(path), caller,
                    platform = std::move(platform)]() -> Result<image::ArchiveReport> {
        std::optional<FileIdentity> file;
        PL_TRY(auto source, openArchive(path, caller, &file));
        if (auto known = file ? m_reports.find(*file, platform) : std::nullopt) {
            PL_TRY(image::markPresent(m_images, m_content, *known));
            return *std::move(known);
        }
        PL_TRY(auto report,
            image::inspectArchive(m_images, m_content, std::move(source), path, platform, nullptr));
        std::optional<FileIdentity> after;
        const auto again = openArchive(path, caller, &after);
        if (again && file && after == file) // nobody wrote to it meanwhile
            m_reports.keep(*file, platform, report);
        return report;
    };
    co_return co_await offload(m_workers, std::move(work));
}

Task<image::LayerListing> ArchiveService::layerEntries(
    std::string path, Caller caller, std::string member, std::size_t maxEntries)
{
    auto work = [this, path = std::move(path), caller, member = std::move(member),
                    maxEntries]() -> Result<image::LayerListing> {
        PL_TRY(auto source, openArchive(path, caller));
        return image::listArchivedLayer(
            std::move(source), member, m_content, maxEntries, path, nullptr);
    };
    co_return co_await offload(m_workers, std::move(work));
}

Result<std::shared_ptr<ArchiveService::ExportJobs::Job>> ArchiveService::startPathExport(
    ExportRequest request)
{
    if (request.references.empty())
        return makeError(Errc::InvalidArgument, "no image names are given to export");
    auto work = [this, request = std::move(request)](const ExportJobs::Report& report,
                    const std::atomic<bool>& isCancelled) -> Result<ExportedFile> {
        PL_TRY(auto found, findExported(m_images, request.references));
        std::vector<std::string> leftOut;
        for (const std::string& each : request.leftOut) {
            if (const auto digest = Digest::parse(each); digest && m_content.has(digest.value())) {
                leftOut.push_back(each);
                continue;
            }
            PL_TRY(const auto image, m_images.resolve(each));
            for (const image::StoredLayer& layer : image.layers)
                leftOut.push_back(layer.blobDigest);
        }
        return writeArchiveFile(
            m_content, std::move(found), leftOut, request,
            [&report](const ExportProgress& progress) { report(progress, true); }, isCancelled);
    };
    return std::shared_ptr<ExportJobs::Job>(m_exports.start(std::move(work), {}));
}

Task<ArchiveService::ImageLayers> ArchiveService::layers(
    std::string reference, std::size_t maxChanges)
{
    auto work = [this, reference = std::move(reference), maxChanges]() -> Result<ImageLayers> {
        ImageLayers listed;
        PL_TRY(listed.image, m_images.resolve(reference));
        PL_TRY(listed.layers, image::layerFiles(m_images, listed.image, maxChanges));
        return listed;
    };
    co_return co_await offload(m_workers, std::move(work));
}

Task<std::shared_ptr<image::ByteSource>> ArchiveService::exportImages(
    std::vector<std::string> references, image::ArchiveFormat format)
{
    if (references.empty())
        co_return makeError(Errc::InvalidArgument, "no image names are given to export");
    auto work = [this, references = std::move(references),
                    format]() -> Result<std::shared_ptr<image::ByteSource>> {
        PL_TRY(auto found, findExported(m_images, references));
        PL_TRY(auto source, image::exportArchive(m_content, std::move(found), format));
        return std::shared_ptr<image::ByteSource>(std::move(source));
    };
    co_return co_await offload(m_workers, std::move(work));
}

} // namespace portlight::core
