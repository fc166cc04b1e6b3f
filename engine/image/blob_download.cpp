#include "engine/image/blob_download.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"
#include "engine/image/content_store.h"
#include "engine/image/pause.h"
#include "engine/image/write_behind.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

namespace portlight::image {

namespace {

constexpr int kFruitlessAttempts = 5;
constexpr std::int64_t kProgressStepBytes = 256 << 10;
constexpr std::time_t kKeepSeconds = 24L * 60 * 60;
constexpr auto kFirstPause = std::chrono::milliseconds(500);

/// The growing file and the digest of what it holds.
class PartialFile {
public:
    static Result<PartialFile> open(const std::string& directory, const Digest& digest)
    {
        PartialFile partial;
        partial.m_path = directory + "/" + std::string(digest.hex());
        PL_TRY(partial.m_file, openFile(partial.m_path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
        // Another pull has it: this one needs a file of its own.
        if (::flock(partial.m_file.get(), LOCK_EX | LOCK_NB) != 0) {
            partial.m_path += "-" + randomHex(8);
            PL_TRY(partial.m_file,
                openFile(partial.m_path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
        }
        PL_TRY(partial.hashWhatIsThere());
        return partial;
    }

    const std::string& path() const { return m_path; }
    std::int64_t size() const { return m_size; }
    Digest finish() { return m_hasher.finish(); }

    Result<void> append(std::string_view piece)
    {
        PL_TRY(writeAll(m_file, piece));
        m_hasher.update(piece.data(), piece.size());
        m_size += static_cast<std::int64_t>(piece.size());
        m_writeBehind.wrote(m_file, m_size - static_cast<std::int64_t>(piece.size()), m_size);
        return success();
    }

    Result<void> startOver()
    {
        if (::ftruncate(m_file.get(), 0) != 0 || ::lseek(m_file.get(), 0, SEEK_SET) != 0)
            return errnoError(errno, "empty '" + m_path + "'");
        m_hasher = Hasher();
        m_size = 0;
        return success();
    }

    void remove() const { ::unlink(m_path.c_str()); }

private:
    Result<void> hashWhatIsThere()
    {
        std::string buffer(1U << 20U, '\0');
        for (;;) {
            const ssize_t got = ::read(m_file.get(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return errnoError(errno, "read '" + m_path + "'");
            if (got == 0)
                return success();
            m_hasher.update(buffer.data(), static_cast<std::size_t>(got));
            m_size += got;
        }
    }

    std::string m_path;
    Fd m_file;
    Hasher m_hasher;
    WriteBehind m_writeBehind;
    std::int64_t m_size = 0;
};

Result<void> fetch(RegistryClient& registry, const oci::Descriptor& wanted, PartialFile& partial,
    const std::function<void(std::int64_t)>& onBytes)
{
    std::int64_t reported = 0;
    const auto take = [&](std::int64_t offset, std::string_view piece) -> Result<void> {
        if (offset != partial.size()) {
            PL_TRY(partial.startOver());
        }
        if (partial.size() + static_cast<std::int64_t>(piece.size()) > wanted.sizeBytes)
            return makeError(Errc::InvalidArgument,
                "registry " + registry.repository().domain() + ": blob " + wanted.digest.text()
                    + " is larger than the " + std::to_string(wanted.sizeBytes)
                    + " bytes that its manifest says");
        PL_TRY(partial.append(piece));
        if (partial.size() - reported >= kProgressStepBytes) {
            reported = partial.size();
            onBytes(reported);
        }
        return success();
    };
    return registry.blob(wanted.digest, partial.size(), take);
}

} // namespace

Result<std::string> downloadBlob(RegistryClient& registry, const oci::Descriptor& wanted,
    const std::string& downloadsDir, const std::atomic<bool>* isCancelled,
    const std::function<void(std::int64_t)>& onBytes)
{
    PL_TRY(makeDirs(downloadsDir));
    PL_TRY(auto partial, PartialFile::open(downloadsDir, wanted.digest));
    if (partial.size() > wanted.sizeBytes) {
        PL_TRY(partial.startOver());
    }
    std::chrono::milliseconds wait = kFirstPause;
    for (int fruitless = 0; partial.size() < wanted.sizeBytes;) {
        const std::int64_t before = partial.size();
        auto fetched = fetch(registry, wanted, partial, onBytes);
        if (fetched && partial.size() == wanted.sizeBytes)
            break;
        if (!fetched && fetched.error().code == Errc::InvalidArgument)
            partial.remove();
        if (!fetched && fetched.error().code != Errc::Unavailable)
            return std::move(fetched).error();
        if (partial.size() > before) {
            fruitless = 0;
            wait = kFirstPause;
        }
        if (++fruitless >= kFruitlessAttempts)
            return fetched ? makeError(Errc::Unavailable,
                                 "registry " + registry.repository().domain() + ": blob "
                                     + wanted.digest.text() + " ends before its "
                                     + std::to_string(wanted.sizeBytes) + " bytes")
                           : std::move(fetched).error();
        PL_TRY(pauseFor(wait, isCancelled));
        wait *= 2;
    }
    onBytes(partial.size());
    if (const Digest actual = partial.finish(); actual != wanted.digest) {
        partial.remove();
        return makeError(Errc::InvalidArgument,
            "registry " + registry.repository().domain() + ": blob digest mismatch: expected "
                + wanted.digest.text() + ", actual " + actual.text());
    }
    return partial.path();
}

Result<std::vector<std::string>> collectDownloads(const std::string& downloadsDir)
{
    std::vector<std::string> collected;
    const auto names = directoryNames(downloadsDir);
    if (!names && names.error().code == Errc::NotFound)
        return collected;
    if (!names)
        return names.error();
    for (const std::string& name : names.value()) {
        const std::string path = downloadsDir + "/" + name;
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0 || std::time(nullptr) - info.st_mtime < kKeepSeconds)
            continue;
        ::unlink(path.c_str());
        collected.push_back("unfinished download '" + name + "'");
    }
    return collected;
}

} // namespace portlight::image
