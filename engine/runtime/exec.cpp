#include "engine/runtime/exec.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>

namespace portlight::runtime {

namespace {

constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t kMaxPasswdBytes = 4U << 20U;

std::string_view pathOf(const std::vector<std::string>& env)
{
    for (const std::string& entry : env) {
        if (entry.starts_with("PATH="))
            return std::string_view(entry).substr(5);
    }
    return kDefaultPath;
}

// 0, or why @p path cannot be executed.
int checkExecutable(const std::string& path)
{
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return errno;
    if (S_ISDIR(info.st_mode))
        return EISDIR;
    if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) {
        // A seccomp filter in force already, written before Linux 5.8, does not know faccessat2(2):
        // execve(2) has the last word.
        if (errno != EPERM && errno != ENOSYS)
            return errno;
        if ((info.st_mode & 0111U) == 0)
            return EACCES;
    }
    return S_ISREG(info.st_mode) ? 0 : EACCES;
}

Error execError(int number, std::string message)
{
    return Error { number == ENOENT ? Errc::NotFound : Errc::Forbidden, std::move(message),
        number };
}

} // namespace

Result<std::string> findExecutable(const std::string& name, const std::vector<std::string>& env)
{
    const std::string quoted = "exec: \"" + name + "\": ";
    if (name.empty())
        return execError(ENOENT, quoted + "executable file not found in $PATH");
    if (name.find('/') != std::string::npos) {
        const int number = checkExecutable(name);
        if (number == 0)
            return name;
        return execError(number,
            quoted + (number == ENOENT || number == ENOTDIR ? "stat " + name + ": " : "")
                + errnoText(number));
    }
    std::string_view path = pathOf(env);
    bool hasForbidden = false;
    for (;;) {
        const std::size_t colon = std::min(path.find(':'), path.size());
        const std::string candidate =
            (colon == 0 ? std::string(".") : std::string(path.substr(0, colon))) + "/" + name;
        const int number = checkExecutable(candidate);
        if (number == 0)
            return candidate;
        hasForbidden = hasForbidden || number == EACCES;
        if (colon == path.size())
            break;
        path.remove_prefix(colon + 1);
    }
    if (hasForbidden)
        return execError(EACCES, quoted + errnoText(EACCES));
    return execError(ENOENT, quoted + "executable file not found in $PATH");
}

std::string readRegularFile(const char* path)
{
    const auto fd = openFile(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat info {};
    if (!fd || ::fstat(fd.value().get(), &info) != 0 || !S_ISREG(info.st_mode))
        return {};
    auto text = readAll(fd.value(), kMaxPasswdBytes);
    return text ? std::move(text).value() : std::string();
}

int exitCodeForExec(int sysErrno)
{
    return sysErrno == ENOENT ? 127 : 126;
}

std::string execFailure(const std::string& name, int sysErrno)
{
    return "exec " + name + ": "
        + (sysErrno == ENOEXEC ? "exec format error" : errnoText(sysErrno));
}

std::string homeInPasswd(const std::string& text, std::uint32_t uid)
{
    const std::string wanted = std::to_string(uid);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::vector<std::string> fields(1);
        for (std::size_t each = at; each < end; ++each) {
            if (text[each] == ':')
                fields.emplace_back();
            else
                fields.back().push_back(text[each]);
        }
        if (fields.size() >= 6 && fields[2] == wanted)
            return fields[5];
        at = end + 1;
    }
    return {};
}

namespace {

// Of several entries of one name the last counts, and only it is passed on.
void dropOverridden(std::vector<std::string>& env)
{
    std::set<std::string_view> seen;
    std::vector<std::string> kept;
    for (auto entry = env.rbegin(); entry != env.rend(); ++entry) {
        const std::string_view name = std::string_view(*entry).substr(0, entry->find('='));
        if (seen.insert(name).second)
            kept.push_back(*entry);
    }
    env.assign(kept.rbegin(), kept.rend());
}

} // namespace

std::vector<std::string> withHome(std::vector<std::string> env, std::uint32_t uid)
{
    dropOverridden(env);
    std::erase(env, "HOME="); // as if it were not there
    const bool hasHome = std::any_of(env.begin(), env.end(),
        [](const std::string& entry) { return entry.starts_with("HOME="); });
    if (hasHome)
        return env;
    std::string home = homeInPasswd(readRegularFile("/etc/passwd"), uid);
    if (home.empty() || home.find('\0') != std::string::npos)
        home = "/";
    env.push_back("HOME=" + home);
    return env;
}

} // namespace portlight::runtime
