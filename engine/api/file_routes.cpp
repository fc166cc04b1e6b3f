#include "engine/api/file_routes.h"

#include <stdexcept>
#include <string_view>

namespace portlight::api {

namespace {

std::string base64(std::string_view bytes)
{
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t next = 0; next < 3; ++next)
            group = (group << 8)
                | (at + next < bytes.size() ? static_cast<unsigned char>(bytes[at + next]) : 0U);
        for (std::size_t next = 0; next < 4; ++next)
            text += at + next > bytes.size() ? '=' : kLetters[(group >> (18 - 6 * next)) & 63U];
    }
    return text;
}

void addStat(Response& response, const Json& stat)
{
    response.headers.emplace_back("X-Docker-Container-Path-Stat", base64(dumpJson(stat)));
}

Result<std::string> pathOf(const Request& request)
{
    const auto path = request.query("path");
    if (path.empty())
        return makeError(Errc::InvalidArgument, "bad parameter: path cannot be empty");
    return path;
}

asio::awaitable<void> writeTar(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<core::TreeTar> tar, asio::thread_pool& workers)
{
    for (;;) {
        auto work = [tar] { return tar->next(); };
        auto block = co_await offload(workers, std::move(work));
        if (!block) // the session then leaves out the last chunk: the client sees a cut
            throw std::runtime_error(block.error().message);
        if (block.value()->empty() || !co_await out->write(*block.value()))
            co_return;
    }
}

Response tarResponse(core::FileArchive archive, core::FileService& files)
{
    auto body = [tar = std::move(archive.tar), &workers = files.workers()](
                    std::shared_ptr<ResponseStream> out) {
        return writeTar(std::move(out), tar, workers);
    };
    auto response = Response::streamed("application/x-tar", std::move(body));
    addStat(response, archive.stat);
    return response;
}

} // namespace

void FileRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* method, const char* pattern,
                         Task<Response> (FileRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("HEAD", "/containers/{id}/archive", &FileRoutes::stat);
    add("GET", "/containers/{id}/archive", &FileRoutes::read);
    add("PUT", "/containers/{id}/archive", &FileRoutes::write);
    add("GET", "/containers/{id}/changes", &FileRoutes::changes);
}

/// HEAD /containers/{id}/archive?path=. 200, 400, 404.
Task<Response> FileRoutes::stat(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(const auto stat, co_await m_files.stat(std::move(reference), std::move(path)));
    Response response = Response::empty(200);
    addStat(response, stat);
    co_return response;
}

/// GET /containers/{id}/archive?path=. 200 a tar, 400, 404.
Task<Response> FileRoutes::read(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(auto archive, co_await m_files.read(std::move(reference), std::move(path)));
    co_return tarResponse(std::move(archive), m_files);
}

/// PUT /containers/{id}/archive?path=&noOverwriteDirNonDir=&copyUIDGID=. 200, 400 no tar or no
/// directory, 403 read-only, 404.
Task<Response> FileRoutes::write(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(auto path, pathOf(request));
    core::UploadOptions options;
    options.keepsKinds = request.queryFlag("noOverwriteDirNonDir");
    options.takesContainerUser = request.queryFlag("copyUIDGID");
    auto next = [body = request.body]() -> Task<std::string> { return body->read(); };
    PL_CO_TRY(
        co_await m_files.write(std::move(reference), std::move(path), options, std::move(next)));
    co_return Response::empty(200);
}

/// GET /containers/{id}/changes. 200, 404.
Task<Response> FileRoutes::changes(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto changes, co_await m_files.changes(std::move(reference)));
    co_return Response::json(changes);
}

} // namespace portlight::api
