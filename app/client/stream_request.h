#pragma once

#include "app/client/http_connection.h"

namespace portlight::client {

/// One streamed answer: makes the connection, sorts refusals out, hands on the body of a success.
class StreamRequest : public QObject {
    Q_OBJECT
public:
    StreamRequest(const QString& socketPath, QObject* parent);

    void send(const HttpRequest& request);
    HttpConnection& connection() { return m_connection; }
    const HttpHead& head() const { return m_head; }

signals:
    void opened();
    void bodyReceived(const QByteArray& bytes);
    /// The answer was whole and a success.
    void finished();
    void failed(const portlight::client::ApiError& error);

private:
    void takeBody(const QByteArray& bytes);

    HttpConnection m_connection;
    HttpHead m_head;
    QByteArray m_refusal;
};

} // namespace portlight::client
