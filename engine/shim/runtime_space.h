#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"

namespace portlight::shim {

/// Makes the mount namespace in which another OCI runtime works: the container's root is mounted in
/// it, so that the host never sees that mount, and it goes with the last process in it. The version
/// 2 hierarchy of a hybrid host is covered: runtimes that refuse such a host (crun) then see
/// version 1 alone. Only from a single-threaded program. Errors: those of runtime::mountRoot.
/// mount_namespaces(7).
Result<Fd> makeRuntimeSpace(const runtime::Bundle& bundle);

} // namespace portlight::shim
