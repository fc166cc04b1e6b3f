#include "engine/core/tree_tar.h"

#include "engine/base/syscalls.h"
#include "engine/image/archive_handle.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace portlight::core {

namespace {

constexpr std::size_t kMostLevels = 4096;

struct EntryFree {
    void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};

bool isGone(const Error& error)
{
    return error.sysErrno == ENOENT || error.sysErrno == ELOOP || error.sysErrno == ENOTDIR
        || error.sysErrno == ENXIO;
}

/// File capabilities and the user's own attributes; what overlayfs keeps for itself is not the
/// file's.
void addAttributes(archive_entry* entry, const Fd& opened)
{
    char names[16384];
    const ssize_t size = ::flistxattr(opened.get(), names, sizeof names);
    for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(std::strlen(names + at)) + 1) {
        const std::string name = names + at;
        const bool isWanted = name == "security.capability"
            || (name.starts_with("user.") && !name.starts_with("user.overlay."));
        char value[16384];
        const ssize_t length =
            isWanted ? ::fgetxattr(opened.get(), name.c_str(), value, sizeof value) : -1;
        if (length >= 0)
            ::archive_entry_xattr_add_entry(
                entry, name.c_str(), value, static_cast<std::size_t>(length));
    }
}

la_ssize_t append(archive*, void* output, const void* bytes, std::size_t size)
{
    static_cast<std::string*>(output)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

} // namespace

void TreeTar::ArchiveFree::operator()(archive* handle) const
{
    ::archive_write_free(handle);
}

TreeTar::~TreeTar()
{
    // One that is left before its end writes its closing blocks now: m_output must still be there.
    m_archive.reset();
}

Error TreeTar::failure() const
{
    const char* text = ::archive_error_string(m_archive.get());
    return makeError(Errc::Internal, std::string("write tar: ") + (text == nullptr ? "" : text));
}

Result<std::unique_ptr<TreeTar>> TreeTar::open(Fd parent, std::string name, std::string shownName)
{
    std::unique_ptr<TreeTar> tar(new TreeTar);
    tar->m_archive.reset(::archive_write_new());
    archive* handle = tar->m_archive.get();
    if (handle == nullptr || ::archive_write_set_format_pax_restricted(handle) != ARCHIVE_OK
        || ::archive_write_set_bytes_per_block(handle, 0) != ARCHIVE_OK
        || ::archive_write_open(handle, &tar->m_output, nullptr, append, nullptr) != ARCHIVE_OK)
        return makeError(Errc::Internal, "tar cannot be written");
    const image::Utf8Locale locale;
    PL_TRY(tar->addEntry(parent, name, shownName));
    return tar;
}

Result<void> TreeTar::enter(Fd directory, const std::string& shownPath)
{
    if (m_levels.size() >= kMostLevels)
        return makeError(Errc::InvalidArgument, "directories are nested too deep for an archive");
    PL_TRY(const auto names, directoryNames(directory));
    const bool needsSlash = !shownPath.empty() && !shownPath.ends_with('/');
    m_levels.push_back({ std::move(directory), shownPath + (needsSlash ? "/" : ""),
        { names.begin(), names.end() } });
    return success();
}

Result<image::Block> TreeTar::next()
{
    const image::Utf8Locale locale;
    while (m_output.size() < image::kBlockBytes && !m_isEnded) {
        PL_TRY(step());
    }
    return std::make_shared<const std::string>(std::exchange(m_output, {}));
}

