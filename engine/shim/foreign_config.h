#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/shim_protocol.h"

#include <string>
#include <vector>

/// What another OCI runtime gets to read in place of our own files.
namespace portlight::shim {

struct ForeignConfig {
    Json json; ///< config.json
    std::vector<Fd> held; ///< what it names by descriptor; open until the container is created
};

/// @p bundle's config.json without what only our runtime understands: the root by its absolute
/// path, what this process holds open named through its /proc directory, the cgroup @p group by its
/// whole path (empty: none is named). Errors: those of reading it; NotFound and InvalidArgument for
/// a volume's subpath that is not there.
Result<ForeignConfig> foreignConfig(const runtime::Bundle& bundle, const std::string& group);

/// The process object for `exec --process` from an exec request as JSON: @p request's user, looked
/// up in the files of the container whose process is @p pid. Errors: InvalidArgument, as docker
/// words them.
Result<Json> foreignProcess(
    std::string_view payload, const runtime::ExecRequest& request, pid_t pid);

} // namespace portlight::shim
