#include "engine/core/file_watcher.h"

#include "engine/base/fd.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <sys/inotify.h>

namespace portlight::core {

namespace asio = boost::asio;

struct FileWatcher::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& executor, int raw)
        : descriptor(executor, raw)
    {
    }

    void waitForEvents()
    {
        descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
            [weak = weak_from_this()](const boost::system::error_code& code) {
                const auto self = weak.lock();
                if (code || !self)
                    return;
                self->takeEvents();
                self->waitForEvents();
            });
    }

    void takeEvents()
    {
        std::set<int> changed;
        alignas(inotify_event) std::array<char, 16384> buffer {};
        while (true) {
            const ssize_t size = ::read(descriptor.native_handle(), buffer.data(), buffer.size());
            if (size <= 0)
                break;
            for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
                inotify_event event {};
                std::memcpy(&event, buffer.data() + at, sizeof event);
                at += sizeof event + event.len;
                changed.insert(event.wd);
            }
        }
        // -1: the queue overflowed, so anything may have changed.
        const bool isAll = changed.contains(-1);
        const auto calls = watches; // a call may end watches
        for (const auto& [number, watch] : calls)
            if ((isAll || changed.contains(number)) && isWatched(number, watch))
                watch->m_onChange();
    }

    bool isWatched(int number, const Watch* watch) const
    {
        const auto [first, last] = watches.equal_range(number);
        for (auto at = first; at != last; ++at)
            if (at->second == watch)
                return true;
        return false;
    }

    asio::posix::stream_descriptor descriptor;
    std::multimap<int, Watch*> watches;
};

FileWatcher::FileWatcher(asio::any_io_executor executor)
    : m_executor(std::move(executor))
{
}

FileWatcher::~FileWatcher() = default;

Result<std::shared_ptr<FileWatcher::Watch>> FileWatcher::watch(
    const std::string& directory, std::function<void()> onChange)
{
    if (!m_state) {
        Fd raw(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        if (!raw.isOpen())
            return errnoError(errno, "inotify_init1");
        m_state = std::make_shared<State>(m_executor, raw.release());
        m_state->waitForEvents();
    }
    constexpr std::uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;
    const int number =
        ::inotify_add_watch(m_state->descriptor.native_handle(), directory.c_str(), kEvents);
    if (number < 0)
        return errnoError(errno, "watch '" + directory + "'");
    auto watch = std::make_shared<Watch>(m_state, number, std::move(onChange));
    m_state->watches.emplace(number, watch.get());
    return watch;
}

FileWatcher::Watch::Watch(std::weak_ptr<State> state, int number, std::function<void()> onChange)
    : m_state(std::move(state))
    , m_number(number)
    , m_onChange(std::move(onChange))
{
}

FileWatcher::Watch::~Watch()
{
    const auto state = m_state.lock();
    if (!state)
        return;
    const auto [first, last] = state->watches.equal_range(m_number);
    for (auto at = first; at != last; ++at) {
        if (at->second != this)
            continue;
        state->watches.erase(at);
        break;
    }
    if (!state->watches.contains(m_number)) // fails where the directory has gone: nothing to do
        ::inotify_rm_watch(state->descriptor.native_handle(), m_number);
}

} // namespace portlight::core
