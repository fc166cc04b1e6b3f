#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/base/temp_dir.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portlight::volume {

/// What a volume held at a moment.
struct Snapshot {
    std::string name;
    std::int64_t createdAtNs = 0;
};

/// The directories of volumes: ROOT/<name>/_data, as docker has them, and ROOT/<name>/snapshots.
/// Blocking, any thread.
class VolumeStore {
public:
    explicit VolumeStore(std::string root)
        : m_root(std::move(root))
    {
    }

    std::string mountpoint(const std::string& name) const { return m_root + "/" + name + "/_data"; }
    /// Makes it where it is not there.
    Result<void> make(const std::string& name) const;
    /// Fills an empty volume with what @p path of @p imageRoot holds; one that holds something and
    /// a path that is no directory are left alone. @p imageRoot is "/" to @p path, however it
    /// winds.
    Result<void> copyUp(
        const std::string& name, const Fd& imageRoot, const std::string& path) const;
    Result<std::int64_t> bytes(const std::string& name) const;
    Result<void> remove(const std::string& name) const;

    /// A directory that is to become a volume, with its data() empty; gone unless it is adopted.
    Result<TempDir> stage() const;
    static std::string dataOf(const TempDir& staged) { return staged.path() + "/_data"; }
    /// Gives @p staged a name. Errors: Conflict where a directory of that name is there.
    Result<void> adopt(TempDir staged, const std::string& name) const;
    /// Puts the data of @p staged in the place of the volume's, which goes.
    Result<void> exchange(const TempDir& staged, const std::string& name) const;
    /// Removes what was staged when an engine ended.
    Result<void> collect() const;

    /// Copies @p source. Errors: Conflict where the volume has one of that name.
    Result<Snapshot> makeSnapshot(
        const std::string& name, const Fd& source, const std::string& snapshot) const;
    /// Oldest first.
    Result<std::vector<Snapshot>> snapshots(const std::string& name) const;
    /// Errors: NotFound.
    Result<Fd> openSnapshot(const std::string& name, const std::string& snapshot) const;
    Result<void> removeSnapshot(const std::string& name, const std::string& snapshot) const;

private:
    std::string snapshotDir(const std::string& name) const
    {
        return m_root + "/" + name + "/snapshots";
    }
    std::string m_root;
};

/// Docker's rule: a letter or digit, then letters, digits, "_.-", two in all at least. Errors:
/// InvalidArgument.
Result<void> checkVolumeName(const std::string& name);

} // namespace portlight::volume
