#pragma once

#include "engine/image/byte_source.h"
#include "engine/image/http_client.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace portlight::image {

struct UrlFetch {
    std::string url; ///< http or https
    std::int64_t maxBytes = INT64_MAX; ///< more is an error, also where the server says so before
    const std::atomic<bool>* isCancelled = nullptr; ///< may be null
    /// Called from the source's thread; @p total is 0 where the server does not say.
    std::function<void(std::int64_t current, std::int64_t total)> onBytes {};
};

/// The body of an http(s) address, fetched on a thread of its own while it is read; at most a few
/// blocks wait. @p http outlives the source. Errors (from next()): InvalidArgument for no address
/// and for too much, NotFound for 404, Unavailable with the server's status, and as
/// HttpClient::perform().
std::unique_ptr<ByteSource> urlSource(HttpClient& http, UrlFetch fetch);

} // namespace portlight::image
