#pragma once

#include "engine/api/http.h"
#include "engine/core/archive_service.h"
#include "engine/core/registry_service.h"

#include <memory>
#include <string>

/// Docker's stream of JSON messages, as load, pull, push, commit and build write it (its package
/// jsonmessage): one object a line.
namespace portlight::api {

std::string messageLine(const Json& value);
/// A stream's last line where it failed.
std::string errorLine(const Error& error);
/// {"status":…,"progressDetail":{"current":…,"total":…},"id":…}
std::string progressLine(
    const std::string& status, const std::string& id, std::int64_t current, std::int64_t total);
/// A step of a pull or push in docker's words.
std::string transferLine(const image::TransferProgress& progress);

/// A tar to the client, read on @p workers.
asio::awaitable<void> writeSource(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<image::ByteSource> source, asio::thread_pool& workers);
/// A request's body into an import, to its end.
Task<void> feedBody(std::shared_ptr<BodyReader> body, std::shared_ptr<core::ImportJob> job);

} // namespace portlight::api
