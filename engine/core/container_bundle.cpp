#include "engine/core/container_bundle.h"

#include "engine/base/syscalls.h"
#include "engine/core/init_program.h"
#include "engine/core/runtime_spec.h"
#include "engine/runtime/shim_protocol.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

/// What is lost in a power cut here belongs to a container without a row: no sync is needed.
Result<void> writePlain(const std::string& path, std::string_view text, mode_t mode)
{
    PL_TRY(const auto file, openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
    if (::fchmod(file.get(), mode) != 0) // the engine's umask is stricter than what containers need
        return errnoError(errno, "set the mode of '" + path + "'");
    return writeAll(file, text);
}

/// The upper directory becomes the container's "/": owner and mode are those of the image's.
Result<void> makeUpper(const std::string& upper, const std::vector<std::string>& lowerDirs)
{
    PL_TRY(makeDirs(upper));
    PL_TRY(const auto directory, openFile(upper, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    struct stat root {};
    root.st_mode = 0755;
    if (!lowerDirs.empty() && ::stat(lowerDirs.front().c_str(), &root) != 0)
        return errnoError(errno, "look at layer '" + lowerDirs.front() + "'");
    if (::fchown(directory.get(), root.st_uid, root.st_gid) != 0
        || ::fchmod(directory.get(), root.st_mode & 07777) != 0)
        return errnoError(errno, "set owner and mode of '" + upper + "'");
    return success();
}

Result<void> writeRuntimeConfig(const BundleInput& input, std::vector<std::string> directories)
{
    directories.insert(directories.begin(), input.bundle + "/upper");
    const auto passwd = readFromLayers(directories, "etc/passwd");
    const auto group = readFromLayers(directories, "etc/group");
    PL_TRY(auto user,
        resolveUser(input.config.user, input.config.host.groupAdd, passwd.value_or(""),
            group.value_or("")));
    RuntimeSpecInput wanted;
    wanted.id = input.id;
    wanted.bundle = input.bundle;
    wanted.cgroupsPath = input.cgroupsPath;
    wanted.controlsDevices = input.controlsDevices;
    wanted.user = std::move(user);
    if (input.config.host.hasInit) {
        PL_TRY(wanted.initProgram, findInitProgram());
    }
    wanted.carriesSeccomp = !input.runtime.path.empty();
    PL_TRY(const auto spec, buildRuntimeSpec(input.config, wanted));
    return writePlain(input.bundle + "/config.json", dumpJson(spec), 0600);
}

Result<void> prepareBindSources(const HostConfig& host)
{
    for (const auto& mount : host.mounts) {
        if (mount.kind != MountRequest::Kind::Bind || ::access(mount.source.c_str(), F_OK) == 0)
            continue;
        if (!mount.makesSource)
            return makeError(Errc::InvalidArgument,
                "invalid mount config for type \"bind\": bind source path does not exist: "
                    + mount.source);
        PL_TRY(makeDirs(mount.source, 0755));
    }
    return success();
}

runtime::LaunchOptions launchOptions(const BundleInput& input)
{
    runtime::LaunchOptions options;
    options.lowerDirs = input.lowerDirs;
    options.useUserXattr = input.isRootless;
    options.isVolatile = input.config.host.autoRemove;
    options.keepStdinOpen = input.config.opensStdin;
    options.closeStdinOnDetach = input.config.closesStdinOnce;
    options.seccompBpf = input.seccompBpf;
    options.logMaxBytes = input.config.host.logMaxBytes;
    options.logMaxFiles = input.config.host.logMaxFiles;
    options.cgroupRoot = input.cgroupRoot;
    options.runtime = input.runtime.path;
    options.runtimeArguments = input.runtime.arguments;
    return options;
}

} // namespace

Result<void> writeBundle(const BundleInput& input)
{
    PL_TRY(prepareBindSources(input.config.host));
    PL_TRY(makeDirs(input.bundle));
    PL_TRY(makeUpper(input.bundle + "/upper", input.lowerDirs));
    PL_TRY(makeDirs(input.bundle + "/work"));
    PL_TRY(makeDirs(input.bundle + "/rootfs"));
    PL_TRY(writePlain(input.bundle + "/hostname", input.config.hostname + "\n", 0644));
    for (const auto* file : { "/hosts", "/resolv.conf" }) { // filled in at each start
        PL_TRY(writePlain(input.bundle + file, "", 0644));
    }
    PL_TRY(writeRuntimeConfig(input, input.lowerDirs));
    return writePlain(
        input.bundle + "/launch.json", dumpJson(runtime::toJson(launchOptions(input))), 0600);
}

Result<void> refreshBundle(const BundleInput& input)
{
    const std::string upper = input.bundle + "/upper";
    PL_TRY(const auto root, openFile(upper, O_PATH | O_DIRECTORY));
    if (!openInRoot(root, "etc/passwd", O_PATH | O_NOFOLLOW)
        && !openInRoot(root, "etc/group", O_PATH | O_NOFOLLOW))
        return success();
    return rewriteBundle(input);
}

Result<void> rewriteBundle(const BundleInput& input)
{
    PL_TRY(const auto text, readFile(input.bundle + "/launch.json"));
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(const auto options, runtime::launchOptionsFromJson(json));
    return writeRuntimeConfig(input, options.lowerDirs);
}

std::int64_t directoryBytes(const std::string& directory)
{
    namespace fs = std::filesystem;
    std::error_code code;
    std::int64_t bytes = 0;
    fs::recursive_directory_iterator at(
        directory, fs::directory_options::skip_permission_denied, code);
    while (!code && at != fs::recursive_directory_iterator()) {
        struct stat status {};
        if (::lstat(at->path().c_str(), &status) == 0 && S_ISREG(status.st_mode))
            bytes += status.st_size;
        at.increment(code);
    }
    return bytes;
}

} // namespace portlight::core
