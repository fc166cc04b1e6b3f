#include "engine/core/archive_files.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"
#include "engine/image/compress.h"
#include "engine/image/content_store.h"
#include "engine/image/tree_tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace portlight::core {

namespace {

constexpr std::int64_t kProgressStepBytes = 4 << 20;

Result<void> checkAbsolute(const std::string& path)
{
    if (!path.starts_with('/') || path.ends_with('/'))
        return makeError(Errc::InvalidArgument, "'" + path + "' is no absolute path of a file");
    return success();
}

std::int64_t nanoseconds(const timespec& time)
{
    return std::int64_t { time.tv_sec } * 1'000'000'000 + time.tv_nsec;
}

/// Counts and reports what passes.
class CountingSource final : public image::ByteSource {
public:
    CountingSource(std::unique_ptr<image::ByteSource> inner,
        const std::function<void(const ExportProgress&)>& report, std::int64_t total)
        : m_inner(std::move(inner))
        , m_report(report)
        , m_progress { 0, total }
    {
    }
    Result<image::Block> next() override
    {
        PL_TRY(auto block, m_inner->next());
        m_progress.currentBytes += static_cast<std::int64_t>(block->size());
        if (m_progress.currentBytes - m_reported >= kProgressStepBytes || block->empty()) {
            m_reported = m_progress.currentBytes;
            m_report(m_progress);
        }
        return block;
    }

private:
    std::unique_ptr<image::ByteSource> m_inner;
    const std::function<void(const ExportProgress&)>& m_report;
    ExportProgress m_progress;
    std::int64_t m_reported = 0;
};

/// A file that goes again unless it got its name: without any name until it is whole where the file
/// system can do that (O_TMPFILE), so that not even a killed engine leaves it.
class TemporaryFile {
public:
    static Result<TemporaryFile> create(const std::string& target, const Caller& caller)
    {
        TemporaryFile file;
        file.m_target = target;
        file.m_caller = caller;
        const CallerRights rights(caller);
        if (auto unnamed = openFile(directoryOf(target), O_WRONLY | O_TMPFILE, 0644)) {
            file.m_file = std::move(unnamed).value();
            return file;
        }
        file.m_path = partName(target);
        PL_TRY(file.m_file, openFile(file.m_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644));
        return file;
    }
    TemporaryFile(TemporaryFile&& other) noexcept
        : m_target(std::move(other.m_target))
        , m_path(std::exchange(other.m_path, {}))
        , m_file(std::move(other.m_file))
        , m_caller(other.m_caller)
    {
    }
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile()
    {
        if (m_path.empty())
            return;
        const CallerRights rights(m_caller);
        ::unlink(m_path.c_str());
    }

    const Fd& file() const { return m_file; }

    Result<void> finish()
    {
        if (::fsync(m_file.get()) != 0)
            return errnoError(errno, "sync '" + m_target + "'");
        const CallerRights rights(m_caller);
        if (m_path.empty()) {
            PL_TRY(giveName());
        }
        if (::rename(m_path.c_str(), m_target.c_str()) != 0)
            return errnoError(errno, "name '" + m_target + "'");
        m_path.clear();
        PL_TRY(const auto directory, openFile(directoryOf(m_target), O_RDONLY | O_DIRECTORY));
        ::fsync(directory.get());
        return success();
    }

private:
    TemporaryFile() = default;

    static std::string directoryOf(const std::string& target)
    {
        return target.substr(0, target.rfind('/') + 1);
    }
    static std::string partName(const std::string& target)
    {
        return target + ".part-" + randomHex(8);
    }
    // A link cannot replace a file that is there; a rename can.
    Result<void> giveName()
    {
        std::string path = partName(m_target);
        const std::string self = "/proc/self/fd/" + std::to_string(m_file.get());
        if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0)
            return errnoError(errno, "name '" + path + "'");
        m_path = std::move(path);
        return success();
    }

    std::string m_target;
    std::string m_path;
    Fd m_file;
    Caller m_caller;
};

} // namespace

Result<std::unique_ptr<image::ByteSource>> openArchive(
    const std::string& path, const Caller& caller, std::optional<FileIdentity>* identity)
{
    if (!path.starts_with('/'))
        return makeError(Errc::InvalidArgument, "'" + path + "' is no absolute path");
    const CallerRights rights(caller);
    PL_TRY(auto file, openFile(path, O_RDONLY | O_NONBLOCK));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    if (S_ISDIR(info.st_mode)) {
        // Its files are opened later and with the engine's rights.
        if (caller.uid != ::geteuid())
            return makeError(Errc::Forbidden,
                "'" + path + "' is a directory: those are imported for the engine's own user only");
        if (::access((path + "/oci-layout").c_str(), F_OK) != 0)
            return makeError(
                Errc::InvalidArgument, "'" + path + "' is a directory without an OCI layout in it");
        return image::treeTar(std::move(file), {});
    }
    if (!S_ISREG(info.st_mode))
        return makeError(Errc::InvalidArgument, "'" + path + "' is no file");
    if (identity != nullptr)
        *identity = FileIdentity { info.st_dev, info.st_ino, info.st_size,
            nanoseconds(info.st_mtim), nanoseconds(info.st_ctim) };
    return std::make_unique<image::FileSource>(std::move(file), path);
}

Result<ExportedFile> writeArchiveFile(image::ContentStore& content,
    std::vector<image::ExportedImage> images, const std::vector<std::string>& leftOutBlobs,
    const ExportRequest& request, const std::function<void(const ExportProgress&)>& report,
    const std::atomic<bool>& isCancelled)
{
    PL_TRY(checkAbsolute(request.path));
    ExportedFile exported { request.path, 0, {} };
    std::int64_t total = 0;
    std::vector<std::string> seen;
    for (const image::ExportedImage& each : images)
        for (const image::StoredLayer& layer : each.image.layers) {
            if (std::find(seen.begin(), seen.end(), layer.blobDigest) != seen.end())
                continue;
            seen.push_back(layer.blobDigest);
            if (std::find(leftOutBlobs.begin(), leftOutBlobs.end(), layer.blobDigest)
                == leftOutBlobs.end())
                total += layer.blobBytes;
            else
                exported.leftOut.push_back(layer.blobDigest);
        }
    PL_TRY(auto target, TemporaryFile::create(request.path, request.caller));
    PL_TRY(auto source,
        image::exportArchive(content, std::move(images), request.format, leftOutBlobs));
    source = std::make_unique<CountingSource>(std::move(source), report, total);
    source = image::compress(std::move(source), request.compression);
    for (;;) {
        if (isCancelled)
            return makeError(Errc::Cancelled, "cancelled");
        PL_TRY(const auto block, source->next());
        if (block->empty())
            break;
        exported.sizeBytes += static_cast<std::int64_t>(block->size());
        PL_TRY(writeAll(target.file(), *block));
    }
    PL_TRY(target.finish());
    return exported;
}

} // namespace portlight::core
