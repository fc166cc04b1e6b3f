#pragma once

#include "app/client/http_parser.h"
#include "app/client/types/api_error.h"

#include <QList>
#include <QLocalSocket>
#include <QObject>

#include <optional>

namespace portlight::client {

/// One request as it goes over the wire.
struct HttpRequest {
    QByteArray method = "GET";
    QByteArray target; ///< path and query, percent-encoded
    QByteArray contentType; ///< of the body, empty when there is none
    QByteArray body;
    /// Bytes that the caller writes himself after the head, instead of body.
    std::optional<qint64> uploadLength;
    /// Asks to leave HTTP: after the answer's head both sides write bytes as they like.
    bool isUpgrade = false;
};

/// A connection to the engine's socket, for one request at a time. Lives in the thread that made
/// it; never blocks. Reading holds at most 256 KiB that nobody took.
///
/// Exactly one of finished, failed ends a request, later and never from within send(), except after
/// abort(), which ends it silently. Receivers may delete the connection in any slot.
///
/// The engine may close a kept connection just as a request is written, and then nobody knows
/// whether it was heard. A GET may be asked again (see wasReused); all else gets a new connection,
/// so that nothing is done twice.
class HttpConnection : public QObject {
    Q_OBJECT
public:
    static constexpr qint64 kReadBufferBytes = 256 * 1024;

    explicit HttpConnection(QString socketPath, QObject* parent = nullptr);
    ~HttpConnection() override;

    /// Only while isIdle().
    void send(const HttpRequest& request);
    /// More of an announced upload.
    void write(const QByteArray& bytes);
    qint64 bytesToWrite() const { return m_socket->bytesToWrite(); }
    /// Nothing is read while paused; the engine waits when the buffers are full.
    void setPaused(bool paused);
    /// Gives up the request and the connection.
    void abort();

    bool isIdle() const { return m_state == State::Idle; }
    /// Idle and connected: the next request needs no new connection.
    bool isOpen() const { return isIdle() && m_socket->state() == QLocalSocket::ConnectedState; }
    /// Some byte of the answer to the current request has come.
    bool hasAnswered() const { return m_hasAnswered; }
    /// The request went over a connection that was open already.
    bool wasReused() const { return m_wasReused; }

signals:
    void headReceived(const portlight::client::HttpHead& head);
    void bodyReceived(const QByteArray& bytes);
    void bytesWritten();
    /// The answer is whole. The connection is idle again.
    void finished();
    void failed(const portlight::client::ApiError& error);
    /// An idle connection was closed by the engine.
    void closed();

private:
    enum class State { Idle, Busy };

    void makeSocket();
    void dropSocket();
    void connectSocket();
    void readAvailable();
    /// False when this object is gone or works on something else than before.
    bool handle(QByteArrayView bytes);
    void handleEnd();
    void handleSocketError(QLocalSocket::LocalSocketError error);
    void handleDisconnect();
    void complete();
    void fail(const ApiError& error);

    QString m_socketPath;
    /// One per connection, never null. Not a member by value: it must outlive the slot that it
    /// calls.
    QLocalSocket* m_socket = nullptr;
    HttpParser m_parser;
    QByteArray m_unsent;
    QByteArray m_readBuffer;
    State m_state = State::Idle;
    quint64 m_requestNumber = 0; ///< tells slots that a receiver started the next request
    bool m_isHeadDelivered = false;
    bool m_hasAnswered = false;
    bool m_wasReused = false;
    bool m_isPaused = false;
    bool m_isClosedByPeer = false; ///< what it sent before may still be unread
};

} // namespace portlight::client
