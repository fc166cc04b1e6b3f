#pragma once

#include "engine/base/fd.h"
#include "engine/launcher/id_mapping.h"

namespace portlight::launcher {

/// The namespaces of a rootless engine, alive while somebody has the descriptors.
struct NamespaceSet {
    Fd user;
    Fd mount;
    Fd network;
};

/// Makes a user namespace with @p mapping and, owned by it, a mount namespace that takes part in
/// the host's mounts but passes none back (MS_SLAVE), and a network namespace with the loopback up.
/// A child makes them and ends; single-threaded callers only. Errors: Forbidden, Unavailable and
/// others naming the step, as this host answers it.
Result<NamespaceSet> makeNamespaces(const IdMapping& mapping);

} // namespace portlight::launcher
