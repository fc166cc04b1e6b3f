#pragma once

#include "cli/client/engine.h"
#include "cli/text/options.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace portlight::cli {

/// A word of the command line with what it takes and does. run() returns the exit code; its error
/// is shown as it is and means `failureCode`.
struct CommandEntry {
    const char* name; ///< "ps", or in two words "volume ls"
    Syntax (*syntax)();
    Result<int> (*run)(Engine& engine, const Options& options);
    int failureCode = 1;
};

/// One table per file of this directory.
std::span<const CommandEntry> archiveCommands();
std::span<const CommandEntry> attachCommands();
std::span<const CommandEntry> copyCommands();
std::span<const CommandEntry> execCommands();
std::span<const CommandEntry> eventCommands();
std::span<const CommandEntry> imageCommands();
std::span<const CommandEntry> inspectCommands();
std::span<const CommandEntry> lifeCommands();
std::span<const CommandEntry> listCommands();
std::span<const CommandEntry> logCommands();
std::span<const CommandEntry> networkCommands();
std::span<const CommandEntry> processCommands();
std::span<const CommandEntry> pruneCommands();
std::span<const CommandEntry> registryCommands();
std::span<const CommandEntry> runCommands();
std::span<const CommandEntry> statsCommands();
std::span<const CommandEntry> systemCommands();
std::span<const CommandEntry> volumeCommands();

/// A line on standard output.
void say(const std::string& line);
/// A line on standard error.
void complain(const std::string& line);
/// Text on standard output as it is.
void print(const std::string& text);

/// Does @p action for every argument, in order, and goes on after a failure, which is shown. The
/// exit code: 1 where one failed.
int forEach(const std::vector<std::string>& names,
    const std::function<Result<void>(const std::string&)>& action);

/// "name=value" words of --filter as the API's JSON, empty where none is given. Errors:
/// InvalidArgument.
Result<std::string> filterJson(const std::vector<std::string>& words);
/// {"a": "1"} of words "a=1"; a word without = has an empty value.
Json mapOf(const std::vector<std::string>& words);
/// Asks on standard error; true for "y". A closed standard input is no.
bool isConfirmed(const std::string& question);
/// The option's type of --format.
Option formatOption();
std::string containerPath(const std::string& name, const std::string& rest = {});

} // namespace portlight::cli