Result<void> TreeTar::step()
{
    if (m_fileLeft > 0) {
        std::vector<char> buffer(
            std::min<std::size_t>(image::kBlockBytes, static_cast<std::size_t>(m_fileLeft)));
        ssize_t got = ::read(m_file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            return success();
        if (got < 0)
            return errnoError(errno, "read a file for the archive");
        // One that was cut meanwhile is filled up: its size is written already.
        const std::size_t size = got == 0 ? buffer.size() : static_cast<std::size_t>(got);
        if (::archive_write_data(m_archive.get(), buffer.data(), size) < 0)
            return failure();
        m_fileLeft -= static_cast<std::int64_t>(size);
        return success();
    }
    m_file.reset();
    if (m_levels.empty()) {
        m_isEnded = true;
        return ::archive_write_close(m_archive.get()) == ARCHIVE_OK ? success()
                                                                    : Result<void>(failure());
    }
    if (m_levels.back().names.empty()) {
        m_levels.pop_back();
        return success();
    }
    Level& level = m_levels.back();
    const std::string name = std::move(level.names.front());
    level.names.pop_front();
    const std::string shownPath = level.shownPath + name;
    auto added = addEntry(level.directory, name, shownPath);
    if (!added && isGone(added.error()))
        return success();
    return added;
}

Result<void> TreeTar::addEntry(
    const Fd& parent, const std::string& name, const std::string& shownPath)
{
    struct stat info {};
    if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errnoError(errno, "look at '" + name + "'");
    if (S_ISSOCK(info.st_mode))
        return success(); // tar has no sockets
    if (S_ISLNK(info.st_mode)) {
        std::string text(8192, '\0');
        const ssize_t size = ::readlinkat(parent.get(), name.c_str(), text.data(), text.size());
        if (size < 0) // EINVAL: something else has taken the link's place
            return errnoError(errno == EINVAL ? ENOENT : errno, "read the link '" + name + "'");
        text.resize(static_cast<std::size_t>(size));
        return writeHeader(info, shownPath, text, false, Fd());
    }
    if (S_ISDIR(info.st_mode)) {
        PL_TRY(auto directory, openAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        if (::fstat(directory.get(), &info) != 0)
            return errnoError(errno, "look at '" + name + "'");
        const std::string shown = shownPath.ends_with('/') ? shownPath : shownPath + "/";
        PL_TRY(writeHeader(info, shown, "", false, directory));
        return enter(std::move(directory), shown);
    }
    if (!S_ISREG(info.st_mode))
        return writeHeader(info, shownPath, "", false, Fd());
    if (info.st_nlink > 1) {
        const auto [at, isNew] = m_linked.emplace(std::pair(info.st_dev, info.st_ino), shownPath);
        if (!isNew)
            return writeHeader(info, shownPath, at->second, true, Fd());
    }
    // Should a device or pipe have taken its place, opening it must neither wait nor act.
    PL_TRY(auto file, openAt(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (::fstat(file.get(), &info) != 0)
        return errnoError(errno, "look at '" + name + "'");
    if (!S_ISREG(info.st_mode))
        return success();
    return addFile(std::move(file), info, shownPath);
}

Result<void> TreeTar::addFile(Fd file, const struct stat& info, const std::string& shownPath)
{
    PL_TRY(writeHeader(info, shownPath, "", false, file));
    m_fileLeft = info.st_size;
    m_file = std::move(file);
    return success();
}

Result<void> TreeTar::writeHeader(const struct stat& info, const std::string& shownPath,
    const std::string& link, bool isHardLink, const Fd& opened)
{
    const std::unique_ptr<archive_entry, EntryFree> entry(::archive_entry_new());
    if (!entry)
        return makeError(Errc::Internal, "out of memory");
    ::archive_entry_copy_stat(entry.get(), &info);
    ::archive_entry_set_pathname(entry.get(), shownPath.c_str());
    if (isHardLink) {
        ::archive_entry_set_hardlink(entry.get(), link.c_str());
        ::archive_entry_set_size(entry.get(), 0);
    } else if (!link.empty()) {
        ::archive_entry_set_symlink(entry.get(), link.c_str());
    }
    if (opened.isOpen())
        addAttributes(entry.get(), opened);
    if (::archive_write_header(m_archive.get(), entry.get()) < ARCHIVE_WARN)
        return failure();
    return success();
}

} // namespace portlight::core
