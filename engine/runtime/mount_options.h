#pragma once

#include "engine/oci/runtime_config.h"
#include "engine/runtime/mount_api.h"

namespace portlight::runtime {

/// "x-portlight.subpath=DIR": of a bind mount's source only what DIR names below it, however links
/// there wind. Others that read config.json pass "x-" words over.
inline constexpr const char* kSubpathOption = "x-portlight.subpath=";

/// A mount's `options` sorted by who takes them (config.md, Linux mount options).
struct MountOptions {
    bool isBind = false;
    bool isRecursiveBind = false;
    std::string subpath; ///< kSubpathOption
    MountChange attributes; ///< this mount alone
    MountChange recursive; ///< "rro", "rnosuid", …: the tree
    MountChange propagation;
    FsOptions data; ///< what only the file system understands
    bool hasTmpCopyUp = false;
    bool copiesSymlink = false; ///< "copy-symlink": a symlink as source is made anew
    bool followsSource = true; ///< false: "src-nofollow", a symlink itself is bound
    bool followsTarget = true; ///< false: "dest-nofollow", a symlink itself is covered
    bool isRemount = false; ///< changes the mount that is there already
    bool isIdmapped = false; ///< "idmap", "ridmap"
    bool isIdmappedTree = false; ///< "ridmap"
};

/// Unknown words are the file system's ("size=64m"), as mount(8) does it; a bind mount has none, so
/// there they are InvalidArgument.
Result<MountOptions> parseMountOptions(const std::vector<std::string>& options);

/// All words that parseMountOptions() takes for itself, for the features document.
std::vector<std::string> knownMountOptions();

/// MS_PRIVATE… for "private", "rslave", …; 0 for another word. @p isRecursive as the "r" says.
std::uint64_t propagationFlag(const std::string& word, bool& isRecursive);

} // namespace portlight::runtime
