#include "engine/api/progress_lines.h"

#include "engine/base/id.h"

#include <stdexcept>

namespace portlight::api {

namespace {

std::string shortDigest(const std::string& digest)
{
    return std::string(shortId(digest.substr(digest.find(':') + 1)));
}

std::string layerLine(const char* status, const image::TransferProgress& progress)
{
    Json detail = Json::object();
    return messageLine(Json { { "status", status }, { "progressDetail", std::move(detail) },
        { "id", shortDigest(progress.id) } });
}

std::string movingLine(const char* status, const image::TransferProgress& progress)
{
    return progressLine(
        status, shortDigest(progress.id), progress.currentBytes, progress.totalBytes);
}

} // namespace

std::string messageLine(const Json& value)
{
    return dumpJson(value) + "\r\n"; // as docker ends each message
}

std::string errorLine(const Error& error)
{
    return messageLine(Json {
        { "errorDetail", Json { { "message", error.message } } }, { "error", error.message } });
}

std::string progressLine(
    const std::string& status, const std::string& id, std::int64_t current, std::int64_t total)
{
    Json detail { { "current", current }, { "total", total } };
    return messageLine(
        Json { { "status", status }, { "progressDetail", std::move(detail) }, { "id", id } });
}

std::string transferLine(const image::TransferProgress& progress)
{
    using enum image::TransferStep;
    switch (progress.step) {
    case Begun:
        return messageLine(
            Json { { "status", "Pulling from " + progress.text }, { "id", progress.id } });
    case PushBegun:
        return messageLine(
            Json { { "status", "The push refers to repository [" + progress.text + "]" } });
    case LayerFound:
        return layerLine("Pulling fs layer", progress);
    case LayerExists:
        return layerLine("Already exists", progress);
    case Downloading:
        return movingLine("Downloading", progress);
    case Verifying:
        return layerLine("Verifying Checksum", progress);
    case Downloaded:
        return layerLine("Download complete", progress);
    case Extracting:
        return movingLine("Extracting", progress);
    case Pulled:
        return layerLine("Pull complete", progress);
    case Preparing:
        return layerLine("Preparing", progress);
    case Pushing:
        return movingLine("Pushing", progress);
    case PushedBefore:
        return layerLine("Layer already exists", progress);
    case Mounted:
        return layerLine(("Mounted from " + progress.text).c_str(), progress);
    case Pushed:
        return layerLine("Pushed", progress);
    case Digest:
        return messageLine(Json { { "status", "Digest: " + progress.text } });
    case Status:
        return messageLine(Json { { "status", progress.text } });
    }
    return {};
}

asio::awaitable<void> writeSource(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<image::ByteSource> source, asio::thread_pool& workers)
{
    for (;;) {
        auto work = [source] { return source->next(); };
        auto block = co_await offload(workers, std::move(work));
        if (!block) // the session then leaves out the last chunk: the client sees a cut
            throw std::runtime_error(block.error().message);
        if (block.value()->empty() || !co_await out->write(*block.value()))
            co_return;
    }
}

Task<void> feedBody(std::shared_ptr<BodyReader> body, std::shared_ptr<core::ImportJob> job)
{
    bool isWanted = true;
    for (;;) {
        PL_CO_TRY(auto piece, co_await body->read());
        if (piece.empty())
            break;
        // What an import that failed early no longer wants is still read: a client that cannot send
        // would never look at the answer.
        if (isWanted)
            isWanted = co_await job->feed(std::move(piece));
    }
    job->endInput();
    co_return success();
}

} // namespace portlight::api
