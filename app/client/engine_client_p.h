#pragma once

#include "app/client/engine_client.h"
#include "app/client/json_decode.h"
#include "app/client/request_queue.h"

#include <QUrl>

namespace portlight::client {

/// Shared by the files that implement EngineClient.
class EngineClient::Private {
public:
    Private(EngineAddress where, EngineClient* owner)
        : address(std::move(where))
        , q(owner)
        , queue(address.socketPath)
    {
    }

    /// A call of the versioned API; @p decode makes the value of a successful answer's body.
    template <typename T, typename Decode>
    RequestHandle call(const char* method, const QByteArray& target, const QByteArray& body,
        QObject* context, Callback<T> done, Decode decode)
    {
        HttpRequest request { method, target, body.isEmpty() ? QByteArray() : "application/json",
            body, std::nullopt };
        const QPointer<QObject> guard(context);
        auto* pending = new HttpCall(
            std::move(request),
            [guard, done = std::move(done), decode](const HttpCall::Answer& answer) {
                if (guard.isNull())
                    return;
                if (answer.error)
                    done(*answer.error);
                else if (!answer.head.isSuccess())
                    done(json::decodeError(answer.head.status, answer.body));
                else
                    done(decode(answer.body));
            },
            q);
        QObject::connect(context, &QObject::destroyed, pending, &QObject::deleteLater);
        enqueue(pending);
        return RequestHandle(pending);
    }
    RequestHandle act(
        const char* method, const QByteArray& target, QObject* context, Callback<Done> done)
    {
        return call<Done>(method, target, {}, context, std::move(done),
            [](const QByteArray&) { return Expected<Done>(Done {}); });
    }

    /// Puts the version before the path, first asking for it when it is not known.
    void enqueue(HttpCall* pending);
    void negotiate();
    void handlePing(const HttpCall::Answer& answer);
    /// Calls @p ready with the path prefix such as "/v1.50", or with why there is none.
    void whenNegotiated(QObject* context, std::function<void(Expected<QByteArray>)> ready);
    QByteArray prefix() const { return "/v" + apiVersion.toLatin1(); }

    EngineAddress address;
    EngineClient* q;
    RequestQueue queue;
    QString apiVersion;
    bool isNegotiating = false;
    std::vector<std::function<void(const std::optional<ApiError>&)>> waiting;
};

/// The newest version that both sides speak within 1.24–1.50; empty when there is none.
QString negotiateVersion(const QByteArray& newestOfEngine);
/// Percent-encodes one segment of a path; slashes of image references stay.
inline QByteArray pathSegment(const QString& text)
{
    return QUrl::toPercentEncoding(text, "/:@");
}
inline QByteArray queryValue(const QString& text)
{
    return QUrl::toPercentEncoding(text);
}

} // namespace portlight::client
