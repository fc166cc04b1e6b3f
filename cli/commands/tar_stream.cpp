#include "cli/commands/tar_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace portlight::cli {

namespace {

constexpr std::size_t kPieceBytes = 128 * 1024;

struct Closer {
    void operator()(archive* handle) const { ::archive_free(handle); }
    void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};
using Archive = std::unique_ptr<archive, Closer>;
using Entry = std::unique_ptr<archive_entry, Closer>;

Error archiveError(archive* handle, const std::string& what)
{
    const char* said = ::archive_error_string(handle);
    return makeError(
        Errc::InvalidArgument, what + ": " + (said == nullptr ? "unknown error" : said));
}

/// Walks a tree with one archive writing to memory and another reading the disk.
class TreeTar {
public:
    TreeTar(std::string path, std::string nameInside)
        : m_path(std::move(path))
        , m_nameInside(std::move(nameInside))
    {
    }

    Result<void> open(bool followsLink)
    {
        m_disk.reset(::archive_read_disk_new());
        m_tar.reset(::archive_write_new());
        if (followsLink)
            ::archive_read_disk_set_symlink_hybrid(m_disk.get());
        else
            ::archive_read_disk_set_symlink_physical(m_disk.get());
        ::archive_read_disk_set_standard_lookup(m_disk.get());
        ::archive_write_set_format_pax_restricted(m_tar.get());
        ::archive_write_set_bytes_per_block(m_tar.get(), 0);
        if (::archive_write_open(m_tar.get(), &m_ready, nullptr, append, nullptr) != ARCHIVE_OK)
            return archiveError(m_tar.get(), "start the archive");
        if (::archive_read_disk_open(m_disk.get(), m_path.c_str()) != ARCHIVE_OK)
            return archiveError(m_disk.get(), "read '" + m_path + "'");
        return success();
    }

    Result<std::string> next()
    {
        while (m_ready.empty() && !m_isDone) {
            PL_TRY(step());
        }
        return std::exchange(m_ready, {});
    }

private:
    static la_ssize_t append(archive*, void* ready, const void* bytes, std::size_t count)
    {
        static_cast<std::string*>(ready)->append(static_cast<const char*>(bytes), count);
        return static_cast<la_ssize_t>(count);
    }

