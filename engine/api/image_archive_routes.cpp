#include "engine/api/image_archive_routes.h"

#include "engine/api/progress_lines.h"
#include "engine/api/registry_routes.h"
#include "engine/base/id.h"

namespace portlight::api {

namespace {

std::string loadingLine(const image::LayerProgress& progress)
{
    const std::string id(shortId(progress.diffId.substr(progress.diffId.find(':') + 1)));
    return progressLine(progress.isDone ? "Load complete" : "Loading layer", id,
        progress.currentBytes, progress.totalBytes);
}

std::string loadedLines(const std::vector<image::ImportedImage>& images)
{
    std::string lines;
    for (const image::ImportedImage& image : images) {
        for (const std::string& note : image.notes)
            lines += messageLine(Json { { "stream", "Note: " + note + "\n" } });
        for (const std::string& name : image.names)
            lines += messageLine(Json {
                { "stream", "Loaded image: " + image::ImageStore::familiarName(name) + "\n" } });
        if (image.names.empty())
            lines += messageLine(Json { { "stream", "Loaded image ID: " + image.id + "\n" } });
    }
    return lines;
}

// The rest of an import's story: progress until it ends, then what came of it.
asio::awaitable<void> writeProgress(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<core::ImportJob> job, std::optional<image::LayerProgress> first, bool isQuiet)
{
    auto progress = std::move(first);
    while (progress) {
        if (!isQuiet) {
            std::string text = loadingLine(*progress);
            if (!co_await out->write(std::move(text)))
                co_return;
        }
        progress = co_await job->nextProgress();
    }
    const auto& result = job->result();
    std::string last = result ? loadedLines(result.value()) : errorLine(result.error());
    static_cast<void>(co_await out->write(std::move(last)));
}

} // namespace

Result<image::ArchiveFormat> formatOf(const std::string& text)
{
    if (text.empty() || text == "docker")
        return image::ArchiveFormat::Docker;
    if (text == "oci")
        return image::ArchiveFormat::Oci;
    return makeError(
        Errc::InvalidArgument, "unknown archive format \"" + text + "\": docker or oci");
}

Task<Response> answerImport(std::shared_ptr<core::ImportJob> job, bool isQuiet)
{
    auto first = co_await job->nextProgress();
    if (!first && !job->result())
        co_return job->result().error();
    auto body = [job, first = std::move(first), isQuiet](std::shared_ptr<ResponseStream> out) {
        return writeProgress(std::move(out), job, first, isQuiet);
    };
    co_return Response::streamed("application/json", std::move(body));
}

void ImageArchiveRoutes::addTo(Router& router)
{
    router.add(
        "POST", "/images/load", [this](Request request) { return load(std::move(request)); });
    router.add("GET", "/images/get", [this](Request request) { return save(std::move(request)); });
    router.add("GET", "/images/{name...}/get",
        [this](Request request) { return saveOne(std::move(request)); });
}

// 200 with progress; an import that fails before any progress has its own status, one that fails
// later ends the stream with an error message.
Task<Response> ImageArchiveRoutes::load(Request request)
{
    PL_CO_TRY(auto platform, platformOf(request));
    PL_CO_TRY(auto started, m_archives.startImport(std::move(platform)));
    const std::shared_ptr<core::ImportJob> job(std::move(started));
    PL_CO_TRY(co_await feedBody(request.body, job));
    co_return co_await answerImport(job, request.queryFlag("quiet"));
}

// 200; 400 no names or an unknown format; 404 unknown image.
Task<Response> ImageArchiveRoutes::save(Request request)
{
    co_return co_await answerArchive(request.queryAll("names"), request.query("format"));
}

Task<Response> ImageArchiveRoutes::saveOne(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    std::vector<std::string> names { std::move(name) };
    co_return co_await answerArchive(std::move(names), request.query("format"));
}

Task<Response> ImageArchiveRoutes::answerArchive(
    std::vector<std::string> names, std::string formatText)
{
    PL_CO_TRY(const auto format, formatOf(formatText));
    PL_CO_TRY(auto archive, co_await m_archives.exportImages(std::move(names), format));
    auto body = [archive = std::move(archive), &workers = m_archives.workers()](
                    std::shared_ptr<ResponseStream> out) {
        return writeSource(std::move(out), archive, workers);
    };
    co_return Response::streamed("application/x-tar", std::move(body));
}

} // namespace portlight::api
