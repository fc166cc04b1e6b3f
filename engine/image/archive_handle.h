#pragma once

#include "engine/image/byte_source.h"

#include <sys/types.h>

#include <clocale>
#include <cstdint>
#include <memory>
#include <string>

struct archive;
struct archive_entry;

namespace portlight::image {

/// A tar (or a raw compressed stream) read through libarchive from a ByteSource. The source
/// outlives the handle. Errors are InvalidArgument where the data is at fault, and the source's own
/// where it failed.
class ArchiveHandle {
public:
    ~ArchiveHandle();
    ArchiveHandle(const ArchiveHandle&) = delete;
    ArchiveHandle& operator=(const ArchiveHandle&) = delete;

    /// The next entry, valid until the next call; null at the end.
    Result<archive_entry*> nextEntry();

    /// A piece of the current entry's data: holes of sparse files are left out.
    struct Piece {
        const char* data = nullptr; ///< valid until the next call; null at the end of the entry
        std::size_t size = 0;
        std::int64_t offset = 0;
    };
    Result<Piece> nextPiece();
    /// Reads the current entry's data front to back; 0 at its end.
    Result<std::size_t> readData(char* buffer, std::size_t size);

private:
    friend Result<std::unique_ptr<ArchiveHandle>> openTar(ByteSource& source);
    friend Result<std::unique_ptr<ArchiveHandle>> openRaw(ByteSource& source);
    explicit ArchiveHandle(ByteSource& source);
    Result<void> open();
    Error failure() const;
    static ssize_t readCallback(archive* handle, void* self, const void** data);

    struct Deleter {
        void operator()(archive* handle) const;
    };
    std::unique_ptr<archive, Deleter> m_archive;
    ByteSource& m_source;
    Block m_block;
    std::unique_ptr<Error> m_sourceError;
};

/// The tar formats (ustar, pax, GNU, old); @p source is already decompressed.
Result<std::unique_ptr<ArchiveHandle>> openTar(ByteSource& source);
/// One entry that is @p source inflated by libarchive's filters.
Result<std::unique_ptr<ArchiveHandle>> openRaw(ByteSource& source);

/// libarchive converts names of pax headers to the locale's character set, and an engine has none:
/// while one of these lives, its thread's is C.UTF-8, so that names pass as they are.
class Utf8Locale {
public:
    Utf8Locale();
    ~Utf8Locale();
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

private:
    locale_t m_previous;
};

} // namespace portlight::image
