#include "engine/shim/stdio_pump.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::shim {

namespace {

constexpr std::size_t kReadBytes = 64U << 10U; // a pipe's usual capacity: one read empties it

Result<void> setNonBlocking(const Fd& fd)
{
    const int flags = ::fcntl(fd.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
        return errnoError(errno, "make descriptor non-blocking");
    return success();
}

// Only touched when there is output, so it costs an idle shim no memory.
char g_buffer[kReadBytes];

} // namespace

StdioPump::~StdioPump()
{
    closeOutput(m_output);
    closeOutput(m_error);
    closeInput();
}

Result<void> StdioPump::openPipes(bool hasInput)
{
    if (hasInput) {
        PL_TRY(auto pipe, makePipe());
        m_processInput = std::move(pipe.read);
        m_inputEnd = std::move(pipe.write);
        PL_TRY(setNonBlocking(m_inputEnd));
        PL_TRY(m_loop.add(m_inputEnd, 0, [this](std::uint32_t) { onInput(); }));
    } else {
        PL_TRY(m_processInput, openFile("/dev/null", O_RDONLY));
    }
    PL_TRY(auto output, makePipe());
    PL_TRY(auto error, makePipe());
    m_processOutput = std::move(output.write);
    m_processError = std::move(error.write);
    m_output = std::move(output.read);
    m_error = std::move(error.read);
    PL_TRY(watchOutput(m_output, 1));
    return watchOutput(m_error, 2);
}

Result<void> StdioPump::watchOutput(Fd& fd, std::uint8_t stream)
{
    PL_TRY(setNonBlocking(fd));
    return m_loop.add(
        fd, m_isPaused ? 0 : EPOLLIN, [this, &fd, stream](std::uint32_t) { onOutput(fd, stream); });
}

runtime::StandardStreams StdioPump::processEnds() const
{
    return { m_processInput.get(), m_processOutput.get(), m_processError.get() };
}

void StdioPump::closeProcessEnds()
{
    m_processInput.reset();
    m_processOutput.reset();
    m_processError.reset();
}

Result<void> StdioPump::setConsole(Fd master, bool hasInput)
{
    m_isConsole = true;
    if (hasInput) {
        // A second descriptor, so that reading and writing are watched apart.
        m_inputEnd.reset(::fcntl(master.get(), F_DUPFD_CLOEXEC, 3));
        if (!m_inputEnd.isOpen())
            return errnoError(errno, "dup terminal");
        PL_TRY(m_loop.add(m_inputEnd, 0, [this](std::uint32_t) { onInput(); }));
    }
    m_output = std::move(master);
    return watchOutput(m_output, 1);
}

void StdioPump::onOutput(Fd& fd, std::uint8_t stream)
{
    ssize_t got = -1;
    do
        got = ::read(fd.get(), g_buffer, sizeof g_buffer);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        m_sink(stream, std::string_view(g_buffer, static_cast<std::size_t>(got)));
    else if (got == 0 || errno != EAGAIN) // EIO: nobody has the terminal open any more
        closeOutput(fd);
}

void StdioPump::closeOutput(Fd& fd)
{
    if (!fd.isOpen())
        return;
    m_loop.remove(fd);
    fd.reset();
}

void StdioPump::drain()
{
    for (Fd* fd : { &m_output, &m_error }) {
        const std::uint8_t stream = fd == &m_error ? 2 : 1;
        while (fd->isOpen()) {
            const ssize_t got = ::read(fd->get(), g_buffer, sizeof g_buffer);
            if (got > 0)
                m_sink(stream, std::string_view(g_buffer, static_cast<std::size_t>(got)));
            else if (got < 0 && errno == EAGAIN)
                break;
            else if (got == 0 || errno != EINTR)
                closeOutput(*fd);
        }
    }
}

void StdioPump::setPaused(bool isPaused)
{
    if (m_isPaused == isPaused)
        return;
    m_isPaused = isPaused;
    for (const Fd* fd : { &m_output, &m_error }) {
        if (fd->isOpen())
            m_loop.watch(*fd, isPaused ? 0 : EPOLLIN);
    }
}

void StdioPump::writeInput(std::string_view bytes)
{
    if (!m_inputEnd.isOpen() || m_hasInputEnded)
        return;
    m_input.append(bytes);
    onInput();
}

void StdioPump::onInput()
{
    std::size_t done = 0;
    while (done < m_input.size()) {
        const ssize_t put = ::write(m_inputEnd.get(), m_input.data() + done, m_input.size() - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EAGAIN)
            break;
        if (put < 0) { // the process has closed its end
            m_input.clear();
            closeInput();
            break;
        }
        done += static_cast<std::size_t>(put);
    }
    m_input.erase(0, std::min(done, m_input.size()));
    if (m_inputEnd.isOpen())
        m_loop.watch(m_inputEnd, m_input.empty() ? 0 : EPOLLOUT);
    if (m_input.empty() && m_hasInputEnded)
        closeInput();
    if (m_inputDrained)
        m_inputDrained();
}

void StdioPump::endInput()
{
    if (m_isConsole || !m_inputEnd.isOpen())
        return;
    m_hasInputEnded = true;
    if (m_input.empty())
        closeInput();
}

void StdioPump::closeInput()
{
    if (!m_inputEnd.isOpen())
        return;
    m_loop.remove(m_inputEnd);
    m_inputEnd.reset();
}

Result<void> StdioPump::resize(const oci::ConsoleSize& size)
{
    if (!m_isConsole || !m_output.isOpen())
        return makeError(Errc::Conflict, "the container has no terminal");
    return runtime::resizeConsole(m_output, size);
}

} // namespace portlight::shim
