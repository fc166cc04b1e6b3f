#pragma once

#include <unistd.h>

#include <utility>

namespace portlight {

/// Sole owner of a descriptor; -1 is empty. Everything is opened with O_CLOEXEC.
class Fd {
public:
    explicit Fd(int raw = -1) noexcept
        : m_raw(raw)
    {
    }
    Fd(Fd&& other) noexcept
        : m_raw(other.release())
    {
    }
    Fd& operator=(Fd&& other) noexcept
    {
        reset(other.release());
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    int get() const noexcept { return m_raw; }
    bool isOpen() const noexcept { return m_raw >= 0; }
    [[nodiscard]] int release() noexcept { return std::exchange(m_raw, -1); }
    void reset(int next = -1) noexcept
    {
        if (const int old = std::exchange(m_raw, next); old >= 0)
            ::close(old); // not retried: the kernel frees the number even on EINTR
    }

private:
    int m_raw;
};

} // namespace portlight
