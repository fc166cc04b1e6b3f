#include "engine/core/body_spool.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace portlight::core {

Task<std::shared_ptr<Fd>> spoolBody(asio::thread_pool& workers, std::string directory,
    std::int64_t mostBytes, std::function<Task<std::string>()> nextPiece)
{
    auto begin = [directory] { return openFile(directory, O_RDWR | O_TMPFILE, 0600); };
    PL_CO_TRY(auto opened, co_await offload(workers, std::move(begin)));
    auto spool = std::make_shared<Fd>(std::move(opened));
    std::optional<Error> failure;
    std::int64_t size = 0;
    for (;;) {
        PL_CO_TRY(auto piece, co_await nextPiece());
        if (piece.empty())
            break;
        size += static_cast<std::int64_t>(piece.size());
        if (size > mostBytes && !failure)
            failure = makeError(Errc::InvalidArgument,
                "more than " + std::to_string(mostBytes >> 30) + " GiB are not taken here");
        if (failure)
            continue;
        auto keep = [spool, piece = std::move(piece)] { return writeAll(*spool, piece); };
        if (const auto kept = co_await offload(workers, std::move(keep)); !kept)
            failure = kept.error();
    }
    if (failure)
        co_return std::move(*failure);
    if (::lseek(spool->get(), 0, SEEK_SET) != 0)
        co_return errnoError(errno, "go back in what was sent");
    co_return spool;
}

} // namespace portlight::core
