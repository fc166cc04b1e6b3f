#include "app/session/connection.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <algorithm>

namespace portlight::session {

using namespace std::chrono_literals;

namespace {
constexpr auto kProbeTimeout = 5s;
constexpr auto kStartTimeout = 20s;
constexpr auto kFirstPoll = 20ms;
constexpr auto kLongestPoll = 500ms;
constexpr auto kFirstBackoff = 500ms;
constexpr auto kLongestBackoff = 15'000ms;
constexpr auto kCountdown = 1s;
constexpr int kStartsAMinute = 3;
} // namespace

class Connection::Private {
public:
    Private(Connection* owner, client::EngineClient& engine, std::unique_ptr<EngineProcess> started)
        : q(owner)
        , client(engine)
        , process(std::move(started))
    {
        for (QTimer* timer : { &probeTimer, &pollTimer, &backoffTimer })
            timer->setSingleShot(true);
        QObject::connect(&pollTimer, &QTimer::timeout, q, [this] { probe(); });
        QObject::connect(&probeTimer, &QTimer::timeout, q, [this] {
            call.cancel();
            handleSilence({ client::ApiError::Cause::Unreachable, 0,
                QStringLiteral("the engine does not answer within %1 seconds")
                    .arg(kProbeTimeout.count()) });
        });
        QObject::connect(&backoffTimer, &QTimer::timeout, q, [this] { tryAgain(); });
        countdown.setInterval(kCountdown);
        QObject::connect(&countdown, &QTimer::timeout, q,
            [this] { set(ConnectionState::Unreachable, status.reason); });
        if (process) {
            QObject::connect(process.get(), &EngineProcess::startFailed, q,
                [this](const QString& reason) { giveUpStart(reason); });
            QObject::connect(process.get(), &EngineProcess::ended, q,
                [this](const QString& reason) { handleEnded(reason); });
        }
    }

    void set(ConnectionState state, const QString& reason = {});
    void connectNow();
    void tryAgain();
    void probe();
    void handleAnswer(const client::EngineVersion& version);
    void handleSilence(const client::ApiError& error);
    bool mayStart();
    void startEngine();
    void giveUpStart(const QString& reason);
    void handleEnded(const QString& reason);
    void waitAndRetry(const QString& reason);
    void stopTimers();

    Connection* q;
    client::EngineClient& client;
    std::unique_ptr<EngineProcess> process;
    ConnectionStatus status;
    client::RequestHandle call;
    QTimer probeTimer;
    QTimer pollTimer;
    QTimer backoffTimer;
    QTimer countdown; ///< while backoffTimer runs, for those who show how long it will
    std::chrono::milliseconds poll = kFirstPoll;
    std::chrono::milliseconds backoff = kFirstBackoff;
    QDeadlineTimer startDeadline;
    QList<QDeadlineTimer> recentStarts;
    bool isCheckWanted = false; ///< a feed broke while a probe was under way
    bool isStopped = false; ///< the user ended the engine: it stays so
};

Connection::Connection(
    client::EngineClient& client, std::unique_ptr<EngineProcess> process, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, client, std::move(process)))
{
}
Connection::~Connection() = default;

const ConnectionStatus& Connection::status() const
{
    return d->status;
}
client::EngineClient& Connection::client() const
{
    return d->client;
}
EngineProcess* Connection::process() const
{
    return d->process.get();
}

void Connection::Private::stopTimers()
{
    call.cancel();
    probeTimer.stop();
    pollTimer.stop();
    backoffTimer.stop();
    countdown.stop();
}

void Connection::Private::set(ConnectionState state, const QString& reason)
{
    ConnectionStatus next;
    next.state = state;
    next.reason = reason;
    if (state == ConnectionState::Running)
        next.version = status.version;
    if (state == ConnectionState::Unreachable) {
        next.engineOutput = process ? process->lastLines() : QStringList();
        if (backoffTimer.isActive())
            next.secondsToRetry = int((backoffTimer.remainingTime() + 999) / 1000);
    }
    if (next == status)
        return;
    const bool wasRunning = status.state == ConnectionState::Running;
    status = next;
    const QPointer<Connection> guard(q);
    emit q->statusChanged(status);
    if (guard && wasRunning && state != ConnectionState::Running)
        emit q->engineLost();
}

