#pragma once

#include "engine/base/fd.h"
#include "engine/image/byte_source.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

struct archive;

namespace portlight::core {

/// A tar stream of one entry of a directory and all below it, made while it is read. Nothing is
/// followed and nothing leaves the directory, whatever others do in there meanwhile; what vanishes
/// is left out.
class TreeTar final : public image::ByteSource {
public:
    /// @p name in @p parent becomes @p shownName in the archive; "." is the directory itself.
    static Result<std::unique_ptr<TreeTar>> open(
        Fd parent, std::string name, std::string shownName);
    ~TreeTar() override;
    Result<image::Block> next() override;

private:
    struct ArchiveFree {
        void operator()(archive* handle) const;
    };
    /// A directory that is being gone through.
    struct Level {
        Fd directory;
        std::string shownPath;
        std::deque<std::string> names;
    };
    TreeTar() = default;
    Result<void> step();
    Result<void> addEntry(const Fd& parent, const std::string& name, const std::string& shownPath);
    Result<void> addFile(Fd file, const struct stat& info, const std::string& shownPath);
    Result<void> writeHeader(const struct stat& info, const std::string& shownPath,
        const std::string& link, bool isHardLink, const Fd& opened);
    Result<void> enter(Fd directory, const std::string& shownPath);
    Error failure() const;

    std::unique_ptr<archive, ArchiveFree> m_archive;
    std::string m_output; ///< not yet handed out
    std::vector<Level> m_levels;
    Fd m_file; ///< whose bytes come next
    std::int64_t m_fileLeft = 0;
    std::map<std::pair<dev_t, ino_t>, std::string> m_linked; ///< files with several names
    bool m_isEnded = false;
};

} // namespace portlight::core
