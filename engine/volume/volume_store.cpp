#include "engine/volume/volume_store.h"

#include "engine/base/syscalls.h"
#include "engine/volume/tree_copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace portlight::volume {

Result<void> checkVolumeName(const std::string& name)
{
    const auto isWord = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
            || (letter >= '0' && letter <= '9');
    };
    if (name.size() == 1)
        return makeError(Errc::InvalidArgument,
            "volume name is too short, names should be at least two alphanumeric characters");
    const bool isValid = name.size() <= 255 && !name.empty() && isWord(name.front())
        && std::ranges::all_of(name, [&](char letter) {
               return isWord(letter) || letter == '_' || letter == '.' || letter == '-';
           });
    if (!isValid)
        return makeError(Errc::InvalidArgument,
            "\"" + name.substr(0, 64)
                + "\" includes invalid characters for a local volume name, only "
                  "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host "
                  "directory, use absolute path");
    return success();
}

Result<void> VolumeStore::make(const std::string& name) const
{
    PL_TRY(makeDirs(m_root + "/" + name));
    const std::string data = mountpoint(name);
    if (::mkdir(data.c_str(), 0755) != 0)
        return errno == EEXIST ? Result<void>(success())
                               : errnoError(errno, "make the volume '" + data + "'");
    // The engine's umask is stricter than what containers need.
    PL_TRY(const auto directory, openFile(data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (::fchmod(directory.get(), 0755) != 0)
        return errnoError(errno, "set the mode of '" + data + "'");
    return success();
}

Result<void> VolumeStore::copyUp(
    const std::string& name, const Fd& imageRoot, const std::string& path) const
{
    const auto source = openInRoot(imageRoot, path, O_RDONLY | O_DIRECTORY);
    if (!source)
        return success();
    PL_TRY(const auto target, openFile(mountpoint(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    PL_TRY(const bool isEmpty, isEmptyDirectory(target));
    if (!isEmpty)
        return success();
    return copyTree(source.value(), target);
}

Result<std::int64_t> VolumeStore::bytes(const std::string& name) const
{
    PL_TRY(const auto directory, openFile(mountpoint(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return treeBytes(directory);
}

Result<void> VolumeStore::remove(const std::string& name) const
{
    return removeTree(m_root + "/" + name);
}

} // namespace portlight::volume
