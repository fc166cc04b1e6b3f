#pragma once

#include "engine/base/result.h"

namespace portlight::oci_cli {

/// Runs this program again from a place that no container can write to, unless it is there already:
/// a container that gets hold of /proc/PID/exe of the process that is to become it, or of one that
/// joins it, would otherwise overwrite the file on the host (CVE-2019-5736). A detached read-only
/// mount of the file where mounts may be made, else a sealed copy in memory. Comes back when there
/// is nothing to do; does not come back otherwise. Errors: what kept it from that.
Result<void> leaveOwnBinary(char** arguments);

} // namespace portlight::oci_cli
