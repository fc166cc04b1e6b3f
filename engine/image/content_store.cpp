#include "engine/image/content_store.h"

#include "engine/base/syscalls.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxDocumentBytes = 8U << 20U;

Error withoutBlob(Error error, const Digest& digest)
{
    if (error.code == Errc::NotFound)
        error.message = "blob " + digest.text() + " is not in the content store";
    return error;
}

} // namespace

ContentStore::ContentStore(std::string blobsDir, std::string temporaryDir)
    : m_blobsDir(std::move(blobsDir))
    , m_temporaryDir(std::move(temporaryDir))
{
}

Result<void> ContentStore::prepare() const
{
    PL_TRY(makeDirs(m_blobsDir));
    return makeDirs(m_temporaryDir);
}

std::string ContentStore::path(const Digest& digest) const
{
    return m_blobsDir + "/" + std::string(digest.hex());
}

bool ContentStore::has(const Digest& digest) const
{
    return ::access(path(digest).c_str(), F_OK) == 0;
}

Result<Fd> ContentStore::open(const Digest& digest) const
{
    auto file = openFile(path(digest), O_RDONLY | O_NOFOLLOW);
    if (!file)
        return withoutBlob(std::move(file).error(), digest);
    return file;
}

Result<std::int64_t> ContentStore::sizeBytes(const Digest& digest) const
{
    PL_TRY(const auto file, open(digest));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        return errnoError(errno, "look at blob " + digest.text());
    return static_cast<std::int64_t>(info.st_size);
}

Result<std::string> ContentStore::read(const Digest& digest) const
{
    PL_TRY(const auto file, open(digest));
    auto bytes = readAll(file, kMaxDocumentBytes);
    if (!bytes)
        return withContext(bytes.error(), "read blob " + digest.text());
    if (const Digest actual = Digest::of(bytes.value()); actual != digest)
        return makeError(Errc::Internal,
            "blob " + digest.text() + " is damaged on the disk: its bytes have digest "
                + actual.text());
    return bytes;
}

Result<void> ContentStore::adopt(const std::string& temporaryFile, const Digest& digest) const
{
    if (temporaryFile == path(digest))
        return success();
    if (has(digest)) {
        ::unlink(temporaryFile.c_str());
        return success();
    }
    if (::rename(temporaryFile.c_str(), path(digest).c_str()) != 0)
        return errnoError(errno, "store blob " + digest.text());
    return success();
}

Result<void> ContentStore::sync() const
{
    PL_TRY(const auto dir, openFile(m_blobsDir, O_RDONLY | O_DIRECTORY));
    if (::fsync(dir.get()) != 0)
        return errnoError(errno, "sync directory '" + m_blobsDir + "'");
    return success();
}

Result<void> ContentStore::remove(const Digest& digest) const
{
    if (::unlink(path(digest).c_str()) != 0 && errno != ENOENT)
        return errnoError(errno, "remove blob " + digest.text());
    return success();
}

Result<std::vector<Digest>> ContentStore::list() const
{
    PL_TRY(const auto names, directoryNames(m_blobsDir));
    std::vector<Digest> digests;
    for (const std::string& name : names)
        if (auto digest = Digest::parse("sha256:" + name))
            digests.push_back(std::move(digest).value());
    return digests;
}

Result<std::vector<std::string>> directoryNames(const std::string& directory)
{
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
    if (!dir)
        return errnoError(errno, "read directory '" + directory + "'");
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(dir.get())) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..")
            names.emplace_back(name);
    }
    return names;
}

} // namespace portlight::image
