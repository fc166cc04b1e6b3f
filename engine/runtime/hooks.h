#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace portlight::runtime {

/// Whether a hook that names no variables gets those of this process.
enum class HookEnv { Own, Inherited };

/// Runs @p hooks one after the other in the caller's namespaces: `path` as it is, `args` (its own
/// name where empty), `env` (where empty: as @p env says), @p state on standard input, "/" or the
/// bundle as the caller's working directory. What a hook prints goes where the caller's standard
/// error goes. One that takes longer than its timeout is killed. config.md, POSIX-platform Hooks.
/// Errors: the first hook that fails, with @p kind, path and cause; later ones are not run.
Result<void> runHooks(const std::vector<oci::Hook>& hooks, std::string_view kind,
    const std::string& state, HookEnv env = HookEnv::Inherited);

/// As runHooks, but every hook is run and failures are only told: what `poststop` wants.
std::vector<Error> runAllHooks(
    const std::vector<oci::Hook>& hooks, std::string_view kind, const std::string& state);

} // namespace portlight::runtime
