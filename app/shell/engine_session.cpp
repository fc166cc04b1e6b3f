#include "app/shell/engine_session.h"

namespace portlight::shell {

namespace {

std::unique_ptr<session::EngineProcess> processFor(
    const client::EngineAddress& address, bool mayStartEngine)
{
    if (!mayStartEngine)
        return nullptr;
    return std::make_unique<session::EngineProcess>(session::EngineLaunch::forAddress(address));
}

} // namespace

EngineSession::EngineSession(
    const client::EngineAddress& address, bool mayStartEngine, QObject* parent)
    : QObject(parent)
    , client(address)
    , connection(client, processFor(address, mayStartEngine))
    , resources(connection)
    , stats(connection)
    , containerActions(client, containers)
    , imageActions(client, images)
    , archives(client, tasks)
{
    using session::Connection;
    using session::ResourceFeed;
    connect(&resources, &ResourceFeed::containersChanged, this, &EngineSession::onContainers);
    connect(&resources, &ResourceFeed::imagesChanged, this, [this](const auto& snapshot) {
        images.applySnapshot(snapshot);
        emit imagesLoaded();
    });
    connect(&stats, &session::StatsFeed::ticked, this, [this](const client::StatsTick& tick) {
        containers.applyStats(tick);
        history.applyStats(tick);
    });
    connect(&connection, &Connection::engineFound, this, [this] {
        containerActions.setEngineAvailable(true);
        imageActions.setEngineAvailable(true);
        readInfo();
    });
    connect(&connection, &Connection::engineLost, this, [this] {
        containerActions.setEngineAvailable(false);
        imageActions.setEngineAvailable(false);
        containers.clearStats();
    });
}

EngineSession::~EngineSession()
{
    // Members die in reverse order and still signal each other: nothing of it concerns us any more.
    connection.disconnect(this);
    resources.disconnect(this);
    stats.disconnect(this);
}

void EngineSession::setWatching(bool watches)
{
    if (watches == m_subscription.has_value())
        return;
    if (watches)
        m_subscription = stats.subscribe();
    else
        m_subscription.reset();
}

void EngineSession::onContainers(const QList<client::ContainerSummary>& snapshot)
{
    containers.applySnapshot(snapshot);
    QSet<QString> ids;
    QHash<QString, int> usage;
    for (const client::ContainerSummary& container : snapshot) {
        ids.insert(container.id);
        ++usage[container.imageId];
    }
    history.keepOnly(ids);
    images.applyUsage(usage);
    emit containersLoaded();
}

void EngineSession::readInfo()
{
    client.info(this, [this](client::Expected<client::EngineInfo> info) {
        if (info) {
            m_info = *info;
            emit infoChanged();
        }
    });
}

} // namespace portlight::shell
