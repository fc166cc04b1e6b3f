#include "tests/unit/app/client/byte_server.h"

#include <QPointer>
#include <QTimer>

namespace portlight::test {

ByteServer::ByteServer()
{
    connect(&m_server, &QLocalServer::newConnection, this, &ByteServer::accept);
}

bool ByteServer::listen()
{
    return m_server.listen(socketPath());
}

void ByteServer::stop()
{
    m_server.close();
    for (const auto& socket : std::as_const(m_sockets))
        if (socket)
            socket->abort();
}

QList<QByteArray> ByteServer::lines() const
{
    QList<QByteArray> lines;
    for (const Request& request : m_requests)
        if (!request.line.contains("/_ping"))
            lines.append(request.line);
    return lines;
}

void ByteServer::accept()
{
    QLocalSocket* socket = m_server.nextPendingConnection();
    ++m_connectionCount;
    m_sockets.append(socket);
    connect(socket, &QLocalSocket::readyRead, this, [this, socket] { read(socket); });
}

void ByteServer::read(QLocalSocket* socket)
{
    QByteArray& received = m_received[socket];
    received += socket->readAll();
    const auto headEnd = received.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return;
    qsizetype length = 0;
    const QByteArray head = received.left(headEnd);
    if (const auto at = head.toLower().indexOf("content-length:"); at >= 0)
        length = head.mid(at + 15, head.indexOf('\r', at) - at - 15).trimmed().toLongLong();
    if (received.size() < headEnd + 4 + length)
        return;
    const Request request { head.left(head.indexOf('\r')), received.mid(headEnd + 4, length) };
    received.remove(0, headEnd + 4 + length);
    m_requests.append(request);
    answer(socket, request);
}

void ByteServer::answer(QLocalSocket* socket, const Request& request)
{
    if (request.line.startsWith("GET /_ping ")) {
        socket->write("HTTP/1.1 200 OK\r\nApi-Version: 1.50\r\nContent-Length: 2\r\n\r\nOK");
        return;
    }
    const Reply reply = m_handler ? m_handler(request) : Reply {};
    sendPieces(socket, reply.pieces, reply.closesAfter);
}

void ByteServer::sendPieces(QLocalSocket* socket, QList<QByteArray> pieces, bool closesAfter)
{
    if (pieces.isEmpty()) {
        if (closesAfter)
            socket->disconnectFromServer();
        return;
    }
    socket->write(pieces.takeFirst());
    socket->flush();
    // From the event loop, so that the other side reads piece by piece.
    QTimer::singleShot(1, socket, [=, this] { sendPieces(socket, pieces, closesAfter); });
}

void ByteServer::push(const QByteArray& bytes)
{
    if (!m_sockets.isEmpty() && m_sockets.last())
        m_sockets.last()->write(bytes);
}

void ByteServer::closeNewest()
{
    if (!m_sockets.isEmpty() && m_sockets.last())
        m_sockets.last()->disconnectFromServer();
}

bool ByteServer::isNewestClosed() const
{
    return !m_sockets.isEmpty()
        && (!m_sockets.last() || m_sockets.last()->state() == QLocalSocket::UnconnectedState);
}

QByteArray ByteServer::withLength(const QByteArray& status, const QByteArray& body)
{
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\n\r\n" + body;
}

QByteArray ByteServer::chunkedHead(const QByteArray& extra)
{
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + extra + "\r\n";
}

QByteArray ByteServer::chunk(const QByteArray& bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

} // namespace portlight::test
