#include "engine/core/file_browser.h"

#include "engine/base/syscalls.h"
#include "engine/core/body_spool.h"
#include "engine/core/image_view.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace portlight::core {

/// The files of one owner as a worker gets at them.
struct FileBrowser::Tree {
    std::function<Result<RootedPath>(const std::string& path, bool forWriting)> open;
    std::function<Result<LayerMarks>()> marks {}; ///< of a container
    std::vector<std::string> mountPoints {};
    ContainerPtr container {}; ///< whose operation is held while a change goes on
};

namespace {

Result<std::string> checkedPath(const std::string& path)
{
    if (path.size() > 4096 || path.find('\0') != std::string::npos)
        return makeError(Errc::InvalidArgument, "path: at most 4096 bytes without NUL");
    return path.starts_with('/') ? path : "/" + path;
}

/// What stands for "/" of a volume or an image.
std::function<Result<RootedPath>(const std::string&, bool)> plainTree(
    std::function<Result<Fd>()> openRoot, bool isReadOnly)
{
    return [openRoot = std::move(openRoot), isReadOnly](
               const std::string& path, bool /*forWriting*/) -> Result<RootedPath> {
        RootedPath place;
        PL_TRY(place.path, checkedPath(path));
        PL_TRY(place.root, openRoot());
        place.isReadOnly = isReadOnly;
        return place;
    };
}

Result<void> checkNoMountBelow(const std::vector<std::string>& mountPoints, std::string path)
{
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    for (const auto& point : mountPoints)
        if (point == path || point.starts_with(path + "/"))
            return makeError(Errc::Conflict,
                "'" + path
                    + "' cannot be moved or removed: a volume or directory of the host is "
                      "mounted at '"
                    + point + "'");
    return success();
}

} // namespace

FileBrowser::FileBrowser(ContainerService& containers, VolumeService& volumes,
    image::ImageStore& images, asio::thread_pool& workers)
    : m_containers(containers)
    , m_volumes(volumes)
    , m_images(images)
    , m_workers(workers)
{
}

Task<FileBrowser::Tree> FileBrowser::treeOf(const FileOwner& owner)
{
    Tree tree;
    if (owner.kind == FileOwner::Kind::Volume) {
        PL_CO_TRY(const auto volume, m_volumes.find(owner.reference));
        auto open = [place = volume->mountpoint] { return openFile(place, O_PATH | O_DIRECTORY); };
        tree.open = plainTree(std::move(open), false);
        co_return tree;
    }
    if (owner.kind == FileOwner::Kind::Image) {
        auto look = [this, reference = owner.reference]() -> Result<std::vector<std::string>> {
            PL_TRY(const auto image, m_images.resolve(reference));
            return m_images.lowerDirs(image);
        };
        PL_CO_TRY(auto layers, co_await offload(m_workers, std::move(look)));
        auto open = [layers = std::move(layers),
                        usesUserXattr = m_containers.parts().host.isRootless] {
            return openImageView(layers, usesUserXattr);
        };
        tree.open = plainTree(std::move(open), true);
        co_return tree;
    }
    PL_CO_TRY(tree.container, m_containers.find(owner.reference));
    const auto& container = *tree.container;
    const RootRequest request { m_containers.bundleOf(container),
        container.state.isRunning() ? container.state.pid : 0, container.config.host.mounts,
        container.config.host.isRootReadOnly };
    tree.open = [request](const std::string& path, bool forWriting) {
        return openRoot(request, path, forWriting);
    };
    tree.marks = [request] { return LayerMarks::open(request.bundle, request.mounts); };
    if (request.pid > 0) {
        tree.mountPoints = runtimePaths(request.mounts);
    } else {
        for (const auto& mount : request.mounts)
            tree.mountPoints.push_back(mount.target);
    }
    co_return tree;
}

Task<FileListing> FileBrowser::list(FileOwner owner, std::string path, ListingRequest request)
{
    PL_CO_TRY(auto tree, co_await treeOf(owner));
    auto work = [tree, path, request]() -> Result<FileListing> {
        PL_TRY(const auto place, tree.open(path, false));
        if (!tree.marks)
            return listFiles(place, request, nullptr);
        PL_TRY(const auto marks, tree.marks());
        return listFiles(place, request, &marks);
    };
    co_return co_await offload(m_workers, std::move(work));
}

