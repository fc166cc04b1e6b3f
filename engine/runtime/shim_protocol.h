#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

/// What the engine and a container's shim say to each other, and the files they share.
///
///     engine                                         shim (one per running container)
///       | posix_spawn portlight-shim --bundle B --state S, descriptor 3 = control connection
///       |                              listen on S/shim.sock, write S/shim.json
///       | <------------------------------------- Ready
///       |   (attach connections may be made to S/shim.sock now: nothing is lost of the output)
///       | Start ------------------------------------->   cgroup, namespaces, rootfs, execve
///       | <------------------------- Started or Failed   (after Failed the shim ends)
///       | <------------------------------------ Exited   (B/exit.json is on disk before)
///
/// A connection to S/shim.sock (any later engine, or one per attached client):
///       | Query ------------------------------------->
///       | <-------------------------------------- State   (then Exited when it comes to that)
///       | Attach ------------------------------------>
///       | <----------------------------------- Attached, then Output… until Exited
///       | Stdin, StdinEnd, Resize, Signal ----------->   (Signal answered by Done or Refused)
///       | Freeze, Update ---------------------------->   (answered by Done or Refused)
///
/// A further process in the container has a connection to S/shim.sock of its own:
///       | Exec -------------------------------------->   ExecRequest
///       | <------------------------- Started or Failed
///       | <------------- Output…, then Exited once it has ended and its output was read
///       | Stdin, StdinEnd, Resize, Signal ----------->   for this process
/// Without its connection (the engine has gone) it runs on and its output is dropped; State then
/// names it, and a later engine hears of its end after
///       | ExecWatch --------------------------------->   {"id": …}
///       | <------------------------- Started, in time Exited
///
/// Bundle B = <data root>/containers/<id>: config.json (OCI runtime spec), launch.json
/// (LaunchOptions), upper/ work/ rootfs/, container.log (log_format.h), exit.json (ExitRecord).
/// State S = <state dir>/containers/<id>: shim.sock, shim.json (ShimRecord).
/// Socket paths are limited to 107 bytes: both sides go through /proc/self/fd/N/shim.sock of an
/// open directory, or bind after chdir.
///
/// The shim never waits for a connection that only logs would serve: without an Attach the
/// container runs on whatever the engine does. With one, an attached reader that does not read
/// holds up the container's output after kAttachBacklog bytes, as a pipe would.
///
/// With LaunchOptions::runtime another OCI runtime creates, starts, signals, freezes, updates and
/// removes the container and adds processes to it; streams, log and exit are kept here all the
/// same. It works in S/oci.
namespace portlight::runtime {

inline constexpr std::size_t kFrameHeaderBytes = 8;
inline constexpr std::size_t kMaxFrameBytes = 1U << 20U;
inline constexpr std::size_t kAttachBacklog = 1U << 20U;
inline constexpr int kControlFd = 3;
/// S/exec-seed exists while a process of the shim's own counts in the container's version 1 groups
/// (it makes execs there); figures leave it out.
inline constexpr const char* kSeedMark = "exec-seed";
/// The network namespace that config.json joins as /proc/self/fd/4, where the engine made one.
inline constexpr int kNetworkFd = 4;

/// Frame: type (u8), three bytes zero, payload length (u32, little endian), payload.
enum class FrameType : std::uint8_t {
    // engine to shim
    Start = 1, ///< no payload
    Query = 2, ///< no payload
    Attach = 3, ///< JSON {"stdin": bool, "stdout": bool, "stderr": bool}
    Stdin = 4, ///< bytes
    StdinEnd = 5, ///< no payload: close the container's standard input
    Resize = 6, ///< JSON {"columns": n, "rows": n}
    Signal = 7, ///< JSON {"signal": n, "all": bool}; all: every process of the container
    Exec = 8, ///< JSON ExecRequest
    ExecWatch = 9, ///< JSON {"id": text}
    Freeze = 10, ///< JSON {"frozen": bool}; answered by Done or Refused
    Update = 11, ///< JSON `linux.resources` of config.json; answered by Done or Refused
    // shim to engine
    Ready = 65, ///< JSON ShimRecord
    Started = 66, ///< JSON ShimRecord with the container's process; exec: {"pid", "startedAtNs"}
    Failed = 67, ///< JSON StartFailure
    State = 68, ///< JSON ShimRecord, with "exit": ExitRecord once exited, and "execs": [{"id",
    ///< "pid", "args", "terminal", "user", "stdin"}], each with "exit" once it has ended
    Attached = 69, ///< no payload
    Output = 70, ///< stream number (u8: 1 stdout, 2 stderr), bytes
    Exited = 71, ///< JSON ExitRecord
    Done = 72, ///< no payload
    Refused = 73, ///< JSON {"message": text}
};

struct Frame {
    FrameType type = FrameType::Query;
    std::string payload;
};

/// One frame as bytes for the socket.
std::string encodeFrame(FrameType type, std::string_view payload = {});

/// Cuts a byte stream into frames; fed with whatever a read gave.
class FrameParser {
public:
    void feed(std::string_view bytes);
    /// The next whole frame, nullopt when more bytes are needed.
    /// Errors: InvalidArgument for a length over kMaxFrameBytes or a non-zero pad.
    Result<std::optional<Frame>> next();

private:
    std::string m_pending;
    std::size_t m_read = 0;
};

/// The payload of Resize. Errors: InvalidArgument.
Result<oci::ConsoleSize> consoleSizeFromPayload(std::string_view payload);

/// The payload of Signal. Errors: InvalidArgument for a number that is no signal.
struct SignalRequest {
    int number = 0;
    bool isForAll = false;
};
Result<SignalRequest> signalFromPayload(std::string_view payload);

/// Who runs: numbers that name a process for good together with the boot id.
struct ShimRecord {
    pid_t shimPid = -1;
    std::uint64_t shimStartTicks = 0; ///< processStartTime()
    pid_t pid = -1; ///< the container's init in the engine's pid namespace; -1 before Started
    std::uint64_t startTicks = 0;
    std::int64_t startedAtNs = 0; ///< wall clock, nanoseconds since the epoch
    std::string bootId;
};
Json toJson(const ShimRecord& record);
Result<ShimRecord> shimRecordFromJson(const Json& json);

/// How a container ended; written durably to B/exit.json before anybody is told.
struct ExitRecord {
    int exitCode = 0; ///< 0–255; 128 + signal where a signal ended it
    int signal = 0; ///< 0: it called exit
    bool wasOomKilled = false; ///< the kernel's out-of-memory killer took a process of its cgroup
    std::int64_t startedAtNs = 0; ///< tells this run's record from an older one
    std::int64_t finishedAtNs = 0;
};
Json toJson(const ExitRecord& record);
Result<ExitRecord> exitRecordFromJson(const Json& json);

/// Why a container did not start. `exitCode` is what docker reports: 127 program not found, 126 not
/// executable, 128 otherwise.
struct StartFailure {
    std::string stage; ///< "cgroup", "namespaces", "rootfs", "mount /proc", "exec", …
    int sysErrno = 0;
    std::string message; ///< a whole sentence part with object, cause and help
    int exitCode = 128;
};
Json toJson(const StartFailure& failure);
Result<StartFailure> startFailureFromJson(const Json& json);

/// A process to add to the container. Its user is resolved in there, against the container's own
/// files.
struct ExecRequest {
    std::string id;
    oci::Process process; ///< its user is not looked at
    std::string user; ///< "", "name", "uid:gid", …
    std::vector<std::string> groups; ///< additional ones, by name or number
    bool hasInput = false; ///< standard input comes as frames, else it is empty
};
/// @p process is the object of config.md that the shim parses to ExecRequest::process.
Json execRequestJson(const std::string& id, Json process, const std::string& user,
    const std::vector<std::string>& groups, bool hasInput);
Result<ExecRequest> execRequestFromJson(const Json& json);

/// What config.json does not say: B/launch.json.
struct LaunchOptions {
    std::vector<std::string> lowerDirs; ///< overlay lower directories, topmost first
    bool useUserXattr = false; ///< rootless: overlay option userxattr is mandatory
    bool isVolatile = false; ///< auto-remove containers: overlay option volatile
    bool keepStdinOpen = false; ///< OpenStdin: standard input is a pipe, else /dev/null
    bool closeStdinOnDetach = false; ///< StdinOnce: first attached client's end closes it
    std::string seccompBpf; ///< path of a compiled filter; empty: none
    std::int64_t logMaxBytes = 0; ///< 0: no limit; else rotate container.log to .1, .2, …
    int logMaxFiles = 1;
    std::string cgroupRoot; ///< where this engine may make cgroups, "" for the driver's default
    std::string runtime; ///< program of another OCI runtime that is to run it; empty: our own
    std::vector<std::string> runtimeArguments; ///< global options of that program
};
Json toJson(const LaunchOptions& options);
Result<LaunchOptions> launchOptionsFromJson(const Json& json);

} // namespace portlight::runtime
