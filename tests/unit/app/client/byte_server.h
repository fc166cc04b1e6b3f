#pragma once

#include <QByteArray>
#include <QList>
#include <QLocalServer>
#include <QLocalSocket>
#include <QObject>
#include <QPointer>
#include <QTemporaryDir>

#include <functional>

namespace portlight::test {

/// A server on a Unix socket that answers with the very bytes that a test gives it, in the pieces
/// that it names. It knows just enough of HTTP to see where a request ends.
class ByteServer : public QObject {
    Q_OBJECT
public:
    struct Request {
        QByteArray line; ///< such as "GET /_ping HTTP/1.1"
        QByteArray body;
    };
    struct Reply {
        QList<QByteArray> pieces; ///< each sent when the one before is on its way
        bool closesAfter = false;
    };
    using Handler = std::function<Reply(const Request&)>;

    ByteServer();
    bool listen();
    void stop();

    QString socketPath() const { return m_folder.filePath(QStringLiteral("s")); }
    QString filePath(const QString& name) const { return m_folder.filePath(name); }
    /// Answers /_ping with version 1.50 and all else by @p handler.
    void setHandler(Handler handler) { m_handler = std::move(handler); }
    const QList<Request>& requests() const { return m_requests; }
    /// Requests but those for /_ping.
    QList<QByteArray> lines() const;
    int connectionCount() const { return m_connectionCount; }
    /// Sends to the newest connection.
    void push(const QByteArray& bytes);
    void closeNewest();
    /// The newest connection has sent all that it should, and is closed.
    bool isNewestClosed() const;

    static QByteArray withLength(const QByteArray& status, const QByteArray& body);
    static QByteArray chunkedHead(const QByteArray& extra = {});
    static QByteArray chunk(const QByteArray& bytes);

private:
    void accept();
    void read(QLocalSocket* socket);
    void answer(QLocalSocket* socket, const Request& request);
    void sendPieces(QLocalSocket* socket, QList<QByteArray> pieces, bool closesAfter);

    QTemporaryDir m_folder;
    QLocalServer m_server;
    Handler m_handler;
    QList<Request> m_requests;
    QHash<QLocalSocket*, QByteArray> m_received;
    QList<QPointer<QLocalSocket>> m_sockets;
    int m_connectionCount = 0;
};

} // namespace portlight::test
