#include "engine/api/commit_routes.h"

#include "engine/api/progress_lines.h"
#include "engine/api/registry_routes.h"

namespace portlight::api {

namespace {

asio::awaitable<void> writeImported(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<core::ImportJob> job, std::optional<image::LayerProgress> progress)
{
    while (progress) {
        std::string line =
            progressLine("Downloading", {}, progress->currentBytes, progress->totalBytes);
        if (!co_await out->write(std::move(line)))
            co_return;
        progress = co_await job->nextProgress();
    }
    const auto& result = job->result();
    std::string last = result ? messageLine(Json { { "status", result.value().front().id } })
                              : errorLine(result.error());
    static_cast<void>(co_await out->write(std::move(last)));
}

} // namespace

void CommitRoutes::addTo(Router& router)
{
    router.add("POST", "/commit", [this](Request request) { return commit(std::move(request)); });
    router.add("GET", "/containers/{id}/export",
        [this](Request request) { return exportTree(std::move(request)); });
}

// 201; 400 bad name or change; 404 unknown container.
Task<Response> CommitRoutes::commit(Request request)
{
    core::CommitRequest commit;
    commit.container = request.query("container");
    commit.repository = request.query("repo");
    commit.tag = request.query("tag");
    commit.comment = request.query("comment");
    commit.author = request.query("author");
    commit.doesPause = request.queryFlag("pause", true);
    commit.changes = request.queryAll("changes");
    PL_CO_TRY(const auto body, co_await request.body->readAll());
    if (!body.empty()) {
        PL_CO_TRY(commit.config, parseJson(body));
        if (!commit.config.is_null() && !commit.config.is_object())
            co_return makeError(Errc::InvalidArgument, "the configuration is not a JSON object");
    }
    PL_CO_TRY(const auto id, co_await m_commits.commit(std::move(commit)));
    const Json answer { { "Id", id } };
    co_return Response::json(answer, 201);
}

// 200; 404 unknown container.
Task<Response> CommitRoutes::exportTree(Request request)
{
    PL_CO_TRY(auto id, request.pathParam("id"));
    PL_CO_TRY(auto tar, co_await m_commits.exportTree(std::move(id)));
    auto body = [tar = std::move(tar), &workers = m_archives.workers()](
                    std::shared_ptr<ResponseStream> out) {
        return writeSource(std::move(out), tar, workers);
    };
    co_return Response::streamed("application/x-tar", std::move(body));
}

// 200 with progress, the image's id last; 400 bad name, change or archive.
Task<Response> CommitRoutes::importTree(Request request)
{
    core::TreeImport wanted;
    const std::string from = request.query("fromSrc");
    if (from != "-") // "example.com/tree.tar" is how docker allows it, too
        wanted.url = from.find("://") == std::string::npos ? "http://" + from : from;
    wanted.repository = request.query("repo");
    wanted.tag = request.query("tag");
    wanted.message = request.query("message");
    wanted.changes = request.queryAll("changes");
    PL_CO_TRY(wanted.platform, platformOf(request));
    PL_CO_TRY(auto started, m_archives.startTreeImport(std::move(wanted)));
    const std::shared_ptr<core::ImportJob> job(std::move(started));
    if (from == "-") {
        PL_CO_TRY(co_await feedBody(request.body, job));
    } else {
        job->endInput();
    }
    auto first = co_await job->nextProgress();
    if (!first && !job->result())
        co_return job->result().error();
    auto body = [job, first = std::move(first)](std::shared_ptr<ResponseStream> out) {
        return writeImported(std::move(out), job, first);
    };
    co_return Response::streamed("application/json", std::move(body));
}

} // namespace portlight::api
