#include "engine/base/timestamps.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

#include <algorithm>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "quiet", 'q' }, { "format", 'f', true } };

struct Row {
    ContainerRecord record;
    runtime::Status status;
};

std::string padded(std::string text, std::size_t width)
{
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
}

std::string tableOf(const std::vector<Row>& rows)
{
    constexpr std::size_t kId = 28;
    constexpr std::size_t kNumber = 12;
    constexpr std::size_t kCreated = 32;
    std::string text = padded("ID", kId) + padded("PID", kNumber) + padded("STATUS", kNumber)
        + padded("CREATED", kCreated) + "BUNDLE\n";
    for (const Row& row : rows) {
        const pid_t pid = row.status == runtime::Status::Stopped ? 0 : row.record.pid;
        text += padded(row.record.id, kId) + padded(std::to_string(pid), kNumber)
            + padded(std::string(statusName(row.status)), kNumber)
            + padded(formatTimestamp(row.record.createdNs), kCreated) + row.record.bundle + "\n";
    }
    return text;
}

Json jsonOf(const std::vector<Row>& rows)
{
    Json list = Json::array();
    for (const Row& row : rows) {
        Json json = runtime::toJson(stateOf(row.record, row.status, {}));
        json["rootfs"] = row.record.rootfs;
        json["created"] = formatTimestamp(row.record.createdNs);
        json["owner"] = std::to_string(row.record.owner);
        list.push_back(std::move(json));
    }
    return list;
}

} // namespace

// list: all containers of this state directory.
Result<int> listVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    const std::string format = parsed.value("format", "table");
    if (format != "table" && format != "json")
        return makeError(Errc::InvalidArgument, "unknown --format '" + format + "'");
    const StateStore store(context.root);
    std::vector<Row> rows;
    for (const std::string& id : store.ids()) {
        auto record = store.load(id);
        if (!record)
            continue; // deleted meanwhile
        const runtime::Status status = store.statusOf(record.value());
        rows.push_back(Row { std::move(record).value(), status });
    }
    std::string text;
    if (parsed.has("quiet")) {
        for (const Row& row : rows)
            text += row.record.id + "\n";
    } else {
        text = format == "json" ? dumpJson(jsonOf(rows)) + "\n" : tableOf(rows);
    }
    PL_TRY(print(text));
    return 0;
}

} // namespace portlight::oci_cli
