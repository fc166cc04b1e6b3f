#pragma once

#include "engine/host/host_report.h"

namespace portlight::host {

/// The probes of each group append what they found to @p report: a few system calls and small
/// reads, no process, nothing left behind.
void probeNamespaces(HostReport& report);
void probeIds(HostReport& report);
void probeStorage(HostReport& report);
void probeSecurity(HostReport& report);
void probeNetwork(HostReport& report);
void probePressure(HostReport& report);

} // namespace portlight::host
