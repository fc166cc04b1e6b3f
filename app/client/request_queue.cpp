#include "app/client/request_queue.h"

#include <algorithm>

namespace portlight::client {

void RequestHandle::cancel()
{
    delete m_call;
}

void HttpCall::finish(const Answer& answer)
{
    // The callback may cancel this very call.
    deleteLater();
    if (const Done done = std::exchange(m_done, nullptr))
        done(answer);
}

/// A connection and the call it works on.
class RequestQueue::Worker : public QObject {
public:
    explicit Worker(RequestQueue& queue)
        : QObject(&queue)
        , m_queue(queue)
        , m_connection(queue.m_socketPath)
    {
        connect(&m_connection, &HttpConnection::headReceived, this,
            [this](const HttpHead& head) { m_answer.head = head; });
        connect(&m_connection, &HttpConnection::bodyReceived, this, &Worker::takeBody);
        connect(&m_connection, &HttpConnection::finished, this, &Worker::end);
        connect(&m_connection, &HttpConnection::failed, this, &Worker::handleFailure);
        connect(&m_connection, &HttpConnection::closed, this, [this] { m_queue.drop(this); });
    }

    bool isFree() const { return m_call.isNull() && m_connection.isIdle(); }
    bool isOpen() const { return m_connection.isOpen(); }

    void start(HttpCall* call)
    {
        m_call = call;
        m_answer = {};
        // A call that was given up must not hold the connection for its answer.
        connect(call, &QObject::destroyed, this, [this] {
            if (m_connection.isIdle())
                return;
            m_connection.abort();
            QMetaObject::invokeMethod(&m_queue, &RequestQueue::next, Qt::QueuedConnection);
        });
        m_connection.send(call->request());
    }

private:
    void takeBody(const QByteArray& bytes)
    {
        m_answer.body += bytes;
        if (m_answer.body.size() <= HttpCall::kBodyLimit)
            return;
        m_connection.abort();
        m_answer.error = ApiError { ApiError::Cause::Protocol, m_answer.head.status,
            QStringLiteral("the engine's answer is too large") };
        end();
    }

    void handleFailure(const ApiError& error)
    {
        // The engine may close a kept connection just as we write. Only GETs go over one, and
        // asking those twice does no harm.
        if (m_call && m_connection.wasReused() && !m_connection.hasAnswered()) {
            m_connection.send(m_call->request());
            return;
        }
        m_answer.error = error;
        end();
    }

    void end()
    {
        const QPointer<HttpCall> call = std::exchange(m_call, nullptr);
        const HttpCall::Answer answer = std::exchange(m_answer, {});
        const QPointer<RequestQueue> queue = &m_queue;
        if (call) {
            call->disconnect(this);
            call->finish(answer);
        }
        if (queue)
            queue->next();
    }

    RequestQueue& m_queue;
    HttpConnection m_connection;
    QPointer<HttpCall> m_call;
    HttpCall::Answer m_answer;
};

RequestQueue::RequestQueue(QString socketPath, QObject* parent)
    : QObject(parent)
    , m_socketPath(std::move(socketPath))
{
}

RequestQueue::~RequestQueue()
{
    qDeleteAll(std::exchange(m_workers, {}));
}

void RequestQueue::add(HttpCall* call)
{
    m_waiting.append(call);
    next();
}

void RequestQueue::next()
{
    while (!m_waiting.isEmpty()) {
        if (m_waiting.first().isNull()) {
            m_waiting.removeFirst();
            continue;
        }
        const auto best = std::ranges::max_element(m_workers, {},
            [](const Worker* worker) { return worker->isFree() ? (worker->isOpen() ? 2 : 1) : 0; });
        Worker* worker = best != m_workers.end() && (*best)->isFree() ? *best : nullptr;
        if (worker == nullptr && m_workers.size() >= kMostConnections)
            return;
        if (worker == nullptr)
            m_workers.append(worker = new Worker(*this));
        worker->start(m_waiting.takeFirst());
    }
    const auto idle = std::ranges::count_if(m_workers, [](const Worker* w) { return w->isFree(); });
    if (idle > kKeptIdle)
        if (const auto extra = std::ranges::find_if(
                m_workers, [](const Worker* worker) { return worker->isFree(); });
            extra != m_workers.end())
            drop(*extra);
}

void RequestQueue::drop(Worker* worker)
{
    if (m_workers.removeOne(worker))
        worker->deleteLater();
}

} // namespace portlight::client
