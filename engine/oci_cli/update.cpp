#include "engine/base/syscalls.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

#include <unistd.h>

namespace portlight::oci_cli {

namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;

/// A limit by option: where it goes in linux.resources, and whether it counts bytes or is text.
struct LimitOption {
    std::string_view option;
    const char* section;
    const char* key;
    enum class Kind { Number, Bytes, Text } kind;
};

constexpr LimitOption kLimits[] {
    { "blkio-weight", "blockIO", "weight", LimitOption::Kind::Number },
    { "cpu-period", "cpu", "period", LimitOption::Kind::Number },
    { "cpu-quota", "cpu", "quota", LimitOption::Kind::Number },
    { "cpu-burst", "cpu", "burst", LimitOption::Kind::Number },
    { "cpu-share", "cpu", "shares", LimitOption::Kind::Number },
    { "cpu-rt-period", "cpu", "realtimePeriod", LimitOption::Kind::Number },
    { "cpu-rt-runtime", "cpu", "realtimeRuntime", LimitOption::Kind::Number },
    { "cpu-idle", "cpu", "idle", LimitOption::Kind::Number },
    { "cpuset-cpus", "cpu", "cpus", LimitOption::Kind::Text },
    { "cpuset-mems", "cpu", "mems", LimitOption::Kind::Text },
    { "memory", "memory", "limit", LimitOption::Kind::Bytes },
    { "memory-reservation", "memory", "reservation", LimitOption::Kind::Bytes },
    { "memory-swap", "memory", "swap", LimitOption::Kind::Bytes },
    { "pids-limit", "pids", "limit", LimitOption::Kind::Number },
};

std::vector<OptionName> optionNames()
{
    std::vector<OptionName> names { { "resources", 'r', true } };
    for (const LimitOption& limit : kLimits)
        names.push_back({ limit.option, '\0', true });
    return names;
}

Result<Json> readResources(const std::string& path)
{
    if (path == "-") {
        PL_TRY(const auto text, readAll(Fd(::dup(STDIN_FILENO)), kMaxBytes));
        return parseJson(text);
    }
    PL_TRY(const auto text, readFile(path, kMaxBytes));
    return parseJson(text);
}

Result<Json> resourcesFrom(const Options& options)
{
    if (options.has("resources"))
        return readResources(options.value("resources"));
    Json resources = Json::object();
    for (const LimitOption& limit : kLimits) {
        if (!options.has(limit.option))
            continue;
        const std::string text = options.value(limit.option);
        const std::string what = "--" + std::string(limit.option);
        Json& place = resources[limit.section][limit.key];
        if (limit.kind == LimitOption::Kind::Text) {
            place = text;
        } else if (limit.kind == LimitOption::Kind::Bytes) {
            PL_TRY(place, bytesOption(text, what));
        } else {
            PL_TRY(place, numberOption(text, what));
        }
    }
    if (resources.empty())
        return makeError(Errc::InvalidArgument, "nothing to update: name a limit or --resources");
    return resources;
}

} // namespace

// update: changes limits of a container that exists; what is not named stays.
Result<int> updateVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(optionNames(), arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    const StateStore store(context.root);
    PL_TRY(const auto record, store.load(id));
    if (store.statusOf(record) == runtime::Status::Stopped)
        return makeError(Errc::Conflict, "cannot update container '" + id + "': it is stopped");
    PL_TRY(const auto json, resourcesFrom(parsed));
    PL_TRY(const auto resources, oci::resourcesFromJson(json));
    PL_TRY(const auto driver, openCgroups(record.group));
    PL_TRY(driver->update(record.group, resources));
    return 0;
}

} // namespace portlight::oci_cli
