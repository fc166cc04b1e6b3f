#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"
#include "engine/runtime/seccomp.h"

#include <optional>
#include <string_view>

namespace portlight::runtime {

/// The number of "RLIMIT_NOFILE"; nullopt for an unknown name. getrlimit(2).
std::optional<int> rlimitNumber(std::string_view name);

/// setrlimit(2) for each of @p limits. A hard limit above ours needs CAP_SYS_RESOURCE; without it
/// the limit stays at ours. Errors: InvalidArgument for an unknown type.
Result<void> applyRlimits(const std::vector<oci::Rlimit>& limits);

/// Names the AppArmor profile or SELinux label for the next execve(2); through the host's /proc, so
/// before the container's root is entered. Errors: Unavailable where the host has no such module.
Result<void> applySecurityLabels(const oci::Process& process);

/// From root of the user namespace to the process's user, groups and capabilities, with
/// no_new_privs where asked for. Without no_new_privs the filter must go in while CAP_SYS_ADMIN is
/// held, so it is installed here (and its listener, if it has one, returned); with it the caller
/// does so last.
Result<Fd> dropPrivileges(const oci::Process& process, const SeccompFilter& filter);

/// linux.sysctl, through the procfs mounted below @p root. Errors: Forbidden when /proc/sys is not
/// procfs.
Result<void> applySysctl(const Fd& root, const std::map<std::string, std::string>& sysctl);

} // namespace portlight::runtime
