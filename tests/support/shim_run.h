#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/temp_dir.h"
#include "engine/runtime/shim_protocol.h"
#include "tests/support/local_user.h"

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

/// The real portlight-shim with a bundle made by hand from the machine's static busybox: no engine.
namespace portlight::test {

constexpr int kShimPatienceMs = 20'000;

/// One connection to a shim.
class ShimClient {
public:
    explicit ShimClient(Fd socket)
        : m_socket(std::move(socket))
    {
    }
    Result<void> send(runtime::FrameType type, std::string_view payload = {});
    template <std::same_as<Json> Payload>
    Result<void> send(runtime::FrameType type, const Payload& payload)
    {
        return send(type, std::string_view(dumpJson(payload)));
    }
    /// The next frame. Errors: Cancelled at the end, Unavailable when none came in time.
    Result<runtime::Frame> receive(int timeoutMs = kShimPatienceMs);
    const Fd& socket() const { return m_socket; }

private:
    Fd m_socket;
    runtime::FrameParser m_parser;
};

/// What a container did until it ended, as one client saw it.
struct ShimOutcome {
    std::string out;
    std::string err;
    std::optional<runtime::ShimRecord> started;
    std::optional<runtime::ExitRecord> exit;
    std::optional<runtime::StartFailure> failure;
    std::string trouble; ///< why the frames ended early; empty: they did not
};

class ShimRun {
public:
    /// Directories, image and a configuration like the engine's. As an ordinary user the shim runs
    /// as root of a user namespace, as it does below a rootless engine.
    static Result<std::unique_ptr<ShimRun>> make(const LocalUser& user);
    ~ShimRun();

    Json config; ///< config.json; change it before spawn()
    runtime::LaunchOptions launch;

    /// The path of portlight-shim.
    static std::string program();
    /// Sets what the container runs.
    void setCommand(const std::string& shellLine);
    void setArguments(const std::vector<std::string>& args);

    /// Writes the bundle, starts the shim and waits until it is ready.
    Result<void> spawn();
    Result<void> writeBundle() const;
    /// spawn() with the files that are in the bundle already.
    Result<void> spawnAsWritten();
    /// The engine's connection.
    ShimClient& control() { return *m_control; }
    void dropControl() { m_control.reset(); }
    Result<std::unique_ptr<ShimClient>> connect() const;
    /// Attach to both outputs (and standard input), Start, and all frames until the end.
    ShimOutcome runToEnd(bool hasInput = false, std::string_view input = {});
    /// Frames of @p client until Exited or Failed.
    static ShimOutcome collect(ShimClient& client);
    /// Runs @p request (ExecRequest as JSON) in the container to its end, on a connection of its
    /// own.
    ShimOutcome exec(const Json& request, std::string_view input = {}) const;
    /// A request for @p args with the rights of the container's own process.
    Json execRequest(const std::vector<std::string>& args) const;
    /// Waits for the shim itself; its exit code.
    Result<int> waitForShim();

    const std::string& bundle() const { return m_bundle; }
    const std::string& state() const { return m_state; }
    const std::string& image() const { return m_image; }
    std::string directory() const { return m_directory.path(); }
    pid_t shimPid() const { return m_pid; }
    std::string group() const;
    /// All text of container.log, both streams.
    Result<std::string> logText() const;

private:
    ShimRun(TempDir directory, LocalUser user);
    Result<void> fillImage() const;

    TempDir m_directory;
    LocalUser m_user;
    std::string m_bundle;
    std::string m_state;
    std::string m_image;
    std::unique_ptr<ShimClient> m_control;
    pid_t m_pid = -1;
};

/// True when the groups of @p user can limit @p controller here.
bool canLimit(const LocalUser& user, const std::string& controller);

} // namespace portlight::test
