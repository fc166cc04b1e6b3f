#include "app/client/stream_request.h"

#include "app/client/json_decode.h"

namespace portlight::client {

namespace {
constexpr qsizetype kRefusalLimit = 64 * 1024;
}

StreamRequest::StreamRequest(const QString& socketPath, QObject* parent)
    : QObject(parent)
    , m_connection(socketPath)
{
    connect(&m_connection, &HttpConnection::headReceived, this, [this](const HttpHead& head) {
        m_head = head;
        if (head.isSuccess())
            emit opened();
    });
    connect(&m_connection, &HttpConnection::bodyReceived, this, &StreamRequest::takeBody);
    connect(&m_connection, &HttpConnection::failed, this, &StreamRequest::failed);
    connect(&m_connection, &HttpConnection::finished, this, [this] {
        if (m_head.isSuccess())
            emit finished();
        else
            emit failed(json::decodeError(m_head.status, m_refusal));
    });
}

void StreamRequest::send(const HttpRequest& request)
{
    m_head = {};
    m_refusal.clear();
    m_connection.send(request);
}

void StreamRequest::takeBody(const QByteArray& bytes)
{
    if (m_head.isSuccess())
        emit bodyReceived(bytes);
    else if (m_refusal.size() < kRefusalLimit)
        m_refusal += bytes;
}

} // namespace portlight::client
