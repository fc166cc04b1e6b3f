#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

namespace portlight::oci_cli {

namespace {

Result<int> freeze(const Context& context, Arguments arguments, bool isFrozen)
{
    PL_TRY(const auto parsed, parseOptions({}, arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    const StateStore store(context.root);
    PL_TRY(const auto record, store.load(id));
    const runtime::Status status = store.statusOf(record);
    const bool isFit = isFrozen
        ? status == runtime::Status::Running || status == runtime::Status::Created
        : status == runtime::Status::Paused;
    if (!isFit)
        return makeError(Errc::Conflict,
            "cannot " + std::string(isFrozen ? "pause" : "resume") + " container '" + id
                + "': it is " + std::string(statusName(status)));
    PL_TRY(const auto driver, openCgroups(record.group));
    PL_TRY(driver->freeze(record.group, isFrozen));
    return 0;
}

} // namespace

Result<int> pauseVerb(const Context& context, Arguments arguments)
{
    return freeze(context, arguments, true);
}

Result<int> resumeVerb(const Context& context, Arguments arguments)
{
    return freeze(context, arguments, false);
}

} // namespace portlight::oci_cli
