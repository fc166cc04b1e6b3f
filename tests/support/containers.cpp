#include "tests/support/containers.h"

#include "engine/base/syscalls.h"

#include <sstream>
#include <utility>

namespace portlight::test {

namespace {

Result<void> expect(const ApiAnswer& answer, int status, const std::string& what)
{
    if (answer.status == status)
        return success();
    return makeError(Errc::Internal,
        what + ": status " + std::to_string(answer.status) + ": " + answer.message());
}

} // namespace

Result<std::string> loadPayload(
    const Api& api, const std::string& directory, const std::string& reference)
{
    PL_TRY(const auto image, TestImage::payload(reference));
    const std::string path = directory + "/payload.tar";
    PL_TRY(writeArchive(path, image.dockerFiles()));
    PL_TRY(loadArchive(api, path));
    PL_TRY(removeTree(path));
    return image.id();
}

Result<std::vector<Json>> loadArchive(const Api& api, const std::string& path)
{
    const auto answer = api.upload("/images/load", path);
    PL_TRY(expect(answer, 200, "load"));
    std::vector<Json> lines;
    std::istringstream text(answer.body);
    for (std::string line; std::getline(text, line);) {
        if (line.find_first_not_of(" \r") == std::string::npos)
            continue;
        PL_TRY(auto parsed, parseJson(line));
        if (parsed.contains("error"))
            return makeError(Errc::InvalidArgument, "load: " + line);
        lines.push_back(std::move(parsed));
    }
    return lines;
}

Result<std::string> createContainer(const Api& api, const std::string& image,
    const std::vector<std::string>& words, const Json& settings, const std::string& name)
{
    Json body { { "Image", image } };
    if (!words.empty())
        body["Cmd"] = words;
    body.merge_patch(settings);
    const auto answer = api.post(
        "/containers/create" + (name.empty() ? std::string() : "?name=" + encoded(name)), body);
    PL_TRY(expect(answer, 201, "create"));
    const Json created = answer.json();
    return jsonString(created, "Id");
}

Result<void> startContainer(const Api& api, const std::string& id)
{
    return expect(api.post("/containers/" + id + "/start"), 204, "start");
}

Result<int> waitForExit(const Api& api, const std::string& id)
{
    const auto answer = api.post("/containers/" + id + "/wait");
    PL_TRY(expect(answer, 200, "wait"));
    const Json result = answer.json();
    PL_TRY(const auto code, jsonInt(result, "StatusCode", -1));
    return static_cast<int>(code);
}

Result<Output> logsOf(const Api& api, const std::string& id, const std::string& query)
{
    const auto answer = api.get("/containers/" + id + "/logs?stdout=1&stderr=1"
        + (query.empty() ? std::string() : "&" + query));
    PL_TRY(expect(answer, 200, "logs"));
    auto output = demultiplex(answer.body);
    if (!output)
        return makeError(Errc::Internal, "logs: malformed frames");
    return std::move(*output);
}

Result<void> removeContainer(const Api& api, const std::string& id)
{
    return expect(api.remove("/containers/" + id + "?force=1"), 204, "remove");
}

Result<Finished> runToEnd(const Api& api, const std::string& image,
    const std::vector<std::string>& words, const Json& settings)
{
    PL_TRY(const auto id, createContainer(api, image, words, settings));
    PL_TRY(startContainer(api, id));
    Finished finished;
    PL_TRY(finished.exitCode, waitForExit(api, id));
    PL_TRY(finished.output, logsOf(api, id));
    PL_TRY(removeContainer(api, id));
    return finished;
}

} // namespace portlight::test
