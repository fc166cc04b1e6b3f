#pragma once

#include "engine/base/result.h"
#include "tests/support/api.h"
#include "tests/support/local_user.h"

#include <QProcess>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace portlight::test {

/// The process that listens on a Unix socket (SO_PEERCRED). Errors as connect(2).
Result<pid_t> processBehind(const std::string& socket);

/// A real `portlightd` with its own socket, data root and state directory below a fresh directory
/// `/tmp/pl-…`. Whatever happens to the test, everything that the engine leaves goes with it:
/// containers, shims, launcher, cgroups, mounts, files (keeper.cpp does it). What cannot be removed
/// fails the running test function.
class EngineProcess {
public:
    struct Options {
        RunAs runAs = RunAs::Current;
        std::vector<std::string> arguments {}; ///< further ones for portlightd
        std::vector<std::pair<std::string, std::string>> environment {};
        /// The starter image is loaded into an empty store; most tests want the store empty.
        bool hasStarterImage = false;
        /// The engine's host network is a namespace of its own with loopback alone, where the test
        /// runs as root; hostPid() lies in it. Nothing of this machine can be in the way of ports.
        bool hasOwnNetwork = false;
    };

    /// Starts the engine and returns once it listens. Errors: Unavailable with what it wrote where
    /// it ends or stays silent for 30 s; Forbidden where localUser() has nobody for runAs.
    static Result<std::unique_ptr<EngineProcess>> start(Options options);
    static Result<std::unique_ptr<EngineProcess>> start() { return start(Options {}); }
    ~EngineProcess();
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    const std::string& directory() const { return m_directory; }
    const LocalUser& user() const { return m_user; }
    std::string socket() const { return m_directory + "/s"; }
    std::string dataRoot() const { return m_directory + "/data"; }
    std::string stateDir() const { return m_directory + "/run"; }
    /// A new client of the engine's socket.
    Api api() const { return Api(socket(), m_user); }

    /// The process behind the socket: with an ordinary user's engine not the one that was started.
    /// Errors as connect(2).
    Result<pid_t> enginePid() const { return processBehind(socket()); }
    /// A process in the engine's host network (runInNetworkOf).
    pid_t hostPid() const { return static_cast<pid_t>(m_keeper.processId()); }
    /// Everything it wrote to standard output and error, from all starts.
    std::string output() const;

    /// kill -9 of the process behind the socket; returns once it is gone.
    Result<void> kill();
    /// SIGTERM to the process that was started; returns its exit status (128 + number for a
    /// signal).
    Result<int> terminate();
    /// Starts it again on the same directories and returns once it listens, as start().
    Result<void> restart();

private:
    EngineProcess(std::string directory, LocalUser user);
    Result<void> launch(const Options& options);
    /// Reads the keeper's lines up to one that starts with @p prefix, whose rest it returns.
    Result<std::string> await(const std::string& prefix, bool isExitExpected);

    std::string m_directory;
    LocalUser m_user;
    QProcess m_keeper;
    pid_t m_started = -1;
};

} // namespace portlight::test
