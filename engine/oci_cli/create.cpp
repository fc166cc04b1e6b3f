#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/verbs.h"

namespace portlight::oci_cli {

// create: up to where the container waits for its start (runtime.md, Create).
Result<int> createVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(createOptionNames(), arguments, true));
    PL_TRY(const auto options, createOptionsFrom(parsed));
    int exitCode = 1;
    PL_TRY(createContainer(context, options, false, exitCode));
    return 0;
}

} // namespace portlight::oci_cli
