#include "app/client/engine_client_p.h"
#include "app/client/stats_decode.h"
#include "app/client/stream_demux.h"
#include "app/client/stream_request.h"

#include <QTimer>

namespace portlight::client {

namespace {

constexpr std::chrono::milliseconds kFirstDelay { 250 };
constexpr std::chrono::milliseconds kLongestDelay { 10'000 };

ApiError brokenStream(const QString& what)
{
    return { ApiError::Cause::Protocol, 0,
        QStringLiteral("the engine's stream cannot be read: %1").arg(what) };
}

/// What the streams have in common: lines or bytes in, the end and failures out.
template <typename Base> class StreamOf : public Base {
public:
    StreamOf(const QString& socketPath, QObject* parent)
        : Base(parent)
        , request(socketPath, this)
    {
        QObject::connect(&request, &StreamRequest::opened, this, [this] { emit this->opened(); });
        QObject::connect(&request, &StreamRequest::bodyReceived, this,
            [this](const QByteArray& bytes) { take(bytes); });
        QObject::connect(&request, &StreamRequest::finished, this, [this] { handleFinished(); });
        QObject::connect(
            &request, &StreamRequest::failed, this, [this](const ApiError& error) { end(error); });
    }

    void open(const QByteArray& target)
    {
        request.send({ method(), target, {}, {}, std::nullopt });
    }
    virtual void end(const ApiError& error)
    {
        request.connection().abort();
        const QPointer<QObject> guard(this);
        emit this->failed(error);
        if (guard)
            emit this->ended();
    }

protected:
    virtual const char* method() const { return "GET"; }
    virtual void take(const QByteArray& bytes) = 0;
    virtual void handleFinished() { emit this->ended(); }

    StreamRequest request;
};

/// A stream of JSON objects, one a line.
template <typename Base> class JsonStream : public StreamOf<Base> {
public:
    using StreamOf<Base>::StreamOf;

protected:
    /// False ends the stream as unreadable.
    virtual std::optional<ApiError> takeLine(const QByteArray& line) = 0;

    void take(const QByteArray& bytes) override
    {
        QList<QByteArray> lines;
        if (!m_splitter.feed(bytes, lines)) {
            this->end(brokenStream(QStringLiteral("a line has no end")));
            return;
        }
        const QPointer<QObject> guard(this);
        for (const QByteArray& line : lines) {
            if (const auto error = takeLine(line)) {
                this->end(*error);
                return;
            }
            if (guard.isNull())
                return;
        }
    }
    void restartLines() { m_splitter = {}; }

private:
    LineSplitter m_splitter;
};

class EventStreamImpl : public JsonStream<EventStream> {
public:
    EventStreamImpl(EngineClient* client, const QString& socketPath, QObject* parent,
        std::function<void(EventStreamImpl*)> reopen)
        : JsonStream(socketPath, parent)
        , m_client(client)
        , m_reopen(std::move(reopen))
    {
        m_retry.setSingleShot(true);
        connect(&m_retry, &QTimer::timeout, this, [this] {
            if (m_client)
                m_reopen(this);
        });
        connect(this, &EngineStream::opened, this, [this] { m_delay = kFirstDelay; });
    }

    void end(const ApiError& error) override
    {
        request.connection().abort();
        retryLater();
        emit failed(error);
    }

protected:
    std::optional<ApiError> takeLine(const QByteArray& line) override
    {
        const auto event = json::decodeEvent(line);
        if (!event)
            return event.error();
        emit eventReceived(*event);
        return std::nullopt;
    }
    void handleFinished() override
    {
        retryLater();
        emit failed({ ApiError::Cause::Unreachable, 0,
            QStringLiteral("the engine ended its event stream") });
    }

private:
    void retryLater()
    {
        restartLines();
        m_retry.start(m_delay);
        m_delay = std::min(m_delay * 2, kLongestDelay);
    }

    QPointer<EngineClient> m_client;
    std::function<void(EventStreamImpl*)> m_reopen;
    QTimer m_retry;
    std::chrono::milliseconds m_delay = kFirstDelay;
};

class StatsStreamImpl : public JsonStream<StatsStream> {
public:
    using JsonStream::JsonStream;

protected:
    std::optional<ApiError> takeLine(const QByteArray& line) override
    {
        const auto tick = json::decodeStatsTick(line);
        if (!tick)
            return tick.error();
        emit ticked(*tick);
        return std::nullopt;
    }
};

class ContainerStatsStreamImpl : public JsonStream<ContainerStatsStream> {
public:
    using JsonStream::JsonStream;

protected:
    std::optional<ApiError> takeLine(const QByteArray& line) override
    {
        const auto sample = m_decoder.decode(line);
        if (!sample)
            return sample.error();
        emit sampled(sample->read, sample->stats);
        return std::nullopt;
    }

private:
    json::ContainerStatsDecoder m_decoder;
};

class PullStreamImpl : public JsonStream<PullStream> {
public:
    using JsonStream::JsonStream;

protected:
    const char* method() const override { return "POST"; }
    std::optional<ApiError> takeLine(const QByteArray& line) override
    {
        const auto progress = json::decodePullProgress(line);
        if (!progress)
            return progress.error();
        emit progressed(*progress);
        return std::nullopt;
    }
};

class LogStreamImpl : public StreamOf<LogStream> {
public:
    LogStreamImpl(const QString& socketPath, bool isRaw, QObject* parent)
        : StreamOf(socketPath, parent)
        , m_isRaw(isRaw)
    {
    }
    void setPaused(bool paused) override { request.connection().setPaused(paused); }

protected:
    void take(const QByteArray& bytes) override
    {
        const QByteArray type = request.head().field("content-type");
        if (type.contains("raw-stream") ? !type.contains("multiplexed") && m_isRaw : m_isRaw) {
            emit received({ LogSource::Stdout, bytes });
            return;
        }
        QList<LogFrame> frames;
        const bool isGood = m_demux.feed(bytes, frames);
        const QPointer<QObject> guard(this);
        for (const LogFrame& frame : frames) {
            emit received(frame);
            if (guard.isNull())
                return;
        }
        if (!isGood)
            end(brokenStream(QStringLiteral("a frame names no source")));
    }
    void handleFinished() override
    {
        if (m_isRaw || m_demux.isAtBoundary())
            emit ended();
        else
            end(brokenStream(QStringLiteral("it ends inside a frame")));
    }

private:
    bool m_isRaw;
    StreamDemux m_demux;
};

QByteArray logQuery(const LogOptions& options)
{
    QByteArray query = "?stdout=1&stderr=1&follow=";
    query += options.follows ? "1" : "0";
    query += options.withTimestamps ? "&timestamps=1" : "&timestamps=0";
    query += "&tail=" + (options.tail ? QByteArray::number(*options.tail) : QByteArray("all"));
    const auto seconds = [](const QDateTime& time) {
        return QByteArray::number(double(time.toMSecsSinceEpoch()) / 1000.0, 'f', 3);
    };
    if (options.since.isValid())
        query += "&since=" + seconds(options.since);
    if (options.until.isValid())
        query += "&until=" + seconds(options.until);
    return query;
}

} // namespace

EventStream* EngineClient::events(QObject* parent)
{
    const auto reopen = [this](EventStreamImpl* stream) {
        d->whenNegotiated(stream, [stream](const Expected<QByteArray>& prefix) {
            if (prefix)
                stream->open(*prefix + "/events");
            else
                stream->end(prefix.error());
        });
    };
    auto* stream = new EventStreamImpl(this, d->address.socketPath, parent, reopen);
    QTimer::singleShot(0, stream, [guard = QPointer(this), reopen, stream] {
        if (guard)
            reopen(stream);
    });
    return stream;
}

namespace {

/// Opens a versioned stream from the event loop, when the client knows the version.
template <typename Stream, typename Negotiate>
Stream* openLater(Stream* stream, const QByteArray& target, Negotiate negotiate)
{
    QTimer::singleShot(0, stream, [stream, target, negotiate] {
        negotiate(stream, [stream, target](const Expected<QByteArray>& prefix) {
            if (prefix)
                stream->open(*prefix + target);
            else
                stream->end(prefix.error());
        });
    });
    return stream;
}

} // namespace

LogStream* EngineClient::logs(const QString& reference, const LogOptions& options, QObject* parent)
{
    return openLater(new LogStreamImpl(d->address.socketPath, options.isRaw, parent),
        "/containers/" + pathSegment(reference) + "/logs" + logQuery(options),
        [guard = QPointer(this)](QObject* stream, auto ready) {
            if (guard)
                guard->d->whenNegotiated(stream, ready);
        });
}

ContainerStatsStream* EngineClient::containerStats(const QString& reference, QObject* parent)
{
    return openLater(new ContainerStatsStreamImpl(d->address.socketPath, parent),
        "/containers/" + pathSegment(reference) + "/stats?stream=1",
        [guard = QPointer(this)](QObject* stream, auto ready) {
            if (guard)
                guard->d->whenNegotiated(stream, ready);
        });
}

PullStream* EngineClient::pullImage(const QString& reference, QObject* parent)
{
    // As docker asks: name and tag apart, a digest in the tag's place.
    const qsizetype at = reference.indexOf(QLatin1Char('@'));
    const qsizetype colon = reference.lastIndexOf(QLatin1Char(':'));
    qsizetype cut = at;
    if (at < 0 && colon > reference.lastIndexOf(QLatin1Char('/')))
        cut = colon;
    const QString name = cut < 0 ? reference : reference.left(cut);
    const QString tag = cut < 0 ? QStringLiteral("latest") : reference.mid(cut + 1);
    return openLater(new PullStreamImpl(d->address.socketPath, parent),
        "/images/create?fromImage=" + queryValue(name) + "&tag=" + queryValue(tag),
        [guard = QPointer(this)](QObject* stream, auto ready) {
            if (guard)
                guard->d->whenNegotiated(stream, ready);
        });
}

PullStream* EngineClient::post(const QByteArray& target, QObject* parent)
{
    auto* stream = new PullStreamImpl(d->address.socketPath, parent);
    QTimer::singleShot(0, stream, [stream, target] { stream->open(target); });
    return stream;
}

StatsStream* EngineClient::stats(std::chrono::milliseconds interval, QObject* parent)
{
    auto* stream = new StatsStreamImpl(d->address.socketPath, parent);
    const QByteArray target =
        "/portlight/v1/stats?interval=" + QByteArray::number(qint64(interval.count()));
    QTimer::singleShot(0, stream, [stream, target] { stream->open(target); });
    return stream;
}

} // namespace portlight::client
