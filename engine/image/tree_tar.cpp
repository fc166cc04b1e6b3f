#include "engine/image/tree_tar.h"

#include "engine/base/syscalls.h"
#include "engine/image/archive_handle.h"
#include "engine/image/block_queue.h"
#include "engine/image/content_store.h"
#include "engine/image/layer_unpacker.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <thread>

namespace portlight::image {

namespace {

constexpr int kMaxDepth = 4'000;
constexpr int kBytesPerBlock = 64 << 10;

struct EntryDeleter {
    void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};
struct ArchiveDeleter {
    void operator()(archive* handle) const { ::archive_write_free(handle); }
};

Result<std::vector<std::string>> sortedNames(const Fd& directory)
{
    PL_TRY(auto names, directoryNames("/proc/self/fd/" + std::to_string(directory.get())));
    std::sort(names.begin(), names.end());
    return names;
}

bool isOverlayXattr(const std::string& name)
{
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

/// Writes into a queue; the other end is the source.
class TreeWriter {
public:
    TreeWriter(BlockQueue<Result<Block>>& queue, TreeTarOptions options)
        : m_queue(queue)
        , m_options(options)
    {
    }

    Result<void> write(const Fd& root)
    {
        const Utf8Locale locale;
        m_archive.reset(::archive_write_new());
        ::archive_write_set_format_pax_restricted(m_archive.get());
        ::archive_write_set_bytes_per_block(m_archive.get(), kBytesPerBlock);
        ::archive_write_set_bytes_in_last_block(m_archive.get(), 1);
        if (::archive_write_open(m_archive.get(), this, nullptr, &onBytes, nullptr) != ARCHIVE_OK)
            return failure("begin");
        struct stat info {};
        if (::fstat(root.get(), &info) != 0)
            return errnoError(errno, "look at the tree");
        m_device = info.st_dev;
        PL_TRY(writeDirectory(root, {}, 0));
        if (::archive_write_close(m_archive.get()) != ARCHIVE_OK)
            return failure("end");
        return success();
    }

private:
    static la_ssize_t onBytes(archive* /*handle*/, void* self, const void* data, std::size_t size)
    {
        auto* writer = static_cast<TreeWriter*>(self);
        Block block = std::make_shared<const std::string>(static_cast<const char*>(data), size);
        if (writer->m_queue.push(Result<Block>(std::move(block))))
            return static_cast<la_ssize_t>(size);
        writer->m_isUnwanted = true;
        return -1;
    }

    Error failure(const std::string& what) const
    {
        if (m_isUnwanted)
            return makeError(Errc::Cancelled, "cancelled");
        const char* text = ::archive_error_string(m_archive.get());
        return makeError(
            Errc::Internal, "tar: " + what + ": " + (text != nullptr ? text : "unknown error"));
    }

    bool isOpaque(const Fd& directory) const
    {
        char value = 0;
        return m_options.isOverlayUpper
            && ::fgetxattr(directory.get(), opaqueXattr(), &value, 1) == 1 && value == 'y';
    }

    Result<void> writeDirectory(const Fd& directory, const std::string& path, int depth)
    {
        if (depth > kMaxDepth)
            return makeError(Errc::InvalidArgument, "the tree is nested too deeply");
        if (isOpaque(directory)) {
            PL_TRY(writeMark(path + ".wh..wh..opq"));
        }
        PL_TRY(const auto names, sortedNames(directory));
        for (const std::string& name : names) {
            struct stat info {};
            if (::fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
                if (errno == ENOENT)
                    continue; // went meanwhile
                return errnoError(errno, "look at '" + path + name + "'");
            }
            PL_TRY(writeEntry(directory, path, name, info, depth));
        }
        return success();
    }

    Result<void> writeMark(const std::string& path)
    {
        const std::unique_ptr<archive_entry, EntryDeleter> entry(::archive_entry_new());
        ::archive_entry_set_pathname(entry.get(), path.c_str());
        ::archive_entry_set_filetype(entry.get(), AE_IFREG);
        ::archive_entry_set_perm(entry.get(), 0600);
        ::archive_entry_set_size(entry.get(), 0);
        return writeHeader(entry.get(), path);
    }

    Result<void> writeHeader(archive_entry* entry, const std::string& path)
    {
        if (::archive_write_header(m_archive.get(), entry) < ARCHIVE_WARN)
            return failure("'" + path + "'");
        return success();
    }

    Result<void> writeEntry(const Fd& directory, const std::string& parent, const std::string& name,
        const struct stat& info, int depth)
    {
        const std::string path = parent + name;
        if (S_ISSOCK(info.st_mode))
            return success();
        if (S_ISCHR(info.st_mode) && info.st_rdev == 0 && m_options.isOverlayUpper)
            return writeMark(parent + ".wh." + name);
        const std::unique_ptr<archive_entry, EntryDeleter> entry(::archive_entry_new());
        ::archive_entry_copy_stat(entry.get(), &info);
        ::archive_entry_unset_atime(entry.get());
        ::archive_entry_unset_ctime(entry.get());
        ::archive_entry_set_pathname(
            entry.get(), (S_ISDIR(info.st_mode) ? path + "/" : path).c_str());
        if (!S_ISREG(info.st_mode))
            ::archive_entry_set_size(entry.get(), 0);
        if (S_ISDIR(info.st_mode)) {
            PL_TRY(auto inner,
                openAt(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK));
            addXattrs(entry.get(), inner);
            PL_TRY(writeHeader(entry.get(), path));
            if (info.st_dev != m_device)
                return success();
            return writeDirectory(inner, path + "/", depth + 1);
        }
        if (S_ISLNK(info.st_mode)) {
            std::string target(static_cast<std::size_t>(info.st_size) + 1, '\0');
            const ssize_t size =
                ::readlinkat(directory.get(), name.c_str(), target.data(), target.size());
            if (size < 0)
                return errnoError(errno, "read link '" + path + "'");
            target.resize(static_cast<std::size_t>(size));
            ::archive_entry_set_symlink(entry.get(), target.c_str());
        }
        if (info.st_nlink > 1) {
            const auto [known, isNew] = m_links.emplace(std::pair(info.st_dev, info.st_ino), path);
            if (!isNew) {
                ::archive_entry_set_hardlink(entry.get(), known->second.c_str());
                ::archive_entry_set_size(entry.get(), 0);
                return writeHeader(entry.get(), path);
            }
        }
        if (!S_ISREG(info.st_mode))
            return writeHeader(entry.get(), path);
        PL_TRY(const auto file, openAt(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
        addXattrs(entry.get(), file);
        PL_TRY(writeHeader(entry.get(), path));
        return writeData(file, info.st_size, path);
    }

    // A file that shrinks while it is read is filled up, one that grows is cut: the header is out.
    Result<void> writeData(const Fd& file, std::int64_t size, const std::string& path)
    {
        std::string buffer(kBlockBytes, '\0');
        for (std::int64_t left = size; left > 0;) {
            const auto want = std::min<std::int64_t>(left, kBlockBytes);
            ssize_t got = ::read(file.get(), buffer.data(), static_cast<std::size_t>(want));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return errnoError(errno, "read '" + path + "'");
            if (got == 0) {
                std::fill(buffer.begin(), buffer.end(), '\0');
                got = want;
            }
            if (::archive_write_data(m_archive.get(), buffer.data(), static_cast<std::size_t>(got))
                < 0)
                return failure("'" + path + "'");
            left -= got;
        }
        return success();
    }

    static void addXattrs(archive_entry* entry, const Fd& file)
    {
        std::string names(64U << 10U, '\0');
        const ssize_t size = ::flistxattr(file.get(), names.data(), names.size());
        for (ssize_t at = 0; at < size;) {
            const std::string name(names.data() + at);
            at += static_cast<ssize_t>(name.size()) + 1;
            if (isOverlayXattr(name))
                continue;
            std::string value(64U << 10U, '\0');
            const ssize_t got = ::fgetxattr(file.get(), name.c_str(), value.data(), value.size());
            if (got >= 0)
                ::archive_entry_xattr_add_entry(
                    entry, name.c_str(), value.data(), static_cast<std::size_t>(got));
        }
    }

    BlockQueue<Result<Block>>& m_queue;
    TreeTarOptions m_options;
    std::unique_ptr<archive, ArchiveDeleter> m_archive;
    std::map<std::pair<dev_t, ino_t>, std::string> m_links;
    dev_t m_device = 0;
    bool m_isUnwanted = false;
};

class TreeSource final : public ByteSource {
public:
    TreeSource(Fd root, TreeTarOptions options)
        : m_thread([this, root = std::make_shared<Fd>(std::move(root)), options] {
            TreeWriter writer(m_queue, options);
            auto written = writer.write(*root);
            if (!written)
                m_queue.push(Result<Block>(std::move(written).error()));
            m_queue.close();
        })
    {
    }
    TreeSource(const TreeSource&) = delete;
    TreeSource& operator=(const TreeSource&) = delete;
    ~TreeSource() override { m_queue.close(); }

    Result<Block> next() override
    {
        auto block = m_queue.pop();
        if (!block)
            return std::make_shared<const std::string>();
        return std::move(*block);
    }

private:
    BlockQueue<Result<Block>> m_queue;
    std::jthread m_thread;
};

} // namespace

std::unique_ptr<ByteSource> treeTar(Fd root, TreeTarOptions options)
{
    return std::make_unique<TreeSource>(std::move(root), options);
}

} // namespace portlight::image
