#include "engine/base/timestamps.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

namespace portlight::oci_cli {

// state: prints what the container is (runtime.md, State), with rootfs, created and owner as other
// runtimes add them.
Result<int> stateVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions({}, arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    const StateStore store(context.root);
    PL_TRY(const auto record, store.load(id));
    PL_TRY(const auto config, store.loadConfig(id));
    Json json = runtime::toJson(stateOf(record, store.statusOf(record), config.annotations));
    json["rootfs"] = record.rootfs;
    json["created"] = formatTimestamp(record.createdNs);
    json["owner"] = std::to_string(record.owner);
    PL_TRY(print(dumpJson(json, 2) + "\n"));
    return 0;
}

} // namespace portlight::oci_cli
