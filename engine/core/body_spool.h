#pragma once

#include "engine/base/async.h"
#include "engine/base/fd.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace portlight::core {

/// Keeps the bytes that @p nextPiece gives (empty at the end) in a file without a name in
/// @p directory, so that a slow sender holds up nobody; the file is at its beginning. Where it
/// fails, the rest is read all the same: a client that cannot send would never look at the answer.
/// Errors: InvalidArgument over @p mostBytes, as the pieces' and write(2).
Task<std::shared_ptr<Fd>> spoolBody(asio::thread_pool& workers, std::string directory,
    std::int64_t mostBytes, std::function<Task<std::string>()> nextPiece);

} // namespace portlight::core
