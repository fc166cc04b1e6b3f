#include "engine/runtime/shim_protocol.h"

#include <csignal>
#include <limits>

namespace portlight::runtime {

namespace {

void putLittleEndian32(std::string& out, std::uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>(value >> shift & 0xFFU));
}

std::uint32_t littleEndian32(std::string_view bytes)
{
    std::uint32_t value = 0;
    for (std::size_t at = 4; at-- > 0;)
        value = value << 8U | static_cast<unsigned char>(bytes[at]);
    return value;
}

Result<int> intField(const Json& json, const char* key, int fallback)
{
    PL_TRY(const auto value, jsonInt(json, key, fallback));
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
        return makeError(Errc::InvalidArgument, "field '" + std::string(key) + "' is out of range");
    return static_cast<int>(value);
}

Result<std::uint64_t> ticksField(const Json& json, const char* key)
{
    PL_TRY(const auto value, jsonInt(json, key));
    if (value < 0)
        return makeError(Errc::InvalidArgument, "field '" + std::string(key) + "' is out of range");
    return static_cast<std::uint64_t>(value);
}

Result<void> requireObject(const Json& json, const char* what)
{
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, std::string(what) + " is not an object");
    return success();
}

} // namespace

std::string encodeFrame(FrameType type, std::string_view payload)
{
    std::string bytes;
    bytes.reserve(kFrameHeaderBytes + payload.size());
    bytes.push_back(static_cast<char>(type));
    bytes.append(3, '\0');
    putLittleEndian32(bytes, static_cast<std::uint32_t>(payload.size()));
    bytes.append(payload);
    return bytes;
}

void FrameParser::feed(std::string_view bytes)
{
    if (m_read > 0) {
        m_pending.erase(0, m_read);
        m_read = 0;
    }
    m_pending.append(bytes);
}

Result<std::optional<Frame>> FrameParser::next()
{
    const std::string_view rest = std::string_view(m_pending).substr(m_read);
    if (rest.size() < kFrameHeaderBytes)
        return std::optional<Frame>();
    if (rest[1] != 0 || rest[2] != 0 || rest[3] != 0)
        return makeError(Errc::InvalidArgument, "frame header is damaged");
    const std::size_t length = littleEndian32(rest.substr(4));
    if (length > kMaxFrameBytes)
        return makeError(
            Errc::InvalidArgument, "frame of " + std::to_string(length) + " bytes is too long");
    if (rest.size() < kFrameHeaderBytes + length)
        return std::optional<Frame>();
    Frame frame;
    frame.type = static_cast<FrameType>(static_cast<unsigned char>(rest[0]));
    frame.payload = rest.substr(kFrameHeaderBytes, length);
    m_read += kFrameHeaderBytes + length;
    return std::optional<Frame>(std::move(frame));
}

Result<oci::ConsoleSize> consoleSizeFromPayload(std::string_view payload)
{
    PL_TRY(const auto json, parseJson(payload));
    const auto cells = [&json](const char* key) -> Result<std::uint16_t> {
        PL_TRY(const auto value, jsonInt(json, key));
        if (value < 0 || value > std::numeric_limits<std::uint16_t>::max())
            return makeError(
                Errc::InvalidArgument, "field '" + std::string(key) + "' is out of range");
        return static_cast<std::uint16_t>(value);
    };
    oci::ConsoleSize size;
    PL_TRY(size.columns, cells("columns"));
    PL_TRY(size.rows, cells("rows"));
    return size;
}

Result<SignalRequest> signalFromPayload(std::string_view payload)
{
    PL_TRY(const auto json, parseJson(payload));
    PL_TRY(const auto number, jsonInt(json, "signal"));
    SignalRequest request;
    PL_TRY(request.isForAll, jsonBool(json, "all"));
    if (number < 1 || number > SIGRTMAX)
        return makeError(Errc::InvalidArgument, "no signal " + std::to_string(number));
    request.number = static_cast<int>(number);
    return request;
}

Json toJson(const ShimRecord& record)
{
    return Json { { "shimPid", record.shimPid }, { "shimStartTicks", record.shimStartTicks },
        { "pid", record.pid }, { "startTicks", record.startTicks },
        { "startedAtNs", record.startedAtNs }, { "bootId", record.bootId } };
}

Result<ShimRecord> shimRecordFromJson(const Json& json)
{
    PL_TRY(requireObject(json, "shim record"));
    ShimRecord record;
    PL_TRY(record.shimPid, intField(json, "shimPid", -1));
    PL_TRY(record.shimStartTicks, ticksField(json, "shimStartTicks"));
    PL_TRY(record.pid, intField(json, "pid", -1));
    PL_TRY(record.startTicks, ticksField(json, "startTicks"));
    PL_TRY(record.startedAtNs, jsonInt(json, "startedAtNs"));
    PL_TRY(record.bootId, jsonString(json, "bootId"));
    return record;
}

