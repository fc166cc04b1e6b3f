#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/verbs.h"

namespace portlight::oci_cli {

// start: lets a created container execute its program (runtime.md, Start).
Result<int> startVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions({}, arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    int exitCode = 1;
    PL_TRY(startContainer(context, id, exitCode));
    return 0;
}

} // namespace portlight::oci_cli
