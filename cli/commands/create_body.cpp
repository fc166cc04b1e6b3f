#include "cli/commands/command.h"
#include "cli/commands/create_options.h"
#include "cli/commands/create_parts.h"
#include "cli/text/human.h"

#include "engine/base/syscalls.h"

#include <cmath>
#include <cstdlib>

namespace portlight::cli {

namespace {

void putText(const Options& options, const char* name, Json& object, const char* key)
{
    if (options.has(name))
        object[key] = options.text(name);
}

void putList(const Options& options, const char* name, Json& object, const char* key)
{
    if (options.has(name))
        object[key] = options.all(name);
}

Result<void> putNumber(const Options& options, const char* name, Json& object, const char* key)
{
    PL_TRY(const auto given, options.number(name));
    if (given)
        object[key] = *given;
    return success();
}

Result<void> putBytes(const Options& options, const char* name, Json& object, const char* key)
{
    if (options.has(name)) {
        PL_TRY(object[key], parseBytes(options.text(name)));
    }
    return success();
}

Result<std::int64_t> nanoCpus(const std::string& text)
{
    char* end = nullptr;
    const double cpus = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(cpus >= 0) || cpus > 1e6)
        return makeError(Errc::InvalidArgument,
            "invalid argument \"" + text + "\" for \"--cpus\" flag: it is not a number of CPUs");
    return static_cast<std::int64_t>(std::llround(cpus * 1e9));
}

Result<void> putProcess(const Options& options, Json& body)
{
    PL_TRY(Json environment, environmentOf(options, "env-file", "env"));
    if (!environment.empty())
        body["Env"] = std::move(environment);
    if (options.has("entrypoint"))
        body["Entrypoint"] = Json::array({ options.text("entrypoint") });
    putText(options, "user", body, "User");
    putText(options, "workdir", body, "WorkingDir");
    putText(options, "hostname", body, "Hostname");
    putText(options, "domainname", body, "Domainname");
    putText(options, "stop-signal", body, "StopSignal");
    PL_TRY(putNumber(options, "stop-timeout", body, "StopTimeout"));
    body["Tty"] = options.isSet("tty");
    body["OpenStdin"] = options.isSet("interactive");
    PL_TRY(Json labels, environmentOf(options, "label-file", "label"));
    if (!labels.empty())
        body["Labels"] = mapOf(texts(labels));
    return success();
}

Result<void> putHost(const Options& options, Json& body)
{
    PL_TRY(Json host, resourcesOf(options));
    host["AutoRemove"] = options.isSet("rm");
    if (options.has("init"))
        host["Init"] = options.isSet("init");
    host["Privileged"] = options.isSet("privileged");
    host["ReadonlyRootfs"] = options.isSet("read-only");
    host["PublishAllPorts"] = options.isSet("publish-all");
    putText(options, "runtime", host, "Runtime");
    putText(options, "volume-driver", host, "VolumeDriver");
    if (options.has("restart")) {
        PL_TRY(host["RestartPolicy"], restartPolicy(options.text("restart")));
    }
    if (options.has("log-driver") || options.has("log-opt"))
        host["LogConfig"] = Json { { "Type", options.text("log-driver") },
            { "Config", mapOf(options.all("log-opt")) } };
    if (options.has("annotation"))
        host["Annotations"] = mapOf(options.all("annotation"));
    if (options.has("storage-opt"))
        host["StorageOpt"] = mapOf(options.all("storage-opt"));
    putList(options, "group-add", host, "GroupAdd");
    putList(options, "add-host", host, "ExtraHosts");
    putList(options, "dns", host, "Dns");
    putList(options, "dns-option", host, "DnsOptions");
    putList(options, "dns-search", host, "DnsSearch");
    putList(options, "link", host, "Links");
    putList(options, "volumes-from", host, "VolumesFrom");
    PL_TRY(putBytes(options, "shm-size", host, "ShmSize"));
    PL_TRY(putNumber(options, "memory-swappiness", host, "MemorySwappiness"));
    PL_TRY(putNumber(options, "oom-score-adj", host, "OomScoreAdj"));
    if (options.isSet("oom-kill-disable"))
        host["OomKillDisable"] = true;
    PL_TRY(putDevices(options, host));
    PL_TRY(putIsolation(options, host));
    body["HostConfig"] = std::move(host);
    return success();
}

} // namespace

Result<Json> environmentOf(
    const Options& options, const std::string& fileOption, const std::string& wordOption)
{
    std::vector<std::string> words;
    for (const std::string& file : options.all(fileOption)) {
        PL_TRY(const std::string content, readFile(file));
        for (std::string line : split(content, '\n')) {
            if (line.ends_with('\r'))
                line.pop_back();
            line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
            if (!line.empty() && line.front() != '#')
                words.push_back(std::move(line));
        }
    }
    for (const std::string& word : options.all(wordOption))
        words.push_back(word);
    Json made = Json::array();
    for (const std::string& word : words) {
        const bool isVariable = wordOption == "env";
        if (word.empty() || word.front() == '=')
            return makeError(Errc::InvalidArgument, "invalid environment variable: " + word);
        if (!isVariable || word.find('=') != std::string::npos)
            made.push_back(word);
        else if (const char* own = std::getenv(word.c_str()); own != nullptr)
            made.push_back(word + '=' + own);
    }
    return made;
}

Result<Json> restartPolicy(const std::string& text)
{
    const std::size_t colon = text.find(':');
    Json policy { { "Name", text.substr(0, colon) }, { "MaximumRetryCount", 0 } };
    if (colon != std::string::npos) {
        const std::string count = text.substr(colon + 1);
        if (count.empty() || count.find_first_not_of("0123456789") != std::string::npos
            || count.size() > 9)
            return makeError(Errc::InvalidArgument,
                "invalid restart policy format: maximum retry count must be an integer");
        policy["MaximumRetryCount"] = std::stoi(count);
    }
    return policy;
}

Result<Json> resourcesOf(const Options& options)
{
    Json made = Json::object();
    constexpr std::pair<const char*, const char*> numbers[] { { "blkio-weight", "BlkioWeight" },
        { "cpu-period", "CpuPeriod" }, { "cpu-quota", "CpuQuota" }, { "cpu-shares", "CpuShares" },
        { "cpu-rt-period", "CpuRealtimePeriod" }, { "cpu-rt-runtime", "CpuRealtimeRuntime" },
        { "pids-limit", "PidsLimit" } };
    for (const auto& [name, key] : numbers) {
        PL_TRY(putNumber(options, name, made, key));
    }
    if (options.has("cpus")) {
        PL_TRY(made["NanoCpus"], nanoCpus(options.text("cpus")));
    }
    putText(options, "cpuset-cpus", made, "CpusetCpus");
    putText(options, "cpuset-mems", made, "CpusetMems");
    PL_TRY(putBytes(options, "memory", made, "Memory"));
    PL_TRY(putBytes(options, "memory-reservation", made, "MemoryReservation"));
    PL_TRY(putBytes(options, "memory-swap", made, "MemorySwap"));
    return made;
}

Result<Json> createBody(const Options& options)
{
    Json body = Json::object();
    const auto& words = options.arguments();
    body["Image"] = words.front();
    if (words.size() > 1)
        body["Cmd"] = std::vector<std::string>(words.begin() + 1, words.end());
    PL_TRY(putProcess(options, body));
    PL_TRY(putHost(options, body));
    PL_TRY(putPorts(options, body));
    PL_TRY(putNetworks(options, body));
    PL_TRY(putFiles(options, body));
    PL_TRY(putHealth(options, body));
    return body;
}

} // namespace portlight::cli
