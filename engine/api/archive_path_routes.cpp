#include "engine/api/archive_path_routes.h"

#include "engine/api/image_archive_routes.h"
#include "engine/api/progress_lines.h"
#include "engine/api/registry_routes.h"

namespace portlight::api {

namespace {

using ExportJob = core::ArchiveService::ExportJobs::Job;

constexpr std::int64_t kMaxListedFiles = 100'000;
constexpr std::int64_t kUsualEntries = 20'000;

core::Caller callerOf(const Request& request)
{
    return { request.peer.uid, request.peer.gid };
}

Result<std::string> pathOf(const Request& request)
{
    const std::string path = request.query("path");
    if (path.empty())
        return makeError(Errc::InvalidArgument, "path is missing");
    return path;
}

Json familiar(const std::vector<std::string>& names)
{
    Json list = Json::array();
    for (const std::string& name : names)
        list.push_back(image::ImageStore::familiarName(name));
    return list;
}

Json inspectedJson(const image::InspectedImage& image)
{
    Json layers = Json::array();
    for (const image::InspectedLayer& layer : image.layers)
        layers.push_back({ { "DiffId", layer.diffId }, { "Digest", layer.blobDigest },
            { "Member", layer.member }, { "LeftOut", layer.isLeftOut },
            { "MediaType", layer.mediaType }, { "Size", layer.blobBytes },
            { "Present", layer.isPresent }, { "CreatedBy", layer.createdBy } });
    Json json { { "Id", image.id }, { "ManifestDigest", image.manifestDigest },
        { "RepoTags", familiar(image.names) }, { "Os", image.config.os },
        { "Architecture", image.config.architecture }, { "Created", image.config.created },
        { "Present", image.isPresent }, { "Config", image.config.raw } };
    json["Layers"] = std::move(layers);
    return json;
}

Result<image::Compression> compressionOf(const std::string& text)
{
    if (text.empty() || text == "none")
        return image::Compression::None;
    if (text == "gzip")
        return image::Compression::Gzip;
    if (text == "zstd")
        return image::Compression::Zstd;
    return makeError(
        Errc::InvalidArgument, "unknown compression \"" + text + "\": none, gzip or zstd");
}

asio::awaitable<void> writeExport(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<ExportJob> job, std::optional<core::ExportProgress> first)
{
    auto progress = std::move(first);
    while (progress) {
        std::string line =
            progressLine("Exporting", "archive", progress->currentBytes, progress->totalBytes);
        if (!co_await out->write(std::move(line)))
            co_return;
        progress = co_await job->nextProgress();
    }
    const auto& result = job->result();
    std::string last;
    if (result) {
        Json aux { { "Path", result.value().path }, { "Size", result.value().sizeBytes },
            { "LeftOut", result.value().leftOut } };
        last = messageLine(Json { { "status", "Exported" }, { "aux", std::move(aux) } });
    } else {
        last = errorLine(result.error());
    }
    static_cast<void>(co_await out->write(std::move(last)));
}

Json layerJson(
    const image::StoredLayer& layer, const image::LayerFiles& files, const std::string& createdBy)
{
    Json changes = Json::array();
    for (const image::LayerChange& change : files.changes) {
        const char* kind = change.kind == image::LayerChange::Kind::Added ? "A"
            : change.kind == image::LayerChange::Kind::Changed            ? "C"
                                                                          : "D";
        changes.push_back(
            { { "Kind", kind }, { "Path", change.path }, { "Size", change.sizeBytes } });
    }
    Json json { { "DiffId", layer.diffId }, { "ChainId", layer.chainId },
        { "Digest", layer.blobDigest }, { "MediaType", layer.mediaType },
        { "BlobSize", layer.blobBytes }, { "Size", layer.sizeBytes }, { "CreatedBy", createdBy },
        { "Added", files.added }, { "Changed", files.changed }, { "Removed", files.removed },
        { "AddedBytes", files.addedBytes }, { "WastedBytes", files.wastedBytes } };
    json["Changes"] = std::move(changes);
    return json;
}

const char* kindName(image::LayerEntry::Kind kind)
{
    switch (kind) {
    case image::LayerEntry::Kind::File:
        return "file";
    case image::LayerEntry::Kind::Directory:
        return "directory";
    case image::LayerEntry::Kind::Symlink:
        return "symlink";
    case image::LayerEntry::Kind::HardLink:
        return "hardlink";
    case image::LayerEntry::Kind::Device:
        return "device";
    case image::LayerEntry::Kind::Fifo:
        return "fifo";
    case image::LayerEntry::Kind::Removed:
        return "removed";
    case image::LayerEntry::Kind::Opaque:
        return "opaque";
    }
    return "file";
}

Json entryJson(const image::LayerEntry& entry)
{
    Json json { { "Kind", kindName(entry.kind) }, { "Path", entry.path },
        { "Size", entry.sizeBytes }, { "Mode", entry.mode }, { "Uid", entry.uid },
        { "Gid", entry.gid }, { "Modified", entry.modifiedSeconds } };
    if (!entry.target.empty())
        json["Target"] = entry.target;
    return json;
}

} // namespace

void ArchivePathRoutes::addTo(Router& router)
{
    const auto add = [this, &router](const char* method, const char* pattern,
                         Task<Response> (ArchivePathRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("POST", "/portlight/v1/archives/inspect", &ArchivePathRoutes::inspect);
    add("POST", "/portlight/v1/archives/layer", &ArchivePathRoutes::layer);
    add("POST", "/portlight/v1/archives/import", &ArchivePathRoutes::import);
    add("POST", "/portlight/v1/archives/export", &ArchivePathRoutes::exportFile);
    add("GET", "/portlight/v1/images/{name...}/layers", &ArchivePathRoutes::layers);
}

// 200; 400 no archive; 403, 404 as the path is.
Task<Response> ArchivePathRoutes::inspect(Request request)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(auto platform, platformOf(request));
    PL_CO_TRY(const auto report,
        co_await m_archives.inspect(std::move(path), callerOf(request), std::move(platform)));
    Json images = Json::array();
    for (const image::InspectedImage& image : report.images)
        images.push_back(inspectedJson(image));
    Json answer { { "Format", report.format }, { "Compression", report.compression },
        { "Size", report.bytes }, { "NewBytes", report.newBytes } };
    answer["Images"] = std::move(images);
    co_return Response::json(answer);
}

// 200; 400 no archive or bad limit; 403 as the path is; 404 as the path is, or no such member.
Task<Response> ArchivePathRoutes::layer(Request request)
{
    PL_CO_TRY(auto path, pathOf(request));
    auto member = request.query("member");
    if (member.empty())
        co_return makeError(Errc::InvalidArgument, "member is missing");
    PL_CO_TRY(const auto asked, request.queryInt("limit"));
    const std::int64_t limit = asked.value_or(kUsualEntries);
    if (limit < 0 || limit > kMaxListedFiles)
        co_return makeError(Errc::InvalidArgument,
            "limit must be between 0 and " + std::to_string(kMaxListedFiles));
    PL_CO_TRY(const auto listing,
        co_await m_archives.layerEntries(std::move(path), callerOf(request), std::move(member),
            static_cast<std::size_t>(limit)));
    Json entries = Json::array();
    for (const image::LayerEntry& entry : listing.entries)
        entries.push_back(entryJson(entry));
    Json answer { { "Count", listing.count } };
    answer["Entries"] = std::move(entries);
    co_return Response::json(answer);
}

// As POST /images/load; 404 also for an id that the archive does not hold.
Task<Response> ArchivePathRoutes::import(Request request)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(auto platform, platformOf(request));
    PL_CO_TRY(auto started,
        m_archives.startPathImport(
            std::move(path), callerOf(request), std::move(platform), request.queryAll("images")));
    const std::shared_ptr<core::ImportJob> job(std::move(started));
    co_return co_await answerImport(job, request.queryFlag("quiet"));
}

// 200 with progress; 400 bad path, format or compression; 403, 404 as the path and the images are.
Task<Response> ArchivePathRoutes::exportFile(Request request)
{
    core::ExportRequest wanted;
    PL_CO_TRY(wanted.path, pathOf(request));
    wanted.references = request.queryAll("names");
    wanted.leftOut = request.queryAll("except");
    PL_CO_TRY(wanted.format, formatOf(request.query("format")));
    PL_CO_TRY(wanted.compression, compressionOf(request.query("compression")));
    wanted.caller = callerOf(request);
    PL_CO_TRY(const std::shared_ptr<ExportJob> job, m_archives.startPathExport(std::move(wanted)));
    auto first = co_await job->nextProgress();
    if (!first && !job->result())
        co_return job->result().error();
    auto body = [job, first = std::move(first)](std::shared_ptr<ResponseStream> out) {
        return writeExport(std::move(out), job, first);
    };
    co_return Response::streamed("application/json", std::move(body));
}

// 200; 400 bad number; 404 unknown image.
Task<Response> ArchivePathRoutes::layers(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(const auto count, request.queryInt("files"));
    const std::int64_t wanted = count.value_or(0);
    if (wanted < 0 || wanted > kMaxListedFiles)
        co_return makeError(Errc::InvalidArgument,
            "files must be between 0 and " + std::to_string(kMaxListedFiles));
    PL_CO_TRY(const auto listed,
        co_await m_archives.layers(std::move(name), static_cast<std::size_t>(wanted)));
    std::vector<std::string> creators;
    for (const auto& entry : listed.image.config.history)
        if (!entry.isEmptyLayer)
            creators.push_back(entry.createdBy);
    creators.resize(listed.image.layers.size());
    Json layers = Json::array();
    for (std::size_t at = 0; at < listed.layers.size(); ++at)
        layers.push_back(layerJson(listed.image.layers[at], listed.layers[at], creators[at]));
    Json answer { { "Id", listed.image.id } };
    answer["Layers"] = std::move(layers);
    co_return Response::json(answer);
}

} // namespace portlight::api
