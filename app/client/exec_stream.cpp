#include "app/client/exec_stream.h"

#include "app/client/engine_client_p.h"
#include "app/client/http_connection.h"

#include <QPointer>

namespace portlight::client {

namespace {

class ExecStreamImpl : public ExecStream {
public:
    ExecStreamImpl(EngineClient* client, const QString& socketPath, QObject* parent)
        : ExecStream(parent)
        , m_client(client)
        , m_connection(socketPath)
    {
        connect(&m_connection, &HttpConnection::headReceived, this, [this](const HttpHead& head) {
            m_isOpen = head.isSuccess();
            m_status = head.status;
            if (m_isOpen)
                emit opened();
        });
        connect(
            &m_connection, &HttpConnection::bodyReceived, this, [this](const QByteArray& bytes) {
                if (m_isOpen)
                    emit received(bytes);
                else if (m_refusal.size() < kMostRefusal)
                    m_refusal += bytes;
            });
        connect(&m_connection, &HttpConnection::finished, this, [this] {
            if (m_isOpen)
                askForExit();
            else
                fail(json::decodeError(m_status, m_refusal));
        });
        // A hijacked connection ends by being closed.
        connect(&m_connection, &HttpConnection::failed, this, [this](const ApiError& error) {
            if (m_isOpen)
                askForExit();
            else
                fail(error);
        });
    }

    void open(const QString& id, const QByteArray& prefix)
    {
        m_id = id;
        HttpRequest request;
        request.method = "POST";
        request.target = prefix + "/exec/" + pathSegment(id) + "/start";
        request.contentType = "application/json";
        request.body = R"({"Detach":false,"Tty":true})";
        request.isUpgrade = true;
        m_connection.send(request);
    }
    void fail(const ApiError& error)
    {
        const QPointer<QObject> guard(this);
        emit failed(error);
        if (guard)
            emit ended();
    }

    void write(const QByteArray& bytes) override
    {
        if (m_isOpen)
            m_connection.write(bytes);
    }
    void resize(int columns, int rows) override
    {
        if (m_client && !m_id.isEmpty())
            m_client->resizeExec(m_id, columns, rows, this, [](const auto&) { });
    }
    void setPaused(bool paused) override { m_connection.setPaused(paused); }

private:
    static constexpr qsizetype kMostRefusal = 64 * 1024;

    void askForExit()
    {
        m_isOpen = false;
        if (!m_client) {
            emit ended();
            return;
        }
        m_client->execExitCode(m_id, this, [this](const Expected<std::optional<int>>& code) {
            const QPointer<QObject> guard(this);
            if (code && *code)
                emit exited(**code);
            if (guard)
                emit ended();
        });
    }

    QPointer<EngineClient> m_client;
    HttpConnection m_connection;
    QString m_id;
    QByteArray m_refusal;
    int m_status = 0;
    bool m_isOpen = false;
};

} // namespace

ExecStream* EngineClient::exec(
    const QString& reference, const ExecOptions& options, QObject* parent)
{
    auto* stream = new ExecStreamImpl(this, d->address.socketPath, parent);
    d->call<QString>(
        "POST", "/containers/" + pathSegment(reference) + "/exec", json::encodeExec(options),
        stream,
        [this, stream](const Expected<QString>& id) {
            if (id)
                stream->open(*id, d->prefix());
            else
                stream->fail(id.error());
        },
        json::decodeId);
    return stream;
}

RequestHandle EngineClient::resizeExec(
    const QString& id, int columns, int rows, QObject* context, Callback<Done> done)
{
    return d->act("POST",
        "/exec/" + pathSegment(id) + "/resize?h=" + QByteArray::number(rows)
            + "&w=" + QByteArray::number(columns),
        context, std::move(done));
}

RequestHandle EngineClient::execExitCode(
    const QString& id, QObject* context, Callback<std::optional<int>> done)
{
    return d->call<std::optional<int>>(
        "GET", "/exec/" + pathSegment(id) + "/json", {}, context, done, json::decodeExecExit);
}

} // namespace portlight::client
