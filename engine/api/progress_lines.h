#pragma once

#include "engine/api/http.h"
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

} // namespace portlight::api
