#include "app/session/stats_feed.h"

#include <QTimer>

namespace portlight::session {

using namespace std::chrono_literals;

class StatsFeed::Private {
public:
    void update();
    void open();
    void close();
    void setAvailability(Availability next);

    StatsFeed* q = nullptr;
    Connection* connection = nullptr;
    std::chrono::milliseconds interval {};
    std::unique_ptr<client::StatsStream> stream;
    QTimer retry;
    std::weak_ptr<void> interest;
    Availability availability = Availability::Unknown;
};

StatsFeed::StatsFeed(Connection& connection, std::chrono::milliseconds interval, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->q = this;
    d->connection = &connection;
    d->interval = interval;
    d->retry.setSingleShot(true);
    d->retry.setInterval(2s);
    connect(&d->retry, &QTimer::timeout, this, [this] { d->update(); });
    connect(&connection, &Connection::engineFound, this, [this] {
        d->close();
        d->setAvailability(Availability::Unknown); // it may be another engine
        d->update();
    });
    connect(&connection, &Connection::engineLost, this, [this] {
        d->close();
        d->setAvailability(Availability::Unknown);
    });
}

StatsFeed::~StatsFeed()
{
    d->close();
}

StatsFeed::Availability StatsFeed::availability() const
{
    return d->availability;
}

StatsFeed::Subscription StatsFeed::subscribe()
{
    std::shared_ptr<void> token = d->interest.lock();
    if (!token) {
        // Counts only; the last one to go may do so when the feed is gone already.
        token = std::shared_ptr<void>(this, [feed = QPointer(this)](void*) {
            if (feed)
                QTimer::singleShot(0, feed, [feed] { feed->d->update(); });
        });
        d->interest = token;
    }
    d->update();
    return Subscription(std::move(token));
}

void StatsFeed::Private::update()
{
    if (interest.expired() || !connection->isRunning()) {
        close();
        return;
    }
    if (!stream && availability != Availability::Unsupported)
        open();
}

void StatsFeed::Private::open()
{
    retry.stop();
    stream.reset(connection->client().stats(interval, nullptr));
    QObject::connect(stream.get(), &client::StatsStream::ticked, q,
        [this](const client::StatsTick& tick) { emit q->ticked(tick); });
    QObject::connect(stream.get(), &client::EngineStream::opened, q,
        [this] { setAvailability(Availability::Available); });
    QObject::connect(
        stream.get(), &client::EngineStream::failed, q, [this](const client::ApiError& error) {
            // 404 on this path can only mean that there is no such call.
            if (error.isUnsupported() || error.isNotFound())
                setAvailability(Availability::Unsupported);
        });
    QObject::connect(stream.get(), &client::EngineStream::ended, q, [this] {
        close();
        if (availability != Availability::Unsupported)
            retry.start();
        connection->check();
    });
}

void StatsFeed::Private::close()
{
    retry.stop();
    if (!stream)
        return;
    stream->disconnect(q);
    stream.release()->deleteLater(); // it may be what called us
}

void StatsFeed::Private::setAvailability(Availability next)
{
    if (std::exchange(availability, next) != next)
        emit q->availabilityChanged(next);
}

} // namespace portlight::session
