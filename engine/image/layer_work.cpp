#include "engine/image/layer_work.h"

#include "engine/base/syscalls.h"
#include "engine/image/decompress.h"
#include "engine/image/hash_thread.h"
#include "engine/image/tar_header.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <thread>

namespace portlight::image {

namespace {

constexpr std::int64_t kProgressStepBytes = 1 << 20;

/// Room that unpacking leaves free, so that the engine's own state can always be written.
constexpr std::int64_t kReserveBytes = 64 << 20;

class ProgressSource final : public ByteSource {
public:
    ProgressSource(std::unique_ptr<ByteSource> inner, std::function<void(std::int64_t)> report)
        : m_inner(std::move(inner))
        , m_report(std::move(report))
    {
    }
    Result<Block> next() override
    {
        auto block = m_inner->next();
        if (block)
            m_bytes += static_cast<std::int64_t>(block.value()->size());
        if (m_bytes - m_reported >= kProgressStepBytes) {
            m_reported = m_bytes;
            m_report(m_bytes);
        }
        return block;
    }

private:
    std::unique_ptr<ByteSource> m_inner;
    std::function<void(std::int64_t)> m_report;
    std::int64_t m_bytes = 0;
    std::int64_t m_reported = 0;
};

/// Fills a tar's last record: umoci and others end a layer right after the last file's bytes. Only
/// where a digest says that nothing else is missing.
class PaddedSource final : public ByteSource {
public:
    explicit PaddedSource(std::unique_ptr<ByteSource> inner)
        : m_inner(std::move(inner))
    {
    }
    Result<Block> next() override
    {
        PL_TRY(auto block, m_inner->next());
        if (!block->empty()) {
            m_bytes += static_cast<std::int64_t>(block->size());
            return block;
        }
        std::string padding = tarPadding(m_bytes);
        m_bytes = 0;
        return std::make_shared<const std::string>(std::move(padding));
    }

private:
    std::unique_ptr<ByteSource> m_inner;
    std::int64_t m_bytes = 0;
};

} // namespace

Result<std::int64_t> roomIn(const std::string& directory)
{
    struct statvfs info {};
    if (::statvfs(directory.c_str(), &info) != 0)
        return errnoError(errno, "ask for the free space of '" + directory + "'");
    const auto free =
        static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
    return std::max<std::int64_t>(free - kReserveBytes, 0);
}

std::string chainIdOf(const std::string& parentChainId, const std::string& diffId)
{
    return parentChainId.empty() ? diffId : Digest::of(parentChainId + " " + diffId).text();
}

Result<void> unpackLayerFile(LayerWork& work, std::int64_t maxBytes,
    const std::atomic<bool>* isCancelled, const LayerReport& report)
{
    report(work, 0, false);
    PL_TRY(makeDirs(work.directory, 0755));
    PL_TRY(const auto root, openFile(work.directory, O_RDONLY | O_DIRECTORY));
    // The container's "/" where the layer has no entry for it; the engine's umask is stricter.
    if (::fchmod(root.get(), 0755) != 0)
        return errnoError(errno, "set mode of '" + work.directory + "'");
    PL_TRY(auto file, openFile(work.blobFile, O_RDONLY));
    UnpackOptions options;
    options.isCancelled = isCancelled;
    options.maxBytes = maxBytes;
    HashThread hash;
    std::unique_ptr<ByteSource> source =
        std::make_unique<FileSource>(std::move(file), "blob " + work.blobDigest);
    source = std::make_unique<ProgressSource>(
        std::move(source), [&](std::int64_t bytes) { report(work, bytes, false); });
    source = decompress(std::move(source));
    // The bytes of an uncompressed layer were hashed when they came.
    const bool isPlain = work.blobDigest == work.diffId;
    if (!isPlain)
        source = std::make_unique<HashingSource>(std::move(source), hash);
    if (!work.diffId.empty())
        source = std::make_unique<PaddedSource>(std::move(source));
    source = readAhead(std::move(source));
    auto unpacked = unpackLayer(*source, root, options);
    source.reset(); // ends the thread that feeds the hash
    if (!unpacked)
        return withContext(
            unpacked.error(), "layer " + (work.diffId.empty() ? work.blobDigest : work.diffId));
    work.result = std::move(unpacked).value();
    if (!isPlain) {
        const Digest actual = hash.finish();
        if (work.diffId.empty())
            work.diffId = actual.text();
        if (actual.text() != work.diffId)
            return makeError(Errc::InvalidArgument,
                "layer " + work.blobDigest + ": digest mismatch: expected diff_id " + work.diffId
                    + ", actual " + actual.text());
    }
    report(work, work.blobBytes, true);
    return success();
}

Result<void> forEachInParallel(
    std::size_t count, std::size_t width, const std::function<Result<void>(std::size_t)>& work)
{
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<Error> failure;
    const auto loop = [&] {
        for (;;) {
            const std::size_t at = next.fetch_add(1);
            if (at >= count)
                return;
            auto done = work(at);
            if (done)
                continue;
            const std::lock_guard lock(mutex);
            if (!failure)
                failure = std::move(done).error();
            next = count;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t at = 1; at < std::min(count, width); ++at)
            threads.emplace_back(loop);
        loop();
    }
    if (failure)
        return *failure;
    return success();
}

} // namespace portlight::image
