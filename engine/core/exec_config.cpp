#include "engine/core/exec_config.h"

namespace portlight::core {

namespace {

constexpr std::int64_t kMaxCells = 65535;

} // namespace

Result<std::pair<unsigned, unsigned>> consoleSizeFromJson(const Json& json)
{
    std::pair<unsigned, unsigned> size { 0, 0 };
    const Json& value = jsonMember(json, "ConsoleSize");
    if (value.is_null())
        return size;
    const auto isCells = [](const Json& each) {
        return each.is_number_unsigned() && each.get<std::uint64_t>() <= kMaxCells;
    };
    if (!value.is_array() || value.size() != 2 || !isCells(value[0]) || !isCells(value[1]))
        return makeError(
            Errc::InvalidArgument, "ConsoleSize must be [height, width], numbers from 0 to 65535");
    size.first = value[0].get<unsigned>();
    size.second = value[1].get<unsigned>();
    return size;
}

Result<ExecConfig> execConfigFromJson(const Json& json)
{
    ExecConfig config;
    PL_TRY(config.cmd, jsonStrings(json, "Cmd"));
    if (config.cmd.empty())
        return makeError(Errc::InvalidArgument, "No exec command specified");
    PL_TRY(config.env, jsonStrings(json, "Env"));
    PL_TRY(config.user, jsonString(json, "User"));
    PL_TRY(config.workingDir, jsonString(json, "WorkingDir"));
    PL_TRY(config.detachKeys, jsonString(json, "DetachKeys"));
    PL_TRY(config.hasTty, jsonBool(json, "Tty"));
    PL_TRY(config.attachesStdin, jsonBool(json, "AttachStdin"));
    PL_TRY(config.attachesStdout, jsonBool(json, "AttachStdout"));
    PL_TRY(config.attachesStderr, jsonBool(json, "AttachStderr"));
    PL_TRY(config.isPrivileged, jsonBool(json, "Privileged"));
    PL_TRY(config.consoleRowsColumns, consoleSizeFromJson(json));
    return config;
}

} // namespace portlight::core
