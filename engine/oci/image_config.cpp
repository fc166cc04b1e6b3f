#include "engine/oci/image_config.h"

#include "engine/base/digest.h"
#include "engine/oci/descriptor.h"

#include <algorithm>

namespace portlight::oci {

namespace {

// ExposedPorts and Volumes: Go's sets, objects whose values mean nothing.
Result<std::vector<std::string>> keysOf(const Json& object, const char* key)
{
    std::vector<std::string> keys;
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return keys;
    if (!member.is_object())
        return makeError(
            Errc::InvalidArgument, "field '" + std::string(key) + "' is not an object");
    for (const auto& item : member.items())
        keys.push_back(item.key());
    return keys;
}

Result<Healthcheck> healthcheckFromJson(const Json& json)
{
    Healthcheck check;
    PL_TRY(check.test, jsonStrings(json, "Test"));
    PL_TRY(check.intervalNs, jsonInt(json, "Interval"));
    PL_TRY(check.timeoutNs, jsonInt(json, "Timeout"));
    PL_TRY(check.startPeriodNs, jsonInt(json, "StartPeriod"));
    PL_TRY(check.startIntervalNs, jsonInt(json, "StartInterval"));
    PL_TRY(const auto retries, jsonInt(json, "Retries"));
    check.retries = static_cast<int>(std::clamp<std::int64_t>(retries, 0, 1'000'000));
    return check;
}

Result<ImageRunConfig> runConfigFromJson(const Json& json)
{
    ImageRunConfig run;
    if (!json.is_null() && !json.is_object())
        return makeError(Errc::InvalidArgument, "field 'config' is not an object");
    PL_TRY(run.user, jsonString(json, "User"));
    PL_TRY(run.exposedPorts, keysOf(json, "ExposedPorts"));
    PL_TRY(run.env, jsonStrings(json, "Env"));
    PL_TRY(run.entrypoint, jsonStrings(json, "Entrypoint"));
    PL_TRY(run.cmd, jsonStrings(json, "Cmd"));
    PL_TRY(run.volumes, keysOf(json, "Volumes"));
    PL_TRY(run.workingDir, jsonString(json, "WorkingDir"));
    PL_TRY(run.labels, stringMap(json, "Labels"));
    PL_TRY(run.stopSignal, jsonString(json, "StopSignal"));
    PL_TRY(run.shell, jsonStrings(json, "Shell"));
    PL_TRY(run.onBuild, jsonStrings(json, "OnBuild"));
    if (const Json& check = jsonMember(json, "Healthcheck"); check.is_object()) {
        PL_TRY(auto parsed, healthcheckFromJson(check));
        run.healthcheck = std::move(parsed);
    } else if (!check.is_null()) {
        return makeError(Errc::InvalidArgument, "field 'Healthcheck' is not an object");
    }
    return run;
}

Result<std::vector<HistoryEntry>> historyFromJson(const Json& json)
{
    std::vector<HistoryEntry> history;
    const Json& list = jsonMember(json, "history");
    if (list.is_null())
        return history;
    if (!list.is_array())
        return makeError(Errc::InvalidArgument, "field 'history' is not a list");
    for (const Json& item : list) {
        HistoryEntry entry;
        PL_TRY(entry.created, jsonString(item, "created"));
        PL_TRY(entry.createdBy, jsonString(item, "created_by"));
        PL_TRY(entry.author, jsonString(item, "author"));
        PL_TRY(entry.comment, jsonString(item, "comment"));
        PL_TRY(entry.isEmptyLayer, jsonBool(item, "empty_layer"));
        history.push_back(std::move(entry));
    }
    return history;
}

} // namespace

Result<ImageConfig> imageConfigFromJson(const Json& json)
{
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "the image configuration is not a JSON object");
    ImageConfig config;
    PL_TRY(config.created, jsonString(json, "created"));
    PL_TRY(config.author, jsonString(json, "author"));
    PL_TRY(config.architecture, jsonString(json, "architecture"));
    PL_TRY(config.variant, jsonString(json, "variant"));
    PL_TRY(config.os, jsonString(json, "os"));
    PL_TRY(config.osVersion, jsonString(json, "os.version"));
    config.raw = jsonMember(json, "config");
    PL_TRY(config.run, runConfigFromJson(config.raw));
    PL_TRY(config.history, historyFromJson(json));
    const Json& rootfs = jsonMember(json, "rootfs");
    if (!jsonMember(rootfs, "diff_ids").is_array())
        return makeError(
            Errc::InvalidArgument, "the image configuration has no list 'rootfs.diff_ids'");
    PL_TRY(config.diffIds, jsonStrings(rootfs, "diff_ids"));
    for (const std::string& diffId : config.diffIds) {
        PL_TRY(Digest::parse(diffId));
    }
    return config;
}

} // namespace portlight::oci