void Connection::Private::connectNow()
{
    stopTimers();
    poll = kFirstPoll;
    set(ConnectionState::Connecting);
    probe();
}

// Nothing new is known yet: what says why the engine is away stays in sight meanwhile.
void Connection::Private::tryAgain()
{
    stopTimers();
    set(ConnectionState::Unreachable, status.reason);
    probe();
}

void Connection::Private::probe()
{
    probeTimer.start(kProbeTimeout);
    call = client.ping(q, [this](const client::Expected<QString>& pong) {
        if (!pong) {
            handleSilence(pong.error());
            return;
        }
        call = client.version(q, [this](const client::Expected<client::EngineVersion>& version) {
            if (version)
                handleAnswer(*version);
            else
                handleSilence(version.error());
        });
    });
}

void Connection::Private::handleAnswer(const client::EngineVersion& version)
{
    stopTimers();
    backoff = kFirstBackoff;
    const bool wasRunning = status.state == ConnectionState::Running;
    const bool isAnswerOld = std::exchange(isCheckWanted, false);
    if (wasRunning && status.version == version) {
        // The engine may have ended after it wrote this answer, which is why the feed broke.
        if (isAnswerOld)
            probe();
        return;
    }
    status.version = version;
    status.state = ConnectionState::Running;
    status.reason.clear();
    status.engineOutput.clear();
    status.secondsToRetry = 0;
    const QPointer<Connection> guard(q);
    emit q->statusChanged(status);
    if (guard)
        emit q->engineFound();
}

bool Connection::Private::mayStart()
{
    recentStarts.removeIf([](const QDeadlineTimer& start) { return start.hasExpired(); });
    return process && !isStopped && !process->isRunning() && recentStarts.size() < kStartsAMinute;
}

void Connection::Private::handleSilence(const client::ApiError& error)
{
    probeTimer.stop();
    const bool isNobody = error.cause == client::ApiError::Cause::Unreachable;
    if (status.state == ConnectionState::Running) {
        // The feeds' connections broke too: from the start, at once.
        connectNow();
        return;
    }
    if (status.state == ConnectionState::Starting && isNobody && !startDeadline.hasExpired()) {
        pollTimer.start(poll);
        poll = std::min<std::chrono::milliseconds>(poll * 2, kLongestPoll);
        return;
    }
    const bool isLooking =
        status.state == ConnectionState::Connecting || status.state == ConnectionState::Unreachable;
    if (isLooking && isNobody && mayStart())
        startEngine();
    else
        waitAndRetry(error.message);
}

void Connection::Private::startEngine()
{
    recentStarts.append(QDeadlineTimer(60s));
    startDeadline.setRemainingTime(kStartTimeout);
    set(ConnectionState::Starting);
    process->start();
    pollTimer.start(poll);
}

void Connection::Private::giveUpStart(const QString& reason)
{
    if (status.state == ConnectionState::Starting)
        waitAndRetry(reason);
}

void Connection::Private::handleEnded(const QString& reason)
{
    if (status.state == ConnectionState::Starting)
        waitAndRetry(reason);
    else if (status.state == ConnectionState::Running)
        q->check();
}

void Connection::Private::waitAndRetry(const QString& reason)
{
    stopTimers();
    if (!isStopped) {
        backoffTimer.start(backoff);
        countdown.start();
        backoff = std::min<std::chrono::milliseconds>(backoff * 2, kLongestBackoff);
    }
    set(ConnectionState::Unreachable, reason);
}

void Connection::open()
{
    d->isStopped = false;
    if (d->status.state == ConnectionState::Idle)
        d->connectNow();
}

void Connection::close()
{
    d->stopTimers();
    d->set(ConnectionState::Idle);
}

void Connection::retry()
{
    d->isStopped = false;
    d->recentStarts.clear();
    d->backoff = kFirstBackoff;
    if (d->status.state != ConnectionState::Running)
        d->connectNow();
}

void Connection::stopEngine()
{
    if (!d->process || !d->process->isRunning())
        return;
    d->isStopped = true;
    d->process->stop();
}

void Connection::check()
{
    if (d->status.state != ConnectionState::Running)
        return;
    if (d->probeTimer.isActive())
        d->isCheckWanted = true;
    else
        d->probe();
}

} // namespace portlight::session
