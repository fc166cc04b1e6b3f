#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace portlight::image {

/// Owner, mode and times of an entry.
struct EntryMeta {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0; ///< permission and set-id bits
    timespec accessed {};
    timespec modified {};
    std::vector<std::pair<std::string, std::string>> xattrs; ///< filtered
};

/// The directory that a layer is unpacked into. Every path is relative to it; the last component is
/// never followed, the ones before it are resolved with the directory as "/". What is in the way is
/// replaced, as tar does; a directory stays for a directory.
class LayerDirectory {
public:
    explicit LayerDirectory(const Fd& root)
        : m_root(root)
    {
    }

    Result<void> makeDirectory(const std::string& path, const EntryMeta& meta);
    /// A new empty file, open for writing; finish it with finishFile().
    Result<Fd> makeFile(const std::string& path);
    Result<void> finishFile(const Fd& file, const std::string& path, const EntryMeta& meta);
    Result<void> makeSymlink(
        const std::string& path, const std::string& target, const EntryMeta& meta);
    Result<void> makeHardLink(const std::string& path, const std::string& target);
    /// @p typeAndMode as mknod(2). Errors: Forbidden where this user may not make devices.
    Result<void> makeNode(
        const std::string& path, mode_t typeAndMode, dev_t device, const EntryMeta& meta);
    /// Hides @p path of the layers below, unless this layer has it itself: a directory then hides
    /// what is below it.
    Result<void> makeWhiteout(const std::string& path);
    /// Hides all that the layers below have in the directory @p path.
    Result<void> makeOpaque(const std::string& path);
    /// Sets the directories' own times, which unpacking into them changed. Last.
    Result<void> finish();

private:
    /// Parent directory of @p path, made where missing; valid until the next call.
    Result<const Fd*> parentOf(const std::string& path);
    Result<Fd> openOrMakeDirectories(const std::string& path);
    /// Removes what stands at @p name. True where it was a whiteout.
    Result<bool> clear(const Fd& parent, const std::string& name);
    /// Runs @p make; where something is in the way, removes it and runs it again.
    template <class Make>
    Result<void> replacing(const std::string& path, const char* what, Make make);

    const Fd& m_root;
    std::string m_cachedPath;
    Fd m_cachedParent;
    std::vector<std::pair<std::string, std::pair<timespec, timespec>>> m_directoryTimes;
};

} // namespace portlight::image
