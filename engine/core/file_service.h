#pragma once

#include "engine/base/async.h"
#include "engine/base/task_group.h"
#include "engine/core/container_root.h"
#include "engine/core/container_service.h"
#include "engine/core/tree_tar.h"
#include "engine/core/tree_untar.h"

#include <functional>
#include <memory>
#include <string>

namespace portlight::core {

/// A tar stream of a container's files, read on a worker.
struct FileArchive {
    std::shared_ptr<TreeTar> tar;
    Json stat; ///< of the archived path
};

struct UploadOptions {
    bool keepsKinds = false; ///< noOverwriteDirNonDir
    bool takesContainerUser = false; ///< copyUIDGID
};

/// Files of containers, running or not, in and out: docker cp and diff. io thread; the work
/// is done by threads of its own, so that a client that sends slowly holds up nobody else.
class FileService {
public:
    explicit FileService(ContainerService& containers);
    ~FileService();

    /// Errors: NotFound "Could not find the file x in container y".
    Task<Json> stat(std::string reference, std::string path);
    Task<FileArchive> read(std::string reference, std::string path);
    /// Unpacks the tar that @p nextPiece gives (empty at its end) in the directory @p path. A
    /// stopped container is not started meanwhile. Errors: NotFound, InvalidArgument, Forbidden
    /// read-only.
    Task<void> write(std::string reference, std::string path, UploadOptions options,
        std::function<Task<std::string>()> nextPiece);
    Task<Json> changes(std::string reference);

    asio::thread_pool& workers() { return m_workers; }
    asio::awaitable<void> stopService() { return m_tasks.stop(); }

private:
    struct Upload;
    RootRequest requestOf(const Container& container) const;
    asio::awaitable<void> unpack(std::shared_ptr<Upload> upload, ContainerPtr container,
        std::string path, UntarOptions options);

    ContainerService& m_containers;
    asio::thread_pool m_workers;
    TaskGroup m_tasks;
};

} // namespace portlight::core
