#include "app/session/resource_feed.h"

#include <QElapsedTimer>
#include <QTimer>

namespace portlight::session {

using namespace std::chrono_literals;

namespace {

constexpr auto kDebounce = 60ms;
constexpr auto kLeastGap = 250ms;
constexpr auto kReconcile = 60s;

/// One list that is read again on demand: soon, but not too often, and one request at a time.
class Refresher : public QObject {
public:
    using Read = std::function<client::RequestHandle(std::function<void()> done)>;

    Refresher(Read read, QObject* parent)
        : QObject(parent)
        , m_read(std::move(read))
    {
        m_timer.setSingleShot(true);
        connect(&m_timer, &QTimer::timeout, this, [this] { readNow(); });
    }

    void requestRead()
    {
        if (m_call.isPending())
            m_isWantedAgain = true;
        else if (!m_timer.isActive())
            m_timer.start(delay());
    }
    void readNow()
    {
        m_timer.stop();
        if (m_call.isPending()) {
            m_isWantedAgain = true;
            return;
        }
        m_isWantedAgain = false;
        m_sinceRead.start();
        m_call = m_read([this] {
            m_call = {};
            if (m_isWantedAgain)
                m_timer.start(delay());
        });
    }
    void stop()
    {
        m_timer.stop();
        m_call.cancel();
        m_isWantedAgain = false;
    }

private:
    std::chrono::milliseconds delay() const
    {
        if (!m_sinceRead.isValid())
            return kDebounce;
        const std::chrono::milliseconds passed(m_sinceRead.elapsed());
        return std::max<std::chrono::milliseconds>(kDebounce, kLeastGap - passed);
    }

    Read m_read;
    QTimer m_timer;
    QElapsedTimer m_sinceRead;
    client::RequestHandle m_call;
    bool m_isWantedAgain = false;
};

/// Actions that change no list; a container's output can cause many of them.
bool isNoise(const client::EngineEvent& event)
{
    return event.action.startsWith(QLatin1String("exec_")) || event.action == QLatin1String("top")
        || event.action == QLatin1String("attach") || event.action == QLatin1String("resize")
        || event.action == QLatin1String("save");
}

} // namespace

class ResourceFeed::Private {
public:
    Private(ResourceFeed* owner, Connection& engine);

    void start();
    void stop();
    void handleEvent(const client::EngineEvent& event);
    /// How one list is read and told.
    template <typename List>
    Refresher::Read reader(client::RequestHandle (client::EngineClient::*list)(
                               QObject*, client::EngineClient::Callback<List>),
        void (ResourceFeed::*changed)(const List&),
        void (ResourceFeed::*failed)(const client::ApiError&))
    {
        return [this, list, changed, failed](const std::function<void()>& done) {
            return (connection.client().*list)(
                q, [this, changed, failed, done](const client::Expected<List>& answer) {
                    done();
                    if (answer)
                        emit(q->*changed)(*answer);
                    else
                        emit(q->*failed)(answer.error());
                });
        };
    }

    ResourceFeed* q;
    Connection& connection;
    Refresher containers;
    Refresher images;
    Refresher volumes;
    Refresher networks;
    QTimer reconcile;
    std::unique_ptr<client::EventStream> events;
};

ResourceFeed::Private::Private(ResourceFeed* owner, Connection& engine)
    : q(owner)
    , connection(engine)
    , containers(reader(&client::EngineClient::listContainers, &ResourceFeed::containersChanged,
                     &ResourceFeed::containersFailed),
          nullptr)
    , images(reader(&client::EngineClient::listImages, &ResourceFeed::imagesChanged,
                 &ResourceFeed::imagesFailed),
          nullptr)
    , volumes(reader(&client::EngineClient::listVolumes, &ResourceFeed::volumesChanged,
                  &ResourceFeed::volumesFailed),
          nullptr)
    , networks(reader(&client::EngineClient::listNetworks, &ResourceFeed::networksChanged,
                   &ResourceFeed::networksFailed),
          nullptr)
{
    reconcile.setInterval(kReconcile);
    reconcile.setTimerType(Qt::VeryCoarseTimer);
    QObject::connect(&reconcile, &QTimer::timeout, q, [this] { q->refresh(); });
    QObject::connect(&connection, &Connection::engineFound, q, [this] { start(); });
    QObject::connect(&connection, &Connection::engineLost, q, [this] { stop(); });
}

void ResourceFeed::Private::start()
{
    stop();
    events.reset(connection.client().events(nullptr));
    QObject::connect(events.get(), &client::EventStream::eventReceived, q,
        [this](const client::EngineEvent& event) { handleEvent(event); });
    // What happened before the stream was open is in neither stream nor an older list.
    QObject::connect(events.get(), &client::EventStream::opened, q, [this] { q->refresh(); });
    QObject::connect(events.get(), &client::EventStream::failed, q, [this] { connection.check(); });
    reconcile.start();
    q->refresh();
}

void ResourceFeed::Private::stop()
{
    if (events) {
        events->disconnect(q);
        events.release()->deleteLater(); // it may be what called us
    }
    reconcile.stop();
    for (Refresher* list : { &containers, &images, &volumes, &networks })
        list->stop();
}

void ResourceFeed::Private::handleEvent(const client::EngineEvent& event)
{
    if (!isNoise(event)) {
        const bool isContainer = event.type == QLatin1String("container");
        const bool changesUse = isContainer
            && (event.action == QLatin1String("create")
                || event.action == QLatin1String("destroy"));
        const bool isNetwork = event.type == QLatin1String("network");
        if (isContainer || isNetwork) // who is connected stands in the list of containers
            containers.requestRead();
        if (event.type == QLatin1String("image") || changesUse)
            images.requestRead();
        if (event.type == QLatin1String("volume") || changesUse)
            volumes.requestRead();
        if (isNetwork)
            networks.requestRead();
    }
    emit q->eventReceived(event);
}

ResourceFeed::ResourceFeed(Connection& connection, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(this, connection))
{
    if (connection.isRunning())
        d->start();
}

ResourceFeed::~ResourceFeed()
{
    d->stop();
}

void ResourceFeed::refresh()
{
    if (!d->connection.isRunning())
        return;
    for (Refresher* list : { &d->containers, &d->images, &d->volumes, &d->networks })
        list->readNow();
}

} // namespace portlight::session
