#include "engine/oci_cli/state_store.h"

#include "engine/base/syscalls.h"
#include "engine/oci_cli/no_cgroups.h"

#include <dirent.h>
#include <fcntl.h>
#include <regex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace portlight::oci_cli {

namespace {

constexpr const char* kStartSocket = "start.sock";
constexpr std::size_t kMaxConfigBytes = 8U << 20U;

// For files that do not outlive the system's run: renamed into place, but not synced.
Result<void> replaceFile(const std::string& path, const std::string& text)
{
    const std::string temporary = path + ".new-" + std::to_string(::getpid());
    PL_TRY(const auto file, openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
    PL_TRY(writeAll(file, text));
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        return errnoError(errno, "write '" + path + "'");
    return success();
}

// The third field of /proc/PID/stat: a zombie has ended.
bool hasEnded(pid_t pid)
{
    const auto text = readFile("/proc/" + std::to_string(pid) + "/stat");
    if (!text)
        return true;
    const std::size_t close = text.value().rfind(')');
    if (close == std::string::npos || close + 2 >= text.value().size())
        return true;
    const char state = text.value()[close + 2];
    return state == 'Z' || state == 'X';
}

} // namespace

Json toJson(const ContainerRecord& record)
{
    return Json { { "id", record.id }, { "pid", record.pid }, { "startTicks", record.startTicks },
        { "bundle", record.bundle }, { "rootfs", record.rootfs }, { "createdNs", record.createdNs },
        { "owner", record.owner }, { "group", record.group }, { "ownsGroup", record.ownsGroup },
        { "isCreated", record.isCreated } };
}

Result<ContainerRecord> recordFromJson(const Json& json)
{
    ContainerRecord record;
    PL_TRY(record.id, jsonString(json, "id"));
    PL_TRY(const auto pid, jsonInt(json, "pid"));
    PL_TRY(const auto ticks, jsonInt(json, "startTicks"));
    PL_TRY(record.bundle, jsonString(json, "bundle"));
    PL_TRY(record.rootfs, jsonString(json, "rootfs"));
    PL_TRY(record.createdNs, jsonInt(json, "createdNs"));
    PL_TRY(const auto owner, jsonInt(json, "owner"));
    PL_TRY(record.group, jsonString(json, "group"));
    PL_TRY(record.ownsGroup, jsonBool(json, "ownsGroup", true));
    PL_TRY(record.isCreated, jsonBool(json, "isCreated"));
    record.pid = static_cast<pid_t>(pid);
    record.startTicks = static_cast<std::uint64_t>(ticks);
    record.owner = static_cast<uid_t>(owner);
    return record;
}

Result<void> checkId(const std::string& id)
{
    const bool isFine = !id.empty() && id.size() <= 255 && id.front() != '.'
        && std::all_of(id.begin(), id.end(), [](unsigned char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '_' || c == '+' || c == '-' || c == '.';
           });
    if (!isFine)
        return makeError(Errc::InvalidArgument,
            "'" + id
                + "' is not a container ID: it has an invalid character (letters, digits, "
                  "'_', '+', '-' and '.' make one, and it does not begin with '.')");
    return success();
}

Result<Fd> StateStore::reserve(const std::string& id) const
{
    PL_TRY(checkId(id));
    PL_TRY(makeDirs(m_root));
    if (::mkdir(directory(id).c_str(), 0700) != 0) {
        if (errno == EEXIST)
            return makeError(Errc::Conflict, "container with id '" + id + "' already exists");
        return errnoError(errno, "make directory '" + directory(id) + "'");
    }
    return openFile(directory(id), O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

Result<ContainerRecord> StateStore::load(const std::string& id) const
{
    PL_TRY(checkId(id));
    const auto text = readFile(directory(id) + "/state.json", kMaxConfigBytes);
    if (!text && text.error().code == Errc::NotFound)
        return makeError(Errc::NotFound, "container '" + id + "' does not exist");
    if (!text)
        return text.error();
    PL_TRY(const auto json, parseJson(text.value()));
    return recordFromJson(json);
}

Result<void> StateStore::save(const ContainerRecord& record) const
{
    return replaceFile(directory(record.id) + "/state.json", dumpJson(toJson(record)));
}

Result<void> StateStore::saveConfig(const std::string& id, const std::string& text) const
{
    return replaceFile(directory(id) + "/config.json", text);
}

Result<oci::RuntimeConfig> StateStore::loadConfig(const std::string& id) const
{
    PL_TRY(const auto text, readFile(directory(id) + "/config.json", kMaxConfigBytes));
    PL_TRY(const auto json, parseJson(text));
    return oci::runtimeConfigFromJson(json);
}

Result<void> StateStore::remove(const std::string& id) const
{
    PL_TRY(checkId(id));
    return removeTree(directory(id));
}

std::vector<std::string> StateStore::ids() const
{
    std::vector<std::string> found;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(m_root.c_str()), &::closedir);
    if (!entries)
        return found;
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string name = entry->d_name;
        if (checkId(name) && ::access((directory(name) + "/state.json").c_str(), F_OK) == 0)
            found.push_back(name);
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<std::vector<std::string>> StateStore::idsLike(const std::string& pattern) const
{
    regex_t compiled {};
    if (::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
        return makeError(Errc::InvalidArgument, "'" + pattern + "' is not a regular expression");
    std::vector<std::string> found = ids();
    std::erase_if(found, [&compiled](const std::string& id) {
        return ::regexec(&compiled, id.c_str(), 0, nullptr, 0) != 0;
    });
    ::regfree(&compiled);
    return found;
}

Result<std::string> StateStore::claimStart(const std::string& id) const
{
    const std::string claimed = directory(id) + "/starting.sock";
    if (::rename((directory(id) + "/" + kStartSocket).c_str(), claimed.c_str()) == 0)
        return claimed;
    if (errno != ENOENT)
        return errnoError(errno, "start container '" + id + "'");
    return makeError(
        Errc::Conflict, "cannot start container '" + id + "': it is not in the state 'created'");
}

runtime::Status StateStore::statusOf(const ContainerRecord& record) const
{
    if (record.pid <= 0 || hasEnded(record.pid))
        return runtime::Status::Stopped;
    const auto ticks = processStartTime(record.pid);
    if (!ticks || ticks.value() != record.startTicks)
        return runtime::Status::Stopped;
    if (!record.isCreated)
        return runtime::Status::Creating;
    if (const auto driver = openCgroups(record.group)) {
        const auto frozen = driver.value()->isFrozen(record.group);
        if (frozen && frozen.value())
            return runtime::Status::Paused;
    }
    if (::access((directory(record.id) + "/" + kStartSocket).c_str(), F_OK) == 0)
        return runtime::Status::Created;
    return runtime::Status::Running;
}

Result<Fd> openProcess(const ContainerRecord& record)
{
    const auto gone = [&record] {
        return makeError(Errc::NotFound, "container '" + record.id + "' is not running");
    };
    if (record.pid <= 0)
        return gone();
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, record.pid, 0)));
    if (!process.isOpen())
        return gone();
    const auto ticks = processStartTime(record.pid);
    if (!ticks || ticks.value() != record.startTicks || hasEnded(record.pid))
        return gone();
    return process;
}

Result<std::unique_ptr<cgroup::Driver>> openCgroups(const std::string& group)
{
    if (group.empty())
        return std::unique_ptr<cgroup::Driver>(std::make_unique<NoCgroups>());
    return cgroup::Driver::open({});
}

runtime::ContainerState stateOf(const ContainerRecord& record, runtime::Status status,
    const std::map<std::string, std::string>& annotations)
{
    const bool hasProcess = status != runtime::Status::Stopped;
    return runtime::ContainerState { record.id, status, hasProcess ? record.pid : 0, record.bundle,
        annotations };
}

} // namespace portlight::oci_cli
