#include "engine/base/syscalls.h"
#include "engine/core/container_root.h"
#include "engine/core/image_view.h"
#include "engine/core/layer_marks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <utility>

namespace portlight::core {

namespace {

constexpr std::size_t kMostChanges = 1'000'000;
constexpr int kMostDepth = 512;

enum class Kind { Changed = 0, Added = 1, Deleted = 2 };

/// Compares a container's own layer with those below.
class Comparison {
public:
    explicit Comparison(std::vector<std::string> hidden)
        : m_hidden(std::move(hidden))
    {
    }

    /// @p below may be empty: nothing is there.
    Result<void> compare(const Fd& own, const Fd& below, const std::string& path, int depth)
    {
        PL_TRY(const auto names, directoryNames(own));
        for (const auto& name : names) {
            PL_TRY(compareEntry(own, below, path + "/" + name, name, depth));
        }
        return success();
    }

    Json take() { return std::move(m_changes); }

private:
    void add(const std::string& path, Kind kind)
    {
        if (m_changes.size() < kMostChanges)
            m_changes.push_back({ { "Path", path }, { "Kind", static_cast<int>(kind) } });
    }

    Result<void> compareEntry(
        const Fd& own, const Fd& below, const std::string& path, const std::string& name, int depth)
    {
        struct stat now {};
        struct stat before {};
        if (::fstatat(own.get(), name.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0)
            return success(); // gone meanwhile
        const bool wasThere = below.isOpen()
            && ::fstatat(below.get(), name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0;
        // overlayfs marks what was deleted by a character device 0:0.
        if (S_ISCHR(now.st_mode) && now.st_rdev == makedev(0, 0)) {
            if (wasThere)
                add(path, Kind::Deleted);
            return success();
        }
        // What the runtime makes to mount on is no change of the container's.
        if (std::ranges::binary_search(m_hidden, path)) {
            m_hasHidden = true;
            return success();
        }
        const std::size_t place = m_changes.size();
        const Kind kind = wasThere ? Kind::Changed : Kind::Added;
        if (!S_ISDIR(now.st_mode) || depth > kMostDepth) {
            add(path, kind);
            return success();
        }
        PL_TRY(const auto inner, openAt(own, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        Fd innerBelow;
        if (wasThere && S_ISDIR(before.st_mode))
            if (auto opened = openAt(below, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
                innerBelow = std::move(opened).value();
        const bool hadHidden = std::exchange(m_hasHidden, false);
        PL_TRY(compare(inner, innerBelow, path, depth + 1));
        // A directory that is there for hidden entries alone is none of the container's doing.
        const bool isSame = wasThere && S_ISDIR(before.st_mode) && now.st_mode == before.st_mode
            && now.st_uid == before.st_uid && now.st_gid == before.st_gid;
        const bool isForHidden = m_changes.size() == place && m_hasHidden && (isSame || !wasThere);
        m_hasHidden = hadHidden || isForHidden;
        if (!isForHidden)
            m_changes.insert(m_changes.begin() + static_cast<std::ptrdiff_t>(place),
                Json { { "Path", path }, { "Kind", static_cast<int>(kind) } });
        return success();
    }

    std::vector<std::string> m_hidden;
    bool m_hasHidden = false; ///< in the directory that was gone through last
    Json m_changes = Json::array();
};

} // namespace

Result<Json> changesOf(const std::string& bundle, const std::vector<MountRequest>& mounts)
{
    PL_TRY(const auto text, readFile(bundle + "/launch.json"));
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(const auto options, runtime::launchOptionsFromJson(json));
    PL_TRY(const auto below, openImageView(options.lowerDirs, options.useUserXattr));
    PL_TRY(const auto own, openFile(bundle + "/upper", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    Comparison comparison(runtimePaths(mounts));
    PL_TRY(comparison.compare(own, below, "", 0));
    Json changes = comparison.take();
    return changes.empty() ? Json(nullptr) : changes;
}

} // namespace portlight::core
