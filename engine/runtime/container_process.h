#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/cgroup/driver.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/container_state.h"
#include "engine/runtime/create_settings.h"
#include "engine/runtime/start_channel.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace portlight::runtime {

/// A container's first process from its clone on: created, then started. runtime.md, Lifecycle.
/// The one who made it reaps it through pidFd(); nothing is killed when this object goes.
class ContainerProcess {
public:
    /// Makes the cgroup @p group and the process in its namespaces; the rest of the set-up goes on
    /// in that process, see receive(). The group stays when this fails. @p stage names the step for
    /// the report. Only from a single-threaded program.
    static Result<ContainerProcess> create(const Bundle& bundle, cgroup::Driver& driver,
        const std::string& group, const CreateSettings& settings, std::string& stage);

    /// One that another runtime has created: no channel, and its creator reaps it all the same.
    static ContainerProcess adopt(pid_t pid, Fd pidFd);

    pid_t pid() const noexcept { return m_pid; }
    const Fd& pidFd() const noexcept { return m_pidFd; }
    /// Readable when receive() has something.
    const Fd& channel() const noexcept { return m_channel; }
    /// One message of the process, nullopt when there is none yet. What it asks of its creator
    /// (hooks of the runtime namespace, handing over a seccomp listener) is done here; a failure of
    /// that comes back as Failed.
    Result<std::optional<ReceivedMessage>> receive();
    /// Lets the created process execute its program.
    Result<void> start() const { return sendMessage(m_channel, StartMessage::Start); }
    void closeChannel() { m_channel.reset(); }

private:
    ContainerProcess(pid_t pid, Fd pidFd, Fd channel, ContainerState state,
        const oci::RuntimeConfig& config, const SeccompFilter& seccomp);
    Result<void> serve(const ReceivedMessage& request);
    Result<void> finishCreation(const Bundle& bundle, cgroup::Driver& driver,
        const std::string& group, bool hasNewUser, std::string& stage) const;

    pid_t m_pid;
    Fd m_pidFd;
    Fd m_channel;
    ContainerState m_state; ///< as hooks see it
    oci::Hooks m_hooks;
    std::string m_listenerPath;
    std::string m_listenerMetadata;
};

} // namespace portlight::runtime
