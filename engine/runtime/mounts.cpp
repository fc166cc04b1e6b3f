#include "engine/runtime/mounts.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/cgroup_mount.h"
#include "engine/runtime/id_map.h"
#include "engine/runtime/mount_options.h"
#include "engine/runtime/root_paths.h"
#include "engine/runtime/tmp_copy_up.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>

namespace portlight::runtime {

namespace {

// Entries of procfs that tools may replace by files of their own; nothing else may be covered, or
// what we write to /proc could end in somebody's file.
constexpr std::string_view kReplaceable[] { "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo",
    "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo",
    "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled" };

bool isKernelFs(const std::string& type)
{
    return type == "proc" || type == "sysfs";
}

// procfs and sysfs go to a real directory only: behind a symlink of the image they would be
// somewhere else than masks and read-only paths expect them.
Result<void> checkKernelFsTarget(const Fd& root, const oci::Mount& mount, const Fd& target)
{
    PL_TRY(const auto path, pathBelow(root, target));
    std::string wanted = mount.destination;
    while (wanted.size() > 1 && wanted.back() == '/')
        wanted.pop_back();
    if (path != wanted)
        return makeError(Errc::Forbidden,
            "'" + wanted + "' in the image is not an ordinary directory: it leads to '" + path
                + "'");
    return success();
}

Result<void> checkCovers(const Fd& root, const oci::Mount& mount, const Fd& target)
{
    PL_TRY(const auto path, pathBelow(root, target));
    if (path == "/")
        return makeError(Errc::Forbidden, "a mount may not cover '/'");
    if (path == "/proc" && mount.type != "proc")
        return makeError(Errc::Forbidden, "only procfs may be mounted on '/proc'");
    struct statfs info {};
    if (::fstatfs(target.get(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    if (info.f_type != PROC_SUPER_MAGIC || path == "/proc")
        return success();
    if (std::find(std::begin(kReplaceable), std::end(kReplaceable), path) == std::end(kReplaceable))
        return makeError(Errc::Forbidden, "a mount may not cover '" + path + "'");
    return success();
}

struct MountPlace {
    const Fd& root;
    const Bundle& bundle;
};

Result<void> attachWith(const Fd& mount, const Fd& target, const MountOptions& options)
{
    PL_TRY(changeMount(mount, options.recursive));
    PL_TRY(changeMount(mount, options.propagation));
    return attachMount(mount, target);
}

std::string sourceOf(const Bundle& bundle, const oci::Mount& mount)
{
    return mount.source.starts_with('/') ? mount.source : bundle.path + "/" + mount.source;
}

Result<Fd> sourceTree(const std::string& source, const MountOptions& options)
{
    if (options.subpath.empty() && options.followsSource)
        return cloneTree(AT_FDCWD, source, options.isRecursiveBind);
    if (options.subpath.empty()) {
        PL_TRY(const auto link, openFile(source, O_PATH | O_NOFOLLOW));
        return cloneTreeOf(link, options.isRecursiveBind);
    }
    // Containers write below the source: a path resolved in two steps could be led elsewhere.
    PL_TRY(const auto top, openFile(source, O_PATH | O_DIRECTORY));
    PL_TRY(const auto place, openInRoot(top, options.subpath, O_PATH));
    return cloneTreeOf(place, options.isRecursiveBind);
}

// "copy-symlink": empty where the source is no symlink.
std::string linkTarget(const std::string& source)
{
    char target[PATH_MAX];
    const ssize_t length = ::readlink(source.c_str(), target, sizeof target);
    return std::string(target, length < 0 ? 0 : static_cast<std::size_t>(length));
}

Result<void> bindMount(const MountPlace& place, const oci::Mount& mount,
    const MountOptions& options, const Fd* prepared)
{
    if (options.copiesSymlink) {
        if (const auto link = linkTarget(sourceOf(place.bundle, mount)); !link.empty())
            return ensureSymlink(place.root, mount.destination, link);
    }
    Fd own;
    if (prepared == nullptr) {
        PL_TRY(own, sourceTree(sourceOf(place.bundle, mount), options));
        prepared = &own;
    }
    struct stat info {};
    if (::fstat(prepared->get(), &info) != 0)
        return errnoError(errno, "look at '" + mount.source + "'");
    const PathKind kind = S_ISDIR(info.st_mode) ? PathKind::Directory : PathKind::File;
    PL_TRY(const auto target,
        options.followsTarget ? ensureInRoot(place.root, mount.destination, kind)
                              : ensureNoFollow(place.root, mount.destination, kind));
    PL_TRY(checkCovers(place.root, mount, target));
    PL_TRY(changeMount(*prepared, options.attributes));
    return attachWith(*prepared, target, options);
}

// What a user namespace may not mount anew, because it does not own the network or ipc namespace,
// shows through from outside.
Result<Fd> makeOrBind(
    const oci::Mount& mount, const MountOptions& options, std::uint64_t attributes)
{
    auto made = makeMount(mount.type, mount.source, options.data, attributes);
    const char* outside = mount.type == "sysfs" ? "/sys"
        : mount.type == "mqueue"                ? "/dev/mqueue"
                                                : nullptr;
    if (made || outside == nullptr || made.error().sysErrno != EPERM)
        return made;
    PL_TRY(auto tree, cloneTree(AT_FDCWD, outside, true));
    PL_TRY(changeMount(tree, MountChange { attributes, 0, 0, true }));
    return tree;
}

// config-linux.md, Mount Label: file systems that keep no labels of their own get one.
void addLabel(MountOptions& options, const oci::Mount& mount, const std::string& label)
{
    static constexpr std::string_view kLabelled[] { "tmpfs", "mqueue", "devpts", "overlay" };
    if (!label.empty()
        && std::find(std::begin(kLabelled), std::end(kLabelled), mount.type) != std::end(kLabelled))
        options.data.emplace_back("context", "\"" + label + "\"");
}

// A tmpfs takes the mode of the directory it covers, where none is asked for; one that covers
// nothing keeps the kernel's 1777.
void addMode(MountOptions& options, const MountPlace& place, const oci::Mount& mount)
{
    const bool hasMode = std::any_of(options.data.begin(), options.data.end(),
        [](const FsOption& option) { return option.first == "mode"; });
    if (mount.type != "tmpfs" || hasMode)
        return;
    const auto present = openInRoot(place.root, mount.destination, O_PATH);
    struct stat info {};
    if (!present || ::fstat(present.value().get(), &info) != 0)
        return;
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", info.st_mode & 07777U);
    options.data.emplace_back("mode", mode);
}

Result<void> fsMount(const MountPlace& place, const oci::Mount& mount, MountOptions options)
{
    addMode(options, place, mount);
    PL_TRY(const auto target, ensureInRoot(place.root, mount.destination, PathKind::Directory));
    PL_TRY(checkCovers(place.root, mount, target));
    if (isKernelFs(mount.type)) {
        PL_TRY(checkKernelFsTarget(place.root, mount, target));
    }
    addLabel(options, mount, place.bundle.linuxConfig().mountLabel);
    if (!options.hasTmpCopyUp) {
        PL_TRY(const auto made, makeOrBind(mount, options, options.attributes.set));
        return attachWith(made, target, options);
    }
    if (mount.type != "tmpfs")
        return makeError(Errc::InvalidArgument, "tmpcopyup is an option of tmpfs alone");
    constexpr std::uint64_t kReadOnly = MOUNT_ATTR_RDONLY; // after the copy
    PL_TRY(const auto made, makeOrBind(mount, options, options.attributes.set & ~kReadOnly));
    PL_TRY(copyUp(target, made));
    PL_TRY(changeMount(made, MountChange { options.attributes.set & kReadOnly, 0, 0, false }));
    return attachWith(made, target, options);
}

// "remount": the mount that is on the destination by now.
Result<void> remount(const MountPlace& place, const oci::Mount& mount, const MountOptions& options)
{
    if (!options.isBind && !options.data.empty())
        return makeError(Errc::InvalidArgument,
            "'" + options.data.front().first + "' cannot be changed by a remount");
    PL_TRY(const auto target, openInRoot(place.root, mount.destination, O_PATH));
    PL_TRY(changeMount(target, options.attributes));
    PL_TRY(changeMount(target, options.recursive));
    return changeMount(target, options.propagation);
}

Result<void> mountOne(const MountPlace& place, const oci::Mount& mount, const Fd* prepared,
    const std::function<Result<void>()>& joinCgroup)
{
    PL_TRY(const auto options, parseMountOptions(mount.options));
    if (options.isRemount)
        return remount(place, mount, options);
    if (options.isBind)
        return bindMount(place, mount, options, prepared);
    if (options.isIdmapped || !mount.uidMappings.empty())
        return makeError(Errc::NotImplemented, "only bind mounts can be idmapped");
    if (mount.type == "cgroup" || mount.type == "cgroup2") {
        PL_TRY(joinCgroup());
        PL_TRY(const auto target, ensureInRoot(place.root, mount.destination, PathKind::Directory));
        PL_TRY(checkCovers(place.root, mount, target));
        const bool hasOwn = place.bundle.linuxConfig().findNamespace("cgroup") != nullptr;
        return mountCgroups(target, options.attributes.set, hasOwn);
    }
    // As mount(8): a propagation alone changes what is there.
    if (mount.type.empty() && options.propagation.propagation != 0)
        return remount(place, mount, options);
    return fsMount(place, mount, options);
}

// The mapping of the mount itself, or else that of the container's user namespace.
Result<Fd> idMapFor(const oci::Mount& mount, const oci::LinuxConfig& config)
{
    if (mount.uidMappings.empty() != mount.gidMappings.empty())
        return makeError(Errc::InvalidArgument, "uidMappings and gidMappings belong together");
    if (!mount.uidMappings.empty())
        return makeMapNamespace(mount.uidMappings, mount.gidMappings);
    const oci::Namespace* const user = config.findNamespace("user");
    if (user == nullptr)
        return makeError(Errc::InvalidArgument,
            "'idmap' needs uidMappings and gidMappings of the mount, or a user namespace");
    if (!user->path.empty())
        return openFile(user->path, O_RDONLY);
    return makeMapNamespace(config.uidMappings, config.gidMappings);
}

Result<Fd> idmappedMount(const Bundle& bundle, const oci::Mount& mount, const MountOptions& options)
{
    PL_TRY(const auto map, idMapFor(mount, bundle.linuxConfig()));
    PL_TRY(auto tree, sourceTree(sourceOf(bundle, mount), options));
    PL_TRY(mapMountIds(tree, map, options.isIdmappedTree));
    return tree;
}

// The root of a user namespace may not be let into where the source lies: who creates the container
// is. The tree follows what its source's mounts do, and not the other way round. What the creator
// does not find either, the container's process tells.
void prepareBind(
    const Bundle& bundle, std::size_t at, const MountOptions& options, PreparedMounts& prepared)
{
    if (!options.isBind || options.isRemount || options.copiesSymlink)
        return;
    auto tree = sourceTree(sourceOf(bundle, bundle.config.mounts[at]), options);
    if (!tree)
        return;
    const bool isShared = bundle.linuxConfig().rootfsPropagation.ends_with("shared");
    if (isShared || changeMount(tree.value(), MountChange { 0, 0, MS_SLAVE, true }))
        prepared.emplace(at, std::move(tree).value());
}

} // namespace

Result<PreparedMounts> prepareMounts(const Bundle& bundle)
{
    const bool hasUser = bundle.linuxConfig().findNamespace("user") != nullptr;
    PreparedMounts prepared;
    for (std::size_t at = 0; at < bundle.config.mounts.size(); ++at) {
        const oci::Mount& mount = bundle.config.mounts[at];
        auto options = parseMountOptions(mount.options);
        if (!options)
            return withContext(options.error(), "mount '" + mount.destination + "'");
        const bool isMapped =
            options.value().isIdmapped || !mount.uidMappings.empty() || !mount.gidMappings.empty();
        if (!isMapped || !options.value().isBind) {
            if (hasUser)
                prepareBind(bundle, at, options.value(), prepared);
            continue;
        }
        auto tree = idmappedMount(bundle, mount, options.value());
        if (!tree)
            return withContext(tree.error(), "mount '" + mount.destination + "'");
        prepared.emplace(at, std::move(tree).value());
    }
    return prepared;
}

Result<void> mountAll(const Fd& root, const Bundle& bundle, const PreparedMounts& prepared,
    const std::function<Result<void>()>& joinCgroup)
{
    const MountPlace place { root, bundle };
    for (std::size_t at = 0; at < bundle.config.mounts.size(); ++at) {
        const oci::Mount& mount = bundle.config.mounts[at];
        const auto found = prepared.find(at);
        auto mounted =
            mountOne(place, mount, found == prepared.end() ? nullptr : &found->second, joinCgroup);
        if (!mounted)
            return withContext(mounted.error(), "mount '" + mount.destination + "'");
    }
    return success();
}

} // namespace portlight::runtime