Task<FileContent> FileBrowser::open(
    FileOwner owner, std::string path, std::int64_t offset, std::optional<std::int64_t> length)
{
    if (offset < 0 || length.value_or(0) < 0)
        co_return makeError(Errc::InvalidArgument, "offset and length must not be negative");
    PL_CO_TRY(auto tree, co_await treeOf(owner));
    auto work = [tree, path, offset, length]() -> Result<FileContent> {
        PL_TRY(const auto place, tree.open(path, false));
        FileContent content;
        PL_TRY(content.file, openRegularFile(place.root, place.path));
        struct stat info {};
        if (::fstat(content.file.get(), &info) != 0)
            return errnoError(errno, "look at '" + path + "'");
        if (offset > 0 && ::lseek(content.file.get(), offset, SEEK_SET) < 0)
            return makeError(
                Errc::InvalidArgument, "'" + path + "' has no byte " + std::to_string(offset));
        content.fileBytes = info.st_size;
        content.modifiedAtNs = modifiedNs(info);
        content.mostBytes = length.value_or(std::numeric_limits<std::int64_t>::max());
        return content;
    };
    co_return co_await offload(m_workers, std::move(work));
}

/// Runs @p work on a worker; a stopped container is not started on a layer that is mounted here.
Task<void> FileBrowser::change(FileOwner owner, std::function<Result<void>(const Tree&)> work)
{
    if (owner.kind == FileOwner::Kind::Image)
        co_return makeError(Errc::Forbidden,
            "the files of an image cannot be changed; change a container's and commit it");
    PL_CO_TRY(auto tree, co_await treeOf(owner));
    std::optional<AsyncMutex::Guard> turn;
    if (tree.container && !tree.container->state.isRunning()) {
        PL_CO_TRY(auto taken, co_await tree.container->operation.lock());
        turn.emplace(std::move(taken));
        if (tree.container->isRemoved)
            co_return makeError(Errc::NotFound, "No such container: " + owner.reference);
        owner.reference = tree.container->id; // it may run by now
        PL_CO_TRY(tree, co_await treeOf(owner));
    }
    auto job = [tree, work = std::move(work)] { return work(tree); };
    co_return co_await offload(m_workers, std::move(job));
}

Task<void> FileBrowser::write(FileOwner owner, std::string path, NewFile options,
    std::function<Task<std::string>()> nextPiece)
{
    if (owner.kind != FileOwner::Kind::Image) { // change() says what is wrong with those
        PL_CO_TRY(co_await treeOf(owner));
    }
    PL_CO_TRY(const auto spool,
        co_await spoolBody(m_workers, m_containers.parts().paths.temporary(), kMostFileBytes,
            std::move(nextPiece)));
    auto work = [path, options, spool](const Tree& tree) -> Result<void> {
        PL_TRY(const auto place, tree.open(path, true));
        return writeFileInRoot(place, *spool, options);
    };
    co_return co_await change(std::move(owner), std::move(work));
}

Task<void> FileBrowser::makeDirectory(
    FileOwner owner, std::string path, NewFile options, bool withParents)
{
    auto work = [path, options, withParents](const Tree& tree) -> Result<void> {
        PL_TRY(const auto place, tree.open(path, true));
        return makeDirectoryInRoot(place, options, withParents);
    };
    co_return co_await change(std::move(owner), std::move(work));
}

Task<void> FileBrowser::rename(FileOwner owner, std::string from, std::string to, bool overwrites)
{
    auto work = [from, to, overwrites](const Tree& tree) -> Result<void> {
        PL_TRY(checkNoMountBelow(tree.mountPoints, from));
        PL_TRY(checkNoMountBelow(tree.mountPoints, to));
        PL_TRY(const auto source, tree.open(from, true));
        // A container's layer is mounted once for both.
        PL_TRY(auto target, tree.open(to, false));
        if (source.mountedAt.empty() && target.mountedAt.empty()) {
            target.root = Fd(::fcntl(source.root.get(), F_DUPFD_CLOEXEC, 0));
        } else {
            PL_TRY(target, tree.open(to, true));
        }
        return renameInRoot(source, target, overwrites);
    };
    co_return co_await change(std::move(owner), std::move(work));
}

Task<void> FileBrowser::remove(FileOwner owner, std::string path, bool isRecursive)
{
    auto work = [path, isRecursive](const Tree& tree) -> Result<void> {
        PL_TRY(checkNoMountBelow(tree.mountPoints, path));
        PL_TRY(const auto place, tree.open(path, true));
        return removeInRoot(place, isRecursive);
    };
    co_return co_await change(std::move(owner), std::move(work));
}

} // namespace portlight::core
