#pragma once

#include "engine/base/result.h"
#include "engine/runtime/shim_protocol.h"

#include <string>

namespace portlight::shim {

/// The record for what waitid(2) said: @p code CLD_EXITED or another, @p status exit code or
/// signal.
runtime::ExitRecord exitRecordOf(int code, int status);

/// Writes B/exit.json so that it survives a power cut. Anybody may be told after that.
Result<void> saveExitRecord(const std::string& bundle, const runtime::ExitRecord& record);

/// Writes S/shim.json: readers see the old or the new one. Not synced: it is worthless after a
/// reboot (the boot id says so).
Result<void> saveShimRecord(const std::string& stateDir, const runtime::ShimRecord& record);

} // namespace portlight::shim
