#pragma once

#include "engine/base/async.h"
#include "engine/core/container_service.h"
#include "engine/core/file_edits.h"
#include "engine/core/file_listing.h"
#include "engine/core/volume_service.h"
#include "engine/image/image_store.h"

#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace portlight::core {

/// Whose files: a container's (running or not), a volume's, or an image's, which nobody changes.
struct FileOwner {
    enum class Kind { Container, Volume, Image };
    Kind kind = Kind::Container;
    std::string reference;
};

/// A regular file from which a piece is to be read.
struct FileContent {
    Fd file; ///< at the piece's beginning
    std::int64_t fileBytes = 0; ///< the whole file as it says of itself; /proc says 0
    std::int64_t modifiedAtNs = 0;
    std::int64_t mostBytes = 0; ///< of the piece; the file may end before
};

/// What a file manager does with the files of containers, volumes and images, without any program
/// inside. io thread; the work is done by the workers. A stopped container that is changed is not
/// started meanwhile. Errors of all calls: NotFound (object or path), InvalidArgument, Forbidden
/// (read-only), Conflict.
class FileBrowser {
public:
    /// All outlive it.
    FileBrowser(ContainerService& containers, VolumeService& volumes, image::ImageStore& images,
        asio::thread_pool& workers);

    Task<FileListing> list(FileOwner owner, std::string path, ListingRequest request);
    Task<FileContent> open(
        FileOwner owner, std::string path, std::int64_t offset, std::optional<std::int64_t> length);
    /// Replaces or makes the file at @p path with the bytes that @p nextPiece gives (empty at the
    /// end). Errors: InvalidArgument over kMostFileBytes.
    Task<void> write(FileOwner owner, std::string path, NewFile options,
        std::function<Task<std::string>()> nextPiece);
    Task<void> makeDirectory(FileOwner owner, std::string path, NewFile options, bool withParents);
    Task<void> rename(FileOwner owner, std::string from, std::string to, bool overwrites);
    Task<void> remove(FileOwner owner, std::string path, bool isRecursive);

    static constexpr std::int64_t kMostFileBytes = 4LL << 30;

    asio::thread_pool& workers() { return m_workers; }

private:
    struct Tree;
    Task<Tree> treeOf(const FileOwner& owner);
    Task<void> change(FileOwner owner, std::function<Result<void>(const Tree&)> work);

    ContainerService& m_containers;
    VolumeService& m_volumes;
    image::ImageStore& m_images;
    asio::thread_pool& m_workers;
};

} // namespace portlight::core
