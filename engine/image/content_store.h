#pragma once

#include "engine/base/digest.h"
#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::image {

/// The blobs of all images, each in a file named by its SHA-256 digest. A blob gets its name only
/// once it was hashed and is on the disk, so what has a name is whole. Thread-safe: it holds no
/// state but paths.
class ContentStore {
public:
    /// As EnginePaths::blobs() and temporary(), on one file system.
    ContentStore(std::string blobsDir, std::string temporaryDir);

    /// Makes the directories (0700) where they are missing.
    Result<void> prepare() const;

    const std::string& temporaryDir() const noexcept { return m_temporaryDir; }
    /// Where downloads grow; what was begun stays here until it is whole or too old.
    std::string downloadsDir() const { return m_temporaryDir + "/downloads"; }
    std::string path(const Digest& digest) const;
    bool has(const Digest& digest) const;
    /// Errors: NotFound naming the digest.
    Result<Fd> open(const Digest& digest) const;
    Result<std::int64_t> sizeBytes(const Digest& digest) const;
    /// A small blob (manifest, config), hashed again. Errors: NotFound, Internal where the disk
    /// gives other bytes than were stored, InvalidArgument over 8 MB.
    Result<std::string> read(const Digest& digest) const;

    /// Gives a file of the temporary directory, hashed and synced by the caller, its name. A blob
    /// of that name may exist: then the file goes, unless it is that blob.
    Result<void> adopt(const std::string& temporaryFile, const Digest& digest) const;
    /// Makes names durable that adopt() gave (fsync of the directory).
    Result<void> sync() const;
    /// A missing blob is success.
    Result<void> remove(const Digest& digest) const;
    Result<std::vector<Digest>> list() const;

private:
    std::string m_blobsDir;
    std::string m_temporaryDir;
};

/// The names in @p directory without "." and "..".
Result<std::vector<std::string>> directoryNames(const std::string& directory);

} // namespace portlight::image
