#include "engine/names/name_client.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace portlight::names {

namespace {

constexpr const char* kSocketName = "names.sock";
constexpr int kAttempts = 3; ///< a name server may be on its way out when it is met

// Through the directory's descriptor: its path may be longer than a socket address.
sockaddr_un addressIn(const Fd& directory)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + kSocketName;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Result<Fd> makeSocket()
{
    Fd made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!made.isOpen())
        return errnoError(errno, "make a socket for the name server");
    return made;
}

Result<Fd> connectIn(const Fd& directory)
{
    PL_TRY(auto connection, makeSocket());
    const sockaddr_un address = addressIn(directory);
    if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address)
        != 0)
        return errnoError(errno, "connect to the name server");
    return connection;
}

Result<Fd> listenIn(const Fd& directory)
{
    PL_TRY(auto listener, makeSocket());
    const sockaddr_un address = addressIn(directory);
    ::unlinkat(directory.get(), kSocketName, 0); // a dead one's: the engine holds the lock
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errnoError(errno, "bind the name server's socket");
    // The engine's umask leaves it to the user alone; this says so whatever that is.
    ::fchmodat(directory.get(), kSocketName, 0600, 0);
    if (::listen(listener.get(), 16) != 0)
        return errnoError(errno, "listen for the name server");
    return listener;
}

} // namespace

/// m_mutex is held.
Result<void> NameClient::connect()
{
    if (m_connection.isOpen())
        return success();
    PL_TRY(const auto directory, openFile(m_directory, O_PATH | O_DIRECTORY));
    for (int attempt = 0;; ++attempt) {
        auto connection = connectIn(directory);
        if (!connection) {
            PL_TRY(const auto listener, listenIn(directory));
            PL_TRY(m_start(listener, m_directory + "/" + kSocketName));
            connection = connectIn(directory);
        }
        if (connection) {
            m_connection = std::move(connection).value();
            return success();
        }
        if (attempt + 1 >= kAttempts)
            return connection.error();
    }
}

/// m_mutex is held.
Result<void> NameClient::send(const Json& json, const std::vector<const Fd*>& descriptors)
{
    for (int attempt = 0;; ++attempt) {
        PL_TRY(connect());
        auto sent = sendPacket(m_connection, json, descriptors);
        if (sent || sent.error().code == Errc::InvalidArgument || attempt + 1 >= kAttempts)
            return sent;
        m_connection.reset();
    }
}

Result<void> NameClient::set(const NamedContainer& container)
{
    Json json = toJson(container);
    json["type"] = "set";
    const std::lock_guard lock(m_mutex);
    return send(json, {});
}

Result<void> NameClient::set(
    const NamedContainer& container, const Fd& udp, const Fd& tcp, const Fd& process)
{
    Json json = toJson(container);
    json["type"] = "set";
    const std::lock_guard lock(m_mutex);
    return send(json, { &udp, &tcp, &process });
}

Result<void> NameClient::remove(const std::string& id, const std::string& sandbox)
{
    const Json json { { "type", "remove" }, { "id", id }, { "sandbox", sandbox } };
    const std::lock_guard lock(m_mutex);
    // Without a connection there is nothing that could have to be forgotten.
    return m_connection.isOpen() ? sendPacket(m_connection, json, {}) : success();
}

Result<std::vector<std::string>> NameClient::keep(const std::vector<std::string>& ids)
{
    const Json json { { "type", "keep" }, { "ids", ids } };
    const std::lock_guard lock(m_mutex);
    for (int attempt = 0;; ++attempt) {
        PL_TRY(send(json, {}));
        auto answer = receivePacket(m_connection);
        if (answer)
            return jsonStrings(answer.value().json, "ids");
        m_connection.reset();
        if (attempt + 1 >= kAttempts)
            return answer.error();
    }
}

Result<Fd> NameClient::connection()
{
    const std::lock_guard lock(m_mutex);
    if (!m_connection.isOpen())
        return makeError(Errc::NotFound, "no name server runs");
    Fd copy(::fcntl(m_connection.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy.isOpen())
        return errnoError(errno, "copy a descriptor");
    return copy;
}

void NameClient::disconnect()
{
    const std::lock_guard lock(m_mutex);
    m_connection.reset();
}

} // namespace portlight::names
