#pragma once

#include "app/client/http_connection.h"
#include "app/client/request_handle.h"

#include <QList>
#include <QObject>

#include <functional>

namespace portlight::client {

/// One small request and what becomes of it.
class HttpCall : public PendingCall {
    Q_OBJECT
public:
    /// The whole answer, or why there is none. An answer with a refusing status is an answer.
    struct Answer {
        HttpHead head;
        QByteArray body;
        std::optional<ApiError> error;
    };
    using Done = std::function<void(const Answer&)>;
    /// No small answer is larger; more is a Protocol error.
    static constexpr qsizetype kBodyLimit = 64 * 1024 * 1024;

    HttpCall(HttpRequest request, Done done, QObject* parent)
        : PendingCall(parent)
        , m_request(std::move(request))
        , m_done(std::move(done))
    {
    }

    const HttpRequest& request() const { return m_request; }
    void setTarget(const QByteArray& target) { m_request.target = target; }
    /// Answers and schedules its own deletion.
    void finish(const Answer& answer);

private:
    HttpRequest m_request;
    Done m_done;
};

/// Hands calls to a few keep-alive connections of one socket, in order.
class RequestQueue : public QObject {
    Q_OBJECT
public:
    static constexpr int kMostConnections = 16;
    static constexpr int kKeptIdle = 4;

    explicit RequestQueue(QString socketPath, QObject* parent = nullptr);
    ~RequestQueue() override;

    /// @p call is deleted by finish(); deleting it before gives it up.
    void add(HttpCall* call);

private:
    class Worker;

    void next();
    void drop(Worker* worker);

    QString m_socketPath;
    QList<QPointer<HttpCall>> m_waiting;
    QList<Worker*> m_workers;
};

} // namespace portlight::client
