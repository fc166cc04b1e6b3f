#pragma once

#include "engine/base/result.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace portlight::core {

/// Tells when a file of a directory is written, made or renamed: one inotify instance for the whole
/// engine (a user has 128), made when the first directory is watched. io thread only. inotify(7).
class FileWatcher {
public:
    class Watch;

    explicit FileWatcher(boost::asio::any_io_executor executor);
    ~FileWatcher();
    FileWatcher(const FileWatcher&) = delete;
    FileWatcher& operator=(const FileWatcher&) = delete;

    /// Calls @p onChange after changes (several may give one call) until the watch is let go.
    /// Errors: as inotify_init1(2) and inotify_add_watch(2).
    Result<std::shared_ptr<Watch>> watch(
        const std::string& directory, std::function<void()> onChange);

private:
    struct State;
    boost::asio::any_io_executor m_executor;
    std::shared_ptr<State> m_state;
};

/// Keeps a directory watched.
class FileWatcher::Watch {
public:
    Watch(std::weak_ptr<State> state, int number, std::function<void()> onChange);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    friend class FileWatcher;
    std::weak_ptr<State> m_state;
    int m_number; ///< the kernel's watch descriptor; the same for all watches of a directory
    std::function<void()> m_onChange;
};

} // namespace portlight::core
