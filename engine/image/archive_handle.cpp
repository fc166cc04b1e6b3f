#include "engine/image/archive_handle.h"

#include <archive.h>
#include <archive_entry.h>

#include <utility>

namespace portlight::image {

void ArchiveHandle::Deleter::operator()(archive* handle) const
{
    archive_read_free(handle);
}

ArchiveHandle::ArchiveHandle(ByteSource& source)
    : m_archive(archive_read_new())
    , m_source(source)
{
}

ArchiveHandle::~ArchiveHandle() = default;

ssize_t ArchiveHandle::readCallback(archive*, void* self, const void** data)
{
    auto* handle = static_cast<ArchiveHandle*>(self);
    auto block = handle->m_source.next();
    if (!block) {
        handle->m_sourceError = std::make_unique<Error>(std::move(block).error());
        archive_set_error(handle->m_archive.get(), EIO, "source failed");
        return -1;
    }
    handle->m_block = std::move(block).value();
    *data = handle->m_block->data();
    return static_cast<ssize_t>(handle->m_block->size());
}

Error ArchiveHandle::failure() const
{
    if (m_sourceError)
        return *m_sourceError;
    const char* text = archive_error_string(m_archive.get());
    return makeError(Errc::InvalidArgument, text != nullptr ? text : "damaged archive");
}

Result<void> ArchiveHandle::open()
{
    if (archive_read_open(m_archive.get(), this, nullptr, &readCallback, nullptr) != ARCHIVE_OK)
        return failure();
    return success();
}

Result<archive_entry*> ArchiveHandle::nextEntry()
{
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(m_archive.get(), &entry);
    if (code == ARCHIVE_EOF)
        return nullptr;
    // A warning (a name that is no UTF-8) leaves the entry as it stands; its user checks the name.
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
        return failure();
    return entry;
}

Result<ArchiveHandle::Piece> ArchiveHandle::nextPiece()
{
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int code = archive_read_data_block(m_archive.get(), &data, &size, &offset);
    if (code == ARCHIVE_EOF)
        return Piece {};
    if (code != ARCHIVE_OK)
        return failure();
    // An empty piece in the middle still has to differ from the end.
    return Piece { data != nullptr ? static_cast<const char*>(data) : "", size, offset };
}

Result<std::size_t> ArchiveHandle::readData(char* buffer, std::size_t size)
{
    const la_ssize_t got = archive_read_data(m_archive.get(), buffer, size);
    if (got < 0)
        return failure();
    return static_cast<std::size_t>(got);
}

Result<std::unique_ptr<ArchiveHandle>> openTar(ByteSource& source)
{
    std::unique_ptr<ArchiveHandle> handle(new ArchiveHandle(source));
    archive_read_support_format_tar(handle->m_archive.get());
    archive_read_support_format_empty(handle->m_archive.get());
    PL_TRY(handle->open());
    return handle;
}

Result<std::unique_ptr<ArchiveHandle>> openRaw(ByteSource& source)
{
    std::unique_ptr<ArchiveHandle> handle(new ArchiveHandle(source));
    // Not "all": that includes filters that start programs.
    archive_read_support_filter_xz(handle->m_archive.get());
    archive_read_support_filter_bzip2(handle->m_archive.get());
    archive_read_support_filter_lz4(handle->m_archive.get());
    archive_read_support_format_raw(handle->m_archive.get());
    PL_TRY(handle->open());
    PL_TRY(handle->nextEntry());
    return handle;
}

Utf8Locale::Utf8Locale()
{
    static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    m_previous = utf8 != nullptr ? ::uselocale(utf8) : ::uselocale(nullptr);
}

Utf8Locale::~Utf8Locale()
{
    ::uselocale(m_previous);
}

} // namespace portlight::image
