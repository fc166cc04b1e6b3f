#pragma once

#include "engine/base/fd.h"
#include "engine/oci_cli/context.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/runtime/bundle.h"

#include <string>

/// What create, start and run have in common.
namespace portlight::oci_cli {

struct CreateOptions {
    std::string id;
    std::string bundle = ".";
    std::string config = "config.json"; ///< in the bundle, or absolute
    std::string pidFile; ///< empty: none
    std::string consoleSocket; ///< gets the terminal's master; empty: none
    unsigned preservedFds = 0; ///< the listenFds first
    unsigned listenFds = 0; ///< sockets that the caller got for the container: sd_listen_fds(3)
    bool usesPivotRoot = true;
    bool hasNewKeyring = true;
};

/// The options that create and run share, and the container's id. Errors: InvalidArgument.
Result<CreateOptions> createOptionsFrom(const Options& options);
/// Their names, for parseOptions().
std::vector<OptionName> createOptionNames();

struct CreatedContainer {
    ContainerRecord record;
    Fd process; ///< pidfd; the caller is its parent
    Fd console; ///< the terminal's master, where no socket took it
};

/// Creates the container up to where it waits for its start. On failure nothing of it is left.
/// @p takesConsole: a terminal without a console socket is returned instead of refused.
/// @p exitCode is set on failure, to what `run` should exit with.
Result<CreatedContainer> createContainer(
    const Context& context, const CreateOptions& options, bool takesConsole, int& exitCode);

/// Lets the created container @p id execute its program and runs its poststart hooks. @p exitCode
/// as above.
Result<void> startContainer(const Context& context, const std::string& id, int& exitCode);

/// Ends what is left of the container's processes, removes its group, runs its poststop hooks and
/// forgets it.
Result<void> destroyContainer(const Context& context, const ContainerRecord& record);

} // namespace portlight::oci_cli
