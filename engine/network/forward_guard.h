#pragma once

#include "engine/base/result.h"

#include <string>

/// Containers need a host that forwards packets, which a host does either for all of its interfaces
/// or for none. Where it did not before, it forwards for our bridges alone: everything else is
/// dropped by tables that all engines of the host share (`ip portlight_forward` and
/// `ip6 portlight_forward`), and with the last bridge forwarding ends again. A host that forwarded
/// already is left as it is. One thread at a time. ip-sysctl.rst, ip_forward; nft(8).
namespace portlight::network {

/// Lets the host forward what comes from and goes to @p bridge. Errors: Unavailable.
Result<void> forwardFor(const std::string& bridge, bool hasV6);

/// Undoes forwardFor(); one that is not known is success.
void endForwardingFor(const std::string& bridge);

} // namespace portlight::network
