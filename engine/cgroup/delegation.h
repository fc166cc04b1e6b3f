#pragma once

#include "engine/base/result.h"

#include <string>

/// The part of the unified hierarchy that an ordinary user's engine may make groups in. Only the
/// engine links this: it speaks to systemd.
namespace portlight::cgroup {

/// Puts this process into the leaf "portlight-engine" of a group that is delegated to its user, and
/// returns that group's path, below which groups with limits may be made. It is the group in which
/// this process is, where systemd has delegated that (Delegate=yes); else a scope @p unit
/// ("portlight-….scope") of the user's systemd manager, which is taken over where it lives already:
/// containers of an earlier engine are in it. Blocking, for some milliseconds.
/// Errors: Unavailable with cause and fix where there is no unified hierarchy or no user manager.
/// systemd's CGROUP_DELEGATION.md; cgroup-v2.rst, Delegation and No Internal Process Constraint.
Result<std::string> enterDelegatedGroup(const std::string& unit);

} // namespace portlight::cgroup
