#include "engine/core/file_service.h"

#include "engine/base/syscalls.h"
#include "engine/core/user_lookup.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <optional>

namespace portlight::core {

namespace {

constexpr std::size_t kWorkers = 6;

Error withDockersWords(Error error, const std::string& path, const ContainerPtr& container)
{
    if (error.code == Errc::NotFound)
        error.message = "Could not find the file " + path + " in container " + container->id;
    return error;
}

} // namespace

/// What a client's task and the one that unpacks share; io thread.
struct FileService::Upload {
    explicit Upload(const asio::any_io_executor& executor)
        : input(executor)
        , ended(executor)
    {
    }
    asio::posix::stream_descriptor input; ///< the pipe's writing end
    Fd output;
    Notifier ended;
    std::optional<Result<void>> result;
};

FileService::FileService(ContainerService& containers)
    : m_containers(containers)
    , m_workers(kWorkers)
    , m_tasks(containers.parts().executor)
{
}

FileService::~FileService()
{
    m_workers.join();
}

RootRequest FileService::requestOf(const Container& container) const
{
    return { m_containers.bundleOf(container),
        container.state.isRunning() ? container.state.pid : 0, container.config.host.mounts,
        container.config.host.isRootReadOnly };
}

Task<Json> FileService::stat(std::string reference, std::string path)
{
    PL_CO_TRY(auto container, m_containers.find(reference));
    auto work = [request = requestOf(*container), path]() -> Result<Json> {
        PL_TRY(const auto place, openRoot(request, path, false));
        return statInRoot(place, path);
    };
    auto found = co_await offload(m_workers, std::move(work));
    if (!found)
        co_return withDockersWords(found.error(), path, container);
    co_return found;
}

Task<FileArchive> FileService::read(std::string reference, std::string path)
{
    PL_CO_TRY(auto container, m_containers.find(reference));
    auto work = [request = requestOf(*container), path]() -> Result<FileArchive> {
        FileArchive archive;
        PL_TRY(const auto place, openRoot(request, path, false));
        PL_TRY(archive.stat, statInRoot(place, path));
        PL_TRY(auto named, splitInRoot(place.root, place.path));
        PL_TRY(archive.tar,
            TreeTar::open(std::move(named.parent), std::move(named.name), archiveName(path)));
        return archive;
    };
    auto opened = co_await offload(m_workers, std::move(work));
    if (!opened)
        co_return withDockersWords(opened.error(), path, container);
    co_return opened;
}

Task<Json> FileService::changes(std::string reference)
{
    PL_CO_TRY(auto container, m_containers.find(reference));
    auto work = [bundle = m_containers.bundleOf(*container),
                    mounts = container->config.host.mounts] { return changesOf(bundle, mounts); };
    co_return co_await offload(m_workers, std::move(work));
}

asio::awaitable<void> FileService::unpack(
    std::shared_ptr<Upload> upload, ContainerPtr container, std::string path, UntarOptions options)
{
    const auto run = [&]() -> Task<void> {
        // A stopped one must not be started on a layer that is mounted here.
        std::optional<AsyncMutex::Guard> turn;
        if (!container->state.isRunning()) {
            PL_CO_TRY(auto taken, co_await container->operation.lock());
            turn.emplace(std::move(taken));
        }
        if (container->isRemoved)
            co_return makeError(Errc::NotFound, "No such container: " + container->id);
        auto work = [request = requestOf(*container), path, options,
                        output = std::make_shared<Fd>(
                            std::move(upload->output))]() mutable -> Result<void> {
            PL_TRY(auto place, openRoot(request, path, true));
            if (place.isReadOnly)
                return makeError(Errc::Forbidden,
                    request.isRootReadOnly ? "container rootfs is marked read-only"
                                           : "mounted volume is marked read-only");
            const auto directory = openInRoot(place.root, place.path, O_PATH);
            if (!directory)
                return directory.error();
            if (!openInRoot(place.root, place.path, O_PATH | O_DIRECTORY))
                return makeError(Errc::InvalidArgument, "extraction point is not a directory");
            options.base = place.path;
            return untarInRoot(place.root, std::move(*output), options);
        };
        co_return co_await offload(m_workers, std::move(work));
    };
    upload->result.emplace(co_await run());
    upload->output.reset();
    upload->ended.notifyAll();
}

Task<void> FileService::write(std::string reference, std::string path, UploadOptions options,
    std::function<Task<std::string>()> nextPiece)
{
    PL_CO_TRY(auto container, m_containers.find(reference));
    UntarOptions untar;
    untar.keepsKinds = options.keepsKinds;
    if (options.takesContainerUser && !container->config.user.empty()) {
        auto look = [request = requestOf(*container), user = container->config.user,
                        groups = container->config.host.groupAdd]() -> Result<ContainerUser> {
            PL_TRY(const auto place, openRoot(request, "/", false));
            const auto text = [&](const char* name) {
                const auto file = openInRoot(place.root, name, O_RDONLY | O_NONBLOCK);
                const auto content = file ? readAll(file.value(), 1U << 20U) : file.error();
                return content ? content.value() : std::string();
            };
            return resolveUser(user, groups, text("/etc/passwd"), text("/etc/group"));
        };
        PL_CO_TRY(const auto user, co_await offload(m_workers, std::move(look)));
        untar.owner = std::pair(user.uid, user.gid);
    }
    PL_CO_TRY(auto pipe, makePipe());
    const auto upload = std::make_shared<Upload>(m_containers.parts().executor);
    ::fcntl(pipe.write.get(), F_SETFL, O_WRONLY | O_NONBLOCK);
    upload->input.assign(pipe.write.release());
    upload->output = std::move(pipe.read);
    m_tasks.spawn(unpack(upload, container, path, std::move(untar)));
    std::optional<Error> failure;
    for (bool isWanted = true;;) {
        auto piece = co_await nextPiece();
        if (!piece)
            failure = piece.error();
        if (!piece || piece.value().empty())
            break;
        // What is no longer wanted is read all the same: a client that cannot send would never look
        // at the answer.
        if (!isWanted)
            continue;
        const auto [code, size] =
            co_await asio::async_write(upload->input, asio::buffer(piece.value()), kAwait);
        isWanted = !code;
    }
    upload->input.close();
    while (!upload->result) {
        const auto seen = upload->ended.generation();
        PL_CO_TRY(co_await upload->ended.wait(seen));
    }
    if (failure)
        co_return std::move(*failure);
    auto result = std::move(*upload->result);
    if (!result)
        co_return withDockersWords(result.error(), path, container);
    co_return success();
}

} // namespace portlight::core
