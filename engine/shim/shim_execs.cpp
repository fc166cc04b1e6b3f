#include "engine/base/syscalls.h"
#include "engine/shim/clock.h"
#include "engine/shim/shim.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

// The processes that exec adds: who of the clients has which.
namespace portlight::shim {

using runtime::Frame;
using runtime::FrameType;

namespace {

/// How many ended processes are kept for an engine that is away.
constexpr std::size_t kMostUntold = 64;

void refuse(Connection& connection, const std::string& message)
{
    connection.send(FrameType::Refused, dumpJson(Json { { "message", message } }));
}

} // namespace

void Shim::onExec(Connection& connection, const std::string& payload)
{
    const auto failed = [&connection](const std::string& why) {
        connection.send(FrameType::Failed,
            dumpJson(runtime::toJson(runtime::StartFailure { "exec", 0, why, 126 })));
    };
    auto request = [&payload]() -> Result<runtime::ExecRequest> {
        PL_TRY(const auto json, parseJson(payload));
        return runtime::execRequestFromJson(json);
    }();
    if (!request)
        return failed(request.error().message);
    if (!m_process || m_phase != Phase::Running)
        return failed("the container is not running");
    const ExecHost host { m_loop, m_bundle, *m_driver, m_group, *m_process };
    m_execs.push_back(std::make_unique<ExecSession>(host, std::move(request).value(), connection));
    if (m_foreign)
        m_execs.back()->startForeign(host, payload, *m_foreign);
    else
        m_execs.back()->start(host, payload, seedFor(host, payload.size()));
}

/// Null where none is needed or can be had: then each exec joins the groups by itself.
const ExecSeed* Shim::seedFor(const ExecHost& host, std::size_t requestBytes)
{
    const auto layout = m_driver->layout();
    if ((layout != cgroup::Layout::V1 && layout != cgroup::Layout::Hybrid)
        || requestBytes > ExecSeed::kMaxRequestBytes)
        return nullptr;
    if (!m_seed) {
        if (auto made = ExecSeed::create(host)) {
            m_seed.emplace(std::move(made).value());
            const std::string mark = m_options.stateDir + "/" + runtime::kSeedMark;
            static_cast<void>(openFile(mark, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600).has_value());
        }
    }
    return m_seed ? &*m_seed : nullptr;
}

void Shim::onExecWatch(Connection& connection, const std::string& payload)
{
    const auto id = [&payload]() -> Result<std::string> {
        PL_TRY(const auto json, parseJson(payload));
        return jsonString(json, "id");
    }();
    if (!id)
        return refuse(connection, id.error().message);
    const auto found =
        std::ranges::find_if(m_execs, [&id](const auto& each) { return each->id() == id.value(); });
    if (found == m_execs.end() || (*found)->client() != nullptr)
        return refuse(connection, "no such exec without an engine: " + id.value());
    (*found)->takeClient(connection);
}

ExecSession* Shim::execOf(const Connection& connection) const
{
    for (const auto& exec : m_execs) {
        if (exec->client() == &connection)
            return exec.get();
    }
    return nullptr;
}

void Shim::onExecFrame(ExecSession& exec, Connection& connection, const Frame& frame)
{
    const auto answer = [&connection](const Result<void>& result) {
        if (!result)
            refuse(connection, result.error().message);
        else
            connection.send(FrameType::Done);
    };
    switch (frame.type) {
    case FrameType::Stdin:
        return exec.writeInput(frame.payload);
    case FrameType::StdinEnd:
        return exec.endInput();
    case FrameType::Resize: {
        const auto size = runtime::consoleSizeFromPayload(frame.payload);
        if (const auto resized = size ? exec.resize(size.value()) : size.error(); !resized)
            refuse(connection, resized.error().message);
        return;
    }
    case FrameType::Signal: {
        const auto wanted = runtime::signalFromPayload(frame.payload);
        return answer(wanted ? exec.signal(wanted.value().number) : wanted.error());
    }
    default:
        return refuse(connection, "unknown request for an exec");
    }
}

void Shim::settleExecs()
{
    if (m_execs.empty())
        return;
    const std::int64_t now = steadyClockMs();
    for (const auto& exec : m_execs)
        exec->settle(now);
    std::erase_if(m_execs, [](const auto& each) { return each->isSettled(); });
    // Nobody may ever come for the rest.
    const auto untold =
        std::ranges::count_if(m_execs, [](const auto& each) { return each->isOver(); });
    if (static_cast<std::size_t>(untold) > kMostUntold)
        m_execs.erase(
            std::ranges::find_if(m_execs, [](const auto& each) { return each->isOver(); }));
}

bool Shim::hasExecs() const
{
    return std::ranges::any_of(m_execs, [](const auto& each) { return !each->isOver(); });
}

// Those of a container without a pid namespace of its own do not end with it.
void Shim::killExecs()
{
    for (const auto& exec : m_execs)
        (void)exec->signal(SIGKILL);
    dropSeed();
}

void Shim::dropSeed()
{
    m_seed.reset();
    ::unlink((m_options.stateDir + "/" + runtime::kSeedMark).c_str());
}

} // namespace portlight::shim
