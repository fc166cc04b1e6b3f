#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/cgroup/driver.h"
#include "engine/oci/runtime_config.h"
#include "engine/runtime/container_state.h"

#include <string>
#include <sys/types.h>
#include <vector>

/// What this program knows of containers between its calls: a directory ROOT/ID each, with
/// state.json (ContainerRecord), config.json (as it was at creation) and start.sock (as long as the
/// container waits for its start). Directories are open to their owner alone.
namespace portlight::oci_cli {

struct ContainerRecord {
    std::string id;
    pid_t pid = 0;
    std::uint64_t startTicks = 0; ///< with the pid it names the process for good
    std::string bundle; ///< absolute
    std::string rootfs; ///< absolute
    std::int64_t createdNs = 0;
    uid_t owner = 0;
    std::string group; ///< its cgroup
    bool ownsGroup = true; ///< false: it joined a group that others are in
    bool isCreated = false; ///< false while the creation goes on
};

Json toJson(const ContainerRecord& record);
Result<ContainerRecord> recordFromJson(const Json& json);

/// Letters, digits, "_", "+", "-" and ".", and not "." at its beginning: such names are ours.
/// Errors: InvalidArgument.
Result<void> checkId(const std::string& id);

class StateStore {
public:
    explicit StateStore(std::string root)
        : m_root(std::move(root))
    {
    }

    /// Makes the container's directory and opens it. Errors: Conflict when there is one already.
    Result<Fd> reserve(const std::string& id) const;
    /// Errors: NotFound with "container 'ID' does not exist".
    Result<ContainerRecord> load(const std::string& id) const;
    /// Replaces state.json; readers see the old or the new one.
    Result<void> save(const ContainerRecord& record) const;
    Result<void> saveConfig(const std::string& id, const std::string& text) const;
    Result<oci::RuntimeConfig> loadConfig(const std::string& id) const;
    Result<void> remove(const std::string& id) const;
    std::vector<std::string> ids() const;
    /// Those that the extended regular expression @p pattern fits. Errors: InvalidArgument.
    Result<std::vector<std::string>> idsLike(const std::string& pattern) const;
    /// Takes the one chance to start the container; the socket's path. Errors: Conflict when it is
    /// not waiting for a start.
    Result<std::string> claimStart(const std::string& id) const;
    std::string directory(const std::string& id) const { return m_root + "/" + id; }

    /// Where the container is in its life, from what the kernel says now.
    runtime::Status statusOf(const ContainerRecord& record) const;

private:
    std::string m_root;
};

/// The record's process as a pidfd, checked to be that very one. Errors: NotFound when it is gone.
Result<Fd> openProcess(const ContainerRecord& record);

/// The driver of the group @p group; of an empty one, that of containers without any.
Result<std::unique_ptr<cgroup::Driver>> openCgroups(const std::string& group);

/// As runtime.md, State, has it.
runtime::ContainerState stateOf(const ContainerRecord& record, runtime::Status status,
    const std::map<std::string, std::string>& annotations);

} // namespace portlight::oci_cli
