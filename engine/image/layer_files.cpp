#include "engine/image/layer_files.h"

#include "engine/base/syscalls.h"
#include "engine/image/content_store.h"
#include "engine/image/layer_unpacker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace portlight::image {

namespace {

constexpr int kMaxDepth = 4'000;

/// The tree as the layers so far make it: path to size; -1 for what is no regular file.
using Tree = std::map<std::string, std::int64_t>;

class LayerWalk {
public:
    LayerWalk(Tree& tree, std::size_t maxChanges)
        : m_tree(tree)
        , m_maxChanges(maxChanges)
    {
    }

    Result<LayerFiles> walk(const std::string& directory)
    {
        PL_TRY(const auto root, openFile(directory, O_RDONLY | O_DIRECTORY));
        PL_TRY(enter(root, {}, 0));
        return std::move(m_found);
    }

private:
    void note(LayerChange::Kind kind, const std::string& path, std::int64_t size)
    {
        auto& count = kind == LayerChange::Kind::Added ? m_found.added
            : kind == LayerChange::Kind::Changed       ? m_found.changed
                                                       : m_found.removed;
        ++count;
        if (m_found.changes.size() < m_maxChanges)
            m_found.changes.push_back({ kind, path, std::max<std::int64_t>(size, 0) });
    }

    /// Everything below @p path goes out of sight.
    void hideBelow(const std::string& path)
    {
        const std::string prefix = path + "/";
        for (auto at = m_tree.lower_bound(prefix);
            at != m_tree.end() && at->first.starts_with(prefix);) {
            m_found.wastedBytes += std::max<std::int64_t>(at->second, 0);
            note(LayerChange::Kind::Removed, at->first, at->second);
            at = m_tree.erase(at);
        }
    }

    void remove(const std::string& path)
    {
        const auto known = m_tree.find(path);
        if (known == m_tree.end())
            return;
        m_found.wastedBytes += std::max<std::int64_t>(known->second, 0);
        note(LayerChange::Kind::Removed, path, known->second);
        m_tree.erase(known);
        hideBelow(path);
    }

    Result<void> enter(const Fd& directory, const std::string& path, int depth)
    {
        if (depth > kMaxDepth)
            return makeError(Errc::InvalidArgument, "the layer is nested too deeply");
        char value = 0;
        if (::fgetxattr(directory.get(), opaqueXattr(), &value, 1) == 1 && value == 'y')
            hideBelow(path);
        PL_TRY(auto names, directoryNames("/proc/self/fd/" + std::to_string(directory.get())));
        std::sort(names.begin(), names.end());
        for (const std::string& name : names) {
            struct stat info {};
            if (::fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
                return errnoError(errno, "look at '" + path + "/" + name + "'");
            PL_TRY(take(directory, path, name, info, depth));
        }
        return success();
    }

    Result<void> take(const Fd& directory, const std::string& parent, const std::string& name,
        const struct stat& info, int depth)
    {
        const std::string path = parent + "/" + name;
        if (S_ISCHR(info.st_mode) && info.st_rdev == 0) {
            remove(path);
            return success();
        }
        const bool isDirectory = S_ISDIR(info.st_mode);
        const std::int64_t size = S_ISREG(info.st_mode) ? info.st_size : -1;
        m_found.addedBytes += std::max<std::int64_t>(size, 0);
        const auto known = m_tree.find(path);
        if (known == m_tree.end()) {
            note(LayerChange::Kind::Added, path, size);
        } else if (!isDirectory) {
            m_found.wastedBytes += std::max<std::int64_t>(known->second, 0);
            note(LayerChange::Kind::Changed, path, size);
            hideBelow(path);
        }
        m_tree[path] = size;
        if (!isDirectory)
            return success();
        PL_TRY(const auto inner, openAt(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        return enter(inner, path, depth + 1);
    }

    Tree& m_tree;
    std::size_t m_maxChanges;
    LayerFiles m_found;
};

} // namespace

Result<std::vector<LayerFiles>> layerFiles(
    const ImageStore& images, const StoredImage& image, std::size_t maxChanges)
{
    Tree tree;
    std::vector<LayerFiles> found;
    for (const StoredLayer& layer : image.layers) {
        auto files = LayerWalk(tree, maxChanges).walk(images.layerDir(layer.chainId));
        if (!files)
            return withContext(files.error(), "layer " + layer.diffId);
        found.push_back(std::move(files).value());
    }
    return found;
}

} // namespace portlight::image
