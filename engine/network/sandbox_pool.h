#pragma once

#include "engine/network/links.h"
#include "engine/network/network_namespace.h"

#include <deque>
#include <string>

namespace portlight::network {

/// A network namespace for one container, with a pair whose near end waits outside.
struct Sandbox {
    Fd space;
    std::optional<Links> inside; ///< a connection into it
    std::string hostName; ///< of the near end
    int hostIndex = 0;
    int insideIndex = 0; ///< of the far end, called "eth0"; 0 where there is no pair
};

/// Makes sandboxes ahead of need: it takes 1 ms and now and then 20 (the kernel's namespace
/// clean-up). One thread at a time; an entry that is never used goes with its descriptors.
class SandboxPool {
public:
    /// @p outside is the namespace that near ends lie in; it outlives the pool.
    explicit SandboxPool(Links& outside)
        : m_outside(outside)
    {
    }
    /// Makes entries until @p wanted are ready. Errors: why none can be made.
    Result<void> fill(std::size_t wanted);
    Result<Sandbox> take();
    /// A namespace with loopback only; for containers without a network.
    static Result<Sandbox> makeBare();
    std::size_t size() const noexcept { return m_ready.size(); }

private:
    Result<Sandbox> make();

    Links& m_outside;
    std::deque<Sandbox> m_ready;
};

/// Near ends are named "pl" and hex digits; bridges contain a '-'.
std::string newHostInterfaceName();

} // namespace portlight::network
