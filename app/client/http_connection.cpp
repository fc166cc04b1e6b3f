#include "app/client/http_connection.h"

#include <QPointer>

namespace portlight::client {

namespace {

constexpr qint64 kReadSliceBytes = 64 * 1024;

QByteArray wireHead(const HttpRequest& request)
{
    QByteArray head = request.method + ' ' + request.target + " HTTP/1.1\r\n"
        + "Host: portlight\r\nUser-Agent: portlight/0.1\r\nAccept: */*\r\n";
    if (!request.contentType.isEmpty())
        head += "Content-Type: " + request.contentType + "\r\n";
    const qint64 length = request.uploadLength.value_or(request.body.size());
    if (length > 0 || request.method != "GET")
        head += "Content-Length: " + QByteArray::number(length) + "\r\n";
    if (request.isUpgrade)
        head += "Connection: Upgrade\r\nUpgrade: tcp\r\n";
    return head + "\r\n";
}

ApiError protocolError(const QString& message)
{
    return { ApiError::Cause::Protocol, 0,
        QStringLiteral("the engine's answer cannot be read: %1").arg(message) };
}

} // namespace

HttpConnection::HttpConnection(QString socketPath, QObject* parent)
    : QObject(parent)
    , m_socketPath(std::move(socketPath))
{
    m_readBuffer.resize(kReadSliceBytes);
    makeSocket();
}

HttpConnection::~HttpConnection()
{
    dropSocket();
}

void HttpConnection::makeSocket()
{
    m_socket = new QLocalSocket;
    m_socket->setReadBufferSize(kReadBufferBytes);
    connect(m_socket, &QLocalSocket::connected, this, [this] {
        const QByteArray unsent = std::exchange(m_unsent, {});
        if (m_state == State::Busy && !unsent.isEmpty())
            m_socket->write(unsent);
    });
    connect(m_socket, &QLocalSocket::readyRead, this, &HttpConnection::readAvailable);
    connect(m_socket, &QLocalSocket::bytesWritten, this, &HttpConnection::bytesWritten);
    connect(m_socket, &QLocalSocket::errorOccurred, this, &HttpConnection::handleSocketError);
    connect(m_socket, &QLocalSocket::disconnected, this, &HttpConnection::handleDisconnect);
    m_isClosedByPeer = false;
}

void HttpConnection::dropSocket()
{
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket->deleteLater();
}

void HttpConnection::send(const HttpRequest& request)
{
    Q_ASSERT(isIdle());
    m_wasReused = isOpen() && request.method == "GET";
    m_state = State::Busy;
    ++m_requestNumber;
    m_parser = HttpParser(request.method == "HEAD");
    m_isHeadDelivered = false;
    m_hasAnswered = false;
    m_isPaused = false;
    const QByteArray bytes = wireHead(request) + request.body;
    if (m_wasReused) {
        m_socket->write(bytes);
        return;
    }
    m_unsent = bytes;
    // From the event loop: a socket that nobody listens on fails at once.
    QMetaObject::invokeMethod(
        this,
        [this, number = m_requestNumber] {
            if (m_state == State::Busy && number == m_requestNumber)
                connectSocket();
        },
        Qt::QueuedConnection);
}

void HttpConnection::connectSocket()
{
    dropSocket();
    makeSocket();
    m_socket->connectToServer(m_socketPath);
}

void HttpConnection::write(const QByteArray& bytes)
{
    if (m_state != State::Busy)
        return;
    if (m_socket->state() == QLocalSocket::ConnectedState && m_unsent.isEmpty())
        m_socket->write(bytes);
    else
        m_unsent += bytes;
}

void HttpConnection::setPaused(bool paused)
{
    if (std::exchange(m_isPaused, paused) && !paused)
        QMetaObject::invokeMethod(this, &HttpConnection::readAvailable, Qt::QueuedConnection);
}

void HttpConnection::abort()
{
    m_state = State::Idle;
    ++m_requestNumber;
    m_unsent.clear();
    dropSocket();
    makeSocket();
}

void HttpConnection::readAvailable()
{
    while (!m_isPaused && m_socket->bytesAvailable() > 0) {
        if (m_state == State::Idle) {
            dropSocket(); // bytes that nobody asked for
            makeSocket();
            emit closed();
            return;
        }
        const qint64 count = m_socket->read(m_readBuffer.data(), m_readBuffer.size());
        if (count <= 0)
            break;
        if (!handle(QByteArrayView(m_readBuffer.constData(), count)))
            return;
    }
    if (!m_isPaused && m_isClosedByPeer && m_state == State::Busy)
        handleEnd();
}

bool HttpConnection::handle(QByteArrayView bytes)
{
    m_hasAnswered = true;
    QByteArray body;
    const HttpParser::Status status = m_parser.feed(bytes, body);
    const QPointer<HttpConnection> guard(this);
    const auto isSame = [guard, number = m_requestNumber] {
        return guard && guard->m_requestNumber == number;
    };
    if (!m_isHeadDelivered && m_parser.head() != nullptr) {
        m_isHeadDelivered = true;
        emit headReceived(*m_parser.head());
        if (!isSame())
            return false;
    }
    if (!body.isEmpty()) {
        emit bodyReceived(body);
        if (!isSame())
            return false;
    }
    if (status == HttpParser::Status::Complete)
        complete();
    else if (status == HttpParser::Status::Broken)
        fail(protocolError(m_parser.error()));
    return status == HttpParser::Status::NeedsMore;
}

void HttpConnection::complete()
{
    // Bytes after the end would be taken for the next answer.
    const bool canBeReused = m_parser.head()->canBeReused && m_parser.rest().isEmpty()
        && m_socket->bytesAvailable() == 0 && !m_isClosedByPeer;
    if (canBeReused)
        m_state = State::Idle;
    else
        abort();
    emit finished();
}

void HttpConnection::fail(const ApiError& error)
{
    abort();
    emit failed(error);
}

void HttpConnection::handleEnd()
{
    if (!m_hasAnswered)
        fail({ ApiError::Cause::Unreachable, 0,
            QStringLiteral("the engine at '%1' closed the connection without an answer")
                .arg(m_socketPath) });
    else if (m_parser.finish() == HttpParser::Status::Complete)
        complete();
    else
        fail(protocolError(m_parser.error()));
}

void HttpConnection::handleSocketError(QLocalSocket::LocalSocketError error)
{
    // The end of a connection comes as an error too; handleDisconnect() knows whether it is one.
    if (m_state == State::Idle || error == QLocalSocket::PeerClosedError)
        return;
    if (m_hasAnswered && m_socket->bytesAvailable() > 0)
        return;
    const QString reason = error == QLocalSocket::ServerNotFoundError
        ? QStringLiteral("there is no socket")
        : m_socket->errorString();
    fail({ ApiError::Cause::Unreachable, 0,
        QStringLiteral("no engine answers at '%1': %2").arg(m_socketPath, reason) });
}

void HttpConnection::handleDisconnect()
{
    m_isClosedByPeer = true;
    if (m_state == State::Idle)
        emit closed();
    else
        readAvailable(); // what came before the end
}

} // namespace portlight::client
