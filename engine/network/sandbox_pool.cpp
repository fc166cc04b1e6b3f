#include "engine/network/sandbox_pool.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"

namespace portlight::network {

std::string newHostInterfaceName()
{
    return "plv" + randomHex(10);
}

Result<Sandbox> SandboxPool::makeBare()
{
    Sandbox sandbox;
    PL_TRY(sandbox.space, makeNetworkNamespace([&]() -> Result<void> {
        // Interfaces that come later start without IPv6 and never believe a router's
        // advertisement; networks with IPv6 switch it on for theirs. Absent where IPv6 is.
        for (const auto* setting : { "disable_ipv6", "accept_ra" }) {
            const std::string path = std::string("/proc/sys/net/ipv6/conf/default/") + setting;
            const bool isSet =
                writeExisting(path, setting == std::string_view("disable_ipv6") ? "1" : "0")
                    .has_value();
            static_cast<void>(isSet);
        }
        // As docker has it: a container's user may serve low ports, it has them for itself alone.
        static_cast<void>(
            writeExisting("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0").has_value());
        PL_TRY(sandbox.inside, Links::open());
        return success();
    }));
    return sandbox;
}

Result<Sandbox> SandboxPool::make()
{
    PL_TRY(auto sandbox, makeBare());
    sandbox.hostName = newHostInterfaceName();
    PL_TRY(m_outside.makeVeth(sandbox.hostName, "eth0", sandbox.space));
    PL_TRY(const auto near, m_outside.find(sandbox.hostName));
    PL_TRY(const auto far, sandbox.inside->find("eth0"));
    if (!near || !far)
        return makeError(Errc::Internal, "an interface pair is gone again");
    sandbox.hostIndex = near->index;
    sandbox.insideIndex = far->index;
    return sandbox;
}

Result<void> SandboxPool::fill(std::size_t wanted)
{
    while (m_ready.size() < wanted) {
        PL_TRY(auto sandbox, make());
        m_ready.push_back(std::move(sandbox));
    }
    return success();
}

Result<Sandbox> SandboxPool::take()
{
    if (m_ready.empty())
        return make();
    Sandbox sandbox = std::move(m_ready.front());
    m_ready.pop_front();
    return sandbox;
}

} // namespace portlight::network
