#pragma once

#include "engine/base/result.h"
#include "engine/oci_cli/context.h"

#include <span>
#include <string>
#include <string_view>

/// The commands of this program, a file each. A verb gets the words after its name and answers with
/// the exit code; errors are told by main().
namespace portlight::oci_cli {

using Arguments = std::span<const std::string>;

Result<int> createVerb(const Context& context, Arguments arguments);
Result<int> startVerb(const Context& context, Arguments arguments);
Result<int> runVerb(const Context& context, Arguments arguments);
Result<int> stateVerb(const Context& context, Arguments arguments);
Result<int> killVerb(const Context& context, Arguments arguments);
Result<int> deleteVerb(const Context& context, Arguments arguments);
Result<int> listVerb(const Context& context, Arguments arguments);
Result<int> execVerb(const Context& context, Arguments arguments);
Result<int> psVerb(const Context& context, Arguments arguments);
Result<int> pauseVerb(const Context& context, Arguments arguments);
Result<int> resumeVerb(const Context& context, Arguments arguments);
Result<int> updateVerb(const Context& context, Arguments arguments);
Result<int> eventsVerb(const Context& context, Arguments arguments);
Result<int> featuresVerb(const Context& context, Arguments arguments);
Result<int> specVerb(const Context& context, Arguments arguments);

/// The one container id that @p words should be. Errors: InvalidArgument.
Result<std::string> oneId(std::span<const std::string> words);

/// Writes @p text to standard output.
Result<void> print(std::string_view text);

} // namespace portlight::oci_cli
