#include "engine/core/container_service.h"

namespace portlight::core {

Task<std::shared_ptr<AttachSession>> ContainerService::attach(
    std::string reference, AttachOptions options)
{
    PL_CO_TRY(auto container, find(reference));
    if (container->state.status == RunStatus::Paused)
        co_return makeError(Errc::Conflict,
            "container " + container->id + " is paused, unpause the container before attach");
    if (container->state.status == RunStatus::Removing)
        co_return makeError(Errc::Conflict, "container is marked for removal");
    auto session = std::make_shared<AttachSession>(m_parts.executor, options);
    if (container->state.isRunning()) {
        PL_CO_TRY(co_await session->connect(m_parts.paths.containerState(container->id)));
    } else
        container->pendingAttaches.push_back(session);
    publish(*container, "attach");
    co_return session;
}

Task<std::shared_ptr<LogStream>> ContainerService::logs(std::string reference, LogQuery query)
{
    PL_CO_TRY(auto container, find(reference));
    auto reader = std::make_shared<LogReader>(bundleOf(*container), query);
    auto stream =
        std::make_shared<LogStream>(m_parts.pool, std::move(reader), container, query.follows);
    if (query.follows) {
        PL_CO_TRY(stream->watch(m_watcher, bundleOf(*container)));
    }
    co_return stream;
}

} // namespace portlight::core