    Result<void> step()
    {
        if (m_file.isOpen())
            return copyFile();
        const Entry entry(::archive_entry_new());
        const int status = ::archive_read_next_header2(m_disk.get(), entry.get());
        if (status == ARCHIVE_EOF) {
            m_isDone = true;
            if (::archive_write_close(m_tar.get()) != ARCHIVE_OK)
                return archiveError(m_tar.get(), "end the archive");
            return success();
        }
        if (status != ARCHIVE_OK)
            return archiveError(m_disk.get(), "read '" + m_path + "'");
        ::archive_read_disk_descend(m_disk.get());
        const std::string from = ::archive_entry_pathname(entry.get());
        ::archive_entry_set_pathname(
            entry.get(), (m_nameInside + from.substr(m_path.size())).c_str());
        if (::archive_entry_filetype(entry.get()) == AE_IFSOCK)
            return success(); // tar has no sockets
        if (::archive_write_header(m_tar.get(), entry.get()) < ARCHIVE_WARN)
            return archiveError(m_tar.get(), "write '" + from + "'");
        if (::archive_entry_filetype(entry.get()) == AE_IFREG
            && ::archive_entry_size(entry.get()) > 0) {
            m_file.reset(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
            if (!m_file.isOpen())
                return errnoError(errno, "open '" + from + "'");
        }
        return success();
    }

    Result<void> copyFile()
    {
        std::vector<char> bytes(kPieceBytes);
        const ssize_t got = ::read(m_file.get(), bytes.data(), bytes.size());
        if (got < 0 && errno != EINTR)
            return errnoError(errno, "read a file of '" + m_path + "'");
        if (got <= 0) {
            m_file.reset();
            ::archive_write_finish_entry(m_tar.get());
            return success();
        }
        if (::archive_write_data(m_tar.get(), bytes.data(), static_cast<std::size_t>(got)) < 0)
            return archiveError(m_tar.get(), "write a file of '" + m_path + "'");
        return success();
    }

    std::string m_path;
    std::string m_nameInside;
    std::string m_ready {};
    Archive m_disk {};
    Archive m_tar {};
    Fd m_file {};
    bool m_isDone = false;
};

/// What libarchive reads the connection through.
struct Source {
    Connection* connection = nullptr;
    std::string piece {};
    std::string failure {};
};

la_ssize_t readSource(archive* handle, void* data, const void** bytes)
{
    auto& source = *static_cast<Source*>(data);
    auto got = source.connection->read();
    if (!got) {
        ::archive_set_error(handle, EIO, "%s", got.error().message.c_str());
        return -1;
    }
    source.piece = std::move(got).value();
    *bytes = source.piece.data();
    return static_cast<la_ssize_t>(source.piece.size());
}

Result<void> copyData(archive* from, archive* to)
{
    const void* bytes = nullptr;
    std::size_t count = 0;
    la_int64_t offset = 0;
    for (;;) {
        const int status = ::archive_read_data_block(from, &bytes, &count, &offset);
        if (status == ARCHIVE_EOF)
            return success();
        if (status < ARCHIVE_WARN)
            return archiveError(from, "read the container's file");
        if (::archive_write_data_block(to, bytes, count, offset) < ARCHIVE_WARN)
            return archiveError(to, "write the file");
    }
}

/// The name below the target; nothing for an entry that lies outside of the root entry.
std::string renamed(const std::string& name, const std::string& rootName, const std::string& target)
{
    std::string clean = name;
    while (clean.size() > 1 && clean.ends_with('/'))
        clean.pop_back();
    if (clean == rootName)
        return target;
    if (clean.starts_with(rootName + '/'))
        return target + clean.substr(rootName.size());
    return {};
}

} // namespace

Result<std::function<Result<std::string>()>> tarOf(
    const std::string& path, const std::string& nameInside, bool followsLink)
{
    auto tree = std::make_shared<TreeTar>(path, nameInside);
    PL_TRY(tree->open(followsLink));
    return std::function<Result<std::string>()>([tree] { return tree->next(); });
}

Result<void> unpackTo(Connection& connection, const std::string& rootName,
    const std::string& target, bool keepsOwners)
{
    Source source { &connection };
    const Archive tar(::archive_read_new());
    ::archive_read_support_format_tar(tar.get());
    if (::archive_read_open(tar.get(), &source, nullptr, readSource, nullptr) != ARCHIVE_OK)
        return archiveError(tar.get(), "read the container's answer");
    const Archive disk(::archive_write_disk_new());
    ::archive_write_disk_set_options(disk.get(),
        ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_UNLINK
            | ARCHIVE_EXTRACT_SECURE_NODOTDOT
            | (keepsOwners ? ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_XATTR : 0));
    archive_entry* entry = nullptr;
    std::vector<std::string> links; // made at the end, so that nothing is written through them
    for (;;) {
        const int status = ::archive_read_next_header(tar.get(), &entry);
        if (status == ARCHIVE_EOF)
            return success();
        if (status < ARCHIVE_WARN)
            return archiveError(tar.get(), "read the container's answer");
        const std::string name = renamed(::archive_entry_pathname(entry), rootName, target);
        if (name.empty())
            return makeError(Errc::InvalidArgument,
                std::string("the container's answer holds '") + ::archive_entry_pathname(entry)
                    + "' outside of what was asked for");
        // Below the target no directory may be a link that the archive itself brought.
        for (const std::string& link : links)
            if (name.starts_with(link + '/'))
                return makeError(Errc::InvalidArgument,
                    "the container's answer writes through its own link '" + link + "'");
        if (::archive_entry_filetype(entry) == AE_IFLNK)
            links.push_back(name);
        ::archive_entry_set_pathname(entry, name.c_str());
        if (const char* link = ::archive_entry_hardlink(entry); link != nullptr) {
            const std::string to = renamed(link, rootName, target);
            if (to.empty())
                return makeError(
                    Errc::InvalidArgument, "the container's answer links outside of itself");
            ::archive_entry_set_hardlink(entry, to.c_str());
        }
        if (::archive_write_header(disk.get(), entry) < ARCHIVE_WARN)
            return archiveError(disk.get(), "write '" + name + "'");
        PL_TRY(copyData(tar.get(), disk.get()));
        if (::archive_write_finish_entry(disk.get()) < ARCHIVE_WARN)
            return archiveError(disk.get(), "write '" + name + "'");
    }
}

} // namespace portlight::cli
