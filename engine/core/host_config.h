#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/core/endpoint_request.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace portlight::core {

/// Limits of one container; 0 or empty is "not limited". Engine API 1.50, Resources.
struct Resources {
    std::int64_t memoryBytes = 0;
    std::int64_t memorySwapBytes = 0; ///< memory and swap together; -1: swap without limit
    std::int64_t memoryReservationBytes = 0;
    std::int64_t nanoCpus = 0; ///< 10^9 is one core
    std::int64_t cpuShares = 0;
    std::int64_t cpuQuotaUs = 0;
    std::int64_t cpuPeriodUs = 0;
    std::string cpusetCpus;
    std::string cpusetMems;
    std::int64_t pidsLimit = 0; ///< -1 and 0: no limit
};

struct Ulimit {
    std::string name; ///< "nofile"
    std::int64_t soft = 0;
    std::int64_t hard = 0;
};

/// A host path, a volume or a tmpfs that appears in the container.
struct MountRequest {
    enum class Kind { Bind, Tmpfs, Volume };
    Kind kind = Kind::Bind;
    std::string source; ///< host path of a bind and a volume, empty for tmpfs
    std::string target; ///< absolute path in the container
    bool isReadOnly = false;
    std::string propagation; ///< "rprivate" by default
    std::string options; ///< tmpfs: "size=64m,mode=1777"
    bool makesSource = false; ///< -v makes a missing host directory, --mount does not
    std::string volume; ///< name of a volume; empty: an anonymous one is made
    std::string subpath; ///< of the volume; resolved below it at each start
    bool isAnonymous = false; ///< made for this container alone
    bool isCopyUpOff = false; ///< an empty volume is not filled from the image
    std::map<std::string, std::string> labels; ///< of a volume that is made
    std::map<std::string, std::string> driverOptions;
};

/// How a container is tied to its host: Engine API 1.50, HostConfig, as far as this engine goes.
/// What it does not honour never gets here: the parser refuses it or warns.
struct HostConfig {
    Resources resources;
    std::vector<Ulimit> ulimits;
    std::vector<std::string> binds; ///< as asked for, for inspect
    std::vector<MountRequest> mounts; ///< Binds, Mounts and Tmpfs in the order of mounting
    Json askedMounts = Json::array(); ///< Mounts as asked for, for inspect
    std::vector<std::string> volumesFrom; ///< "container[:ro]"
    std::map<std::string, std::string> tmpfs; ///< as asked for, for inspect
    std::string networkMode = "default";
    bool autoRemove = false;
    std::string runtime; ///< what runs it; "" only before create has chosen the default
    bool hasInit = false; ///< a process 1 that reaps and passes signals on
    bool isPrivileged = false;
    bool isRootReadOnly = false;
    std::vector<std::string> capAdd;
    std::vector<std::string> capDrop;
    std::vector<std::string> groupAdd;
    std::vector<std::string> securityOpt; ///< as asked for, for inspect
    bool noNewPrivileges = false;
    bool isSeccompUnconfined = false;
    std::int64_t shmBytes = 64LL << 20;
    int oomScoreAdjustment = 0;
    std::pair<unsigned, unsigned> consoleRowsColumns { 0, 0 };
    std::vector<std::string> extraHosts; ///< "name:address"
    std::vector<std::string> dns;
    std::vector<std::string> dnsSearch;
    std::vector<std::string> dnsOptions;
    std::map<std::string, std::string> sysctls;
    std::map<std::string, std::string> annotations;
    std::optional<std::vector<std::string>> maskedPaths; ///< nullopt: the defaults
    std::optional<std::vector<std::string>> readonlyPaths;
    std::string logDriver = "json-file";
    std::map<std::string, std::string> logOptions; ///< as asked for, for inspect
    std::int64_t logMaxBytes = 0;
    int logMaxFiles = 1;
    std::string restartPolicy = "no";
    std::int64_t restartMaximum = 0;
    Json portBindings = Json::object(); ///< as asked for, for inspect
    std::vector<PortRequest> ports;
    bool publishesAllPorts = false;
};

/// Reads `HostConfig` of a create request. What is accepted but not done is added to @p warnings.
/// Errors: InvalidArgument (docker's texts) and NotImplemented, both naming the field.
Result<HostConfig> hostConfigFromJson(
    const Json& json, int hostCpuCount, std::vector<std::string>& warnings);

/// All fields that docker's inspect shows.
Json toJson(const HostConfig& config);

/// "10m", "1g", "512": bytes. Errors: InvalidArgument naming the text.
Result<std::int64_t> parseByteSize(const std::string& text);

} // namespace portlight::core