Json toJson(const ExitRecord& record)
{
    return Json { { "exitCode", record.exitCode }, { "signal", record.signal },
        { "wasOomKilled", record.wasOomKilled }, { "startedAtNs", record.startedAtNs },
        { "finishedAtNs", record.finishedAtNs } };
}

Result<ExitRecord> exitRecordFromJson(const Json& json)
{
    PL_TRY(requireObject(json, "exit record"));
    if (jsonMember(json, "exitCode").is_null())
        return makeError(Errc::InvalidArgument, "exit record has no exitCode");
    ExitRecord record;
    PL_TRY(record.exitCode, intField(json, "exitCode", 0));
    PL_TRY(record.signal, intField(json, "signal", 0));
    PL_TRY(record.wasOomKilled, jsonBool(json, "wasOomKilled"));
    PL_TRY(record.startedAtNs, jsonInt(json, "startedAtNs"));
    PL_TRY(record.finishedAtNs, jsonInt(json, "finishedAtNs"));
    return record;
}

Json toJson(const StartFailure& failure)
{
    return Json { { "stage", failure.stage }, { "sysErrno", failure.sysErrno },
        { "message", failure.message }, { "exitCode", failure.exitCode } };
}

Result<StartFailure> startFailureFromJson(const Json& json)
{
    PL_TRY(requireObject(json, "start failure"));
    StartFailure failure;
    PL_TRY(failure.stage, jsonString(json, "stage"));
    PL_TRY(failure.sysErrno, intField(json, "sysErrno", 0));
    PL_TRY(failure.message, jsonString(json, "message"));
    PL_TRY(failure.exitCode, intField(json, "exitCode", 128));
    return failure;
}

Json execRequestJson(const std::string& id, Json process, const std::string& user,
    const std::vector<std::string>& groups, bool hasInput)
{
    return Json { { "id", id }, { "process", std::move(process) }, { "user", user },
        { "groups", groups }, { "stdin", hasInput } };
}

Result<ExecRequest> execRequestFromJson(const Json& json)
{
    PL_TRY(requireObject(json, "exec request"));
    ExecRequest request;
    PL_TRY(request.id, jsonString(json, "id"));
    if (request.id.empty())
        return makeError(Errc::InvalidArgument, "exec request has no id");
    PL_TRY(request.process, oci::processFromJson(jsonMember(json, "process")));
    PL_TRY(request.user, jsonString(json, "user"));
    PL_TRY(request.groups, jsonStrings(json, "groups"));
    PL_TRY(request.hasInput, jsonBool(json, "stdin"));
    return request;
}

Json toJson(const LaunchOptions& options)
{
    return Json { { "lowerDirs", options.lowerDirs }, { "useUserXattr", options.useUserXattr },
        { "isVolatile", options.isVolatile }, { "keepStdinOpen", options.keepStdinOpen },
        { "closeStdinOnDetach", options.closeStdinOnDetach }, { "seccompBpf", options.seccompBpf },
        { "logMaxBytes", options.logMaxBytes }, { "logMaxFiles", options.logMaxFiles },
        { "cgroupRoot", options.cgroupRoot }, { "runtime", options.runtime },
        { "runtimeArguments", options.runtimeArguments } };
}

Result<LaunchOptions> launchOptionsFromJson(const Json& json)
{
    PL_TRY(requireObject(json, "launch options"));
    LaunchOptions options;
    PL_TRY(options.lowerDirs, jsonStrings(json, "lowerDirs"));
    PL_TRY(options.useUserXattr, jsonBool(json, "useUserXattr"));
    PL_TRY(options.isVolatile, jsonBool(json, "isVolatile"));
    PL_TRY(options.keepStdinOpen, jsonBool(json, "keepStdinOpen"));
    PL_TRY(options.closeStdinOnDetach, jsonBool(json, "closeStdinOnDetach"));
    PL_TRY(options.seccompBpf, jsonString(json, "seccompBpf"));
    PL_TRY(options.logMaxBytes, jsonInt(json, "logMaxBytes"));
    PL_TRY(options.logMaxFiles, intField(json, "logMaxFiles", 1));
    PL_TRY(options.cgroupRoot, jsonString(json, "cgroupRoot"));
    PL_TRY(options.runtime, jsonString(json, "runtime"));
    PL_TRY(options.runtimeArguments, jsonStrings(json, "runtimeArguments"));
    if (!options.runtime.empty() && !options.runtime.starts_with('/'))
        return makeError(Errc::InvalidArgument, "runtime must be an absolute path");
    if (options.logMaxBytes < 0 || options.logMaxFiles < 1)
        return makeError(Errc::InvalidArgument, "log limits are out of range");
    return options;
}

} // namespace portlight::runtime
