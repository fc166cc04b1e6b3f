#include "engine/base/syscalls.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

#include <algorithm>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "format", 'f', true } };

// The command line with spaces for its NULs; a kernel thread or a zombie has its name alone.
std::string commandOf(pid_t pid)
{
    const std::string directory = "/proc/" + std::to_string(pid);
    auto text = readFile(directory + "/cmdline", 65536);
    if (text && !text.value().empty()) {
        std::string line = std::move(text).value();
        while (!line.empty() && line.back() == '\0')
            line.pop_back();
        std::replace_if(line.begin(), line.end(), [](unsigned char c) { return c < 0x20; }, ' ');
        return line;
    }
    const auto name = readFile(directory + "/comm", 64);
    return name ? "[" + name.value().substr(0, name.value().find('\n')) + "]" : "";
}

} // namespace

// ps: the container's processes, by their numbers in this pid namespace.
Result<int> psVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    const std::string format = parsed.value("format", "table");
    if (format != "table" && format != "json")
        return makeError(Errc::InvalidArgument, "unknown --format '" + format + "'");
    PL_TRY(const auto record, StateStore(context.root).load(id));
    PL_TRY(const auto driver, openCgroups(record.group));
    PL_TRY(auto pids, driver->processes(record.group));
    std::sort(pids.begin(), pids.end());
    std::string text = format == "json" ? dumpJson(Json(pids)) + "\n" : "PID      COMMAND\n";
    if (format == "table") {
        for (const pid_t pid : pids) {
            std::string number = std::to_string(pid);
            number.resize(std::max<std::size_t>(number.size(), 8), ' ');
            text += number + " " + commandOf(pid) + "\n";
        }
    }
    PL_TRY(print(text));
    return 0;
}

} // namespace portlight::oci_cli
