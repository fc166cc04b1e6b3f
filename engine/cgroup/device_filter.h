#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <linux/bpf.h>

#include <string>
#include <vector>

/// The device allow-list of cgroup version 2, which has no file for it: a small BPF program of type
/// BPF_PROG_TYPE_CGROUP_DEVICE that the kernel asks at each open and mknod. cgroup-v2.rst, Device
/// controller; bpf(2).
namespace portlight::cgroup {

/// The program for @p rules, of which the last that fits decides, as with devices.allow and
/// devices.deny; nothing fits: not allowed. Rules that later ones make void are left out.
std::vector<bpf_insn> deviceProgram(const std::vector<oci::DeviceRule>& rules);

/// Loads that program and attaches it to the group @p directory in place of those that were there.
/// Errors: Forbidden without the privilege, Unavailable in the kernel's own words where it refuses
/// the program.
Result<void> attachDeviceFilter(
    const std::string& directory, const std::vector<oci::DeviceRule>& rules);

} // namespace portlight::cgroup
