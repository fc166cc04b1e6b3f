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
    , volumeActions(client, volumes)
    , networkActions(client, networks)
    , archives(client, tasks)
    , pulls(client, tasks)
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
    connectStores();
    connect(&connection, &Connection::engineFound, this, [this] {
        for (actions::ResourceActions* each : allActions())
            each->setEngineAvailable(true);
        pulls.forgetSupport();
        readInfo();
    });
    connect(&connection, &Connection::engineLost, this, [this] {
        for (actions::ResourceActions* each : allActions())
            each->setEngineAvailable(false);
        containers.clearStats();
    });
}

QList<actions::ResourceActions*> EngineSession::allActions()
{
    return { &containerActions, &imageActions, &volumeActions, &networkActions };
}

void EngineSession::connectStores()
{
    using session::ResourceFeed;
    connect(&resources, &ResourceFeed::volumesChanged, this, [this](const auto& snapshot) {
        volumes.applySnapshot(snapshot);
        setSupport(m_hasVolumes, true);
        emit volumesLoaded();
    });
    connect(&resources, &ResourceFeed::networksChanged, this, [this](const auto& snapshot) {
        networks.applySnapshot(snapshot);
        setSupport(m_hasNetworks, true);
        emit networksLoaded();
    });
    connect(&resources, &ResourceFeed::volumesFailed, this, [this](const client::ApiError& error) {
        if (error.isUnsupported())
            setSupport(m_hasVolumes, false);
    });
    connect(&resources, &ResourceFeed::networksFailed, this, [this](const client::ApiError& error) {
        if (error.isUnsupported())
            setSupport(m_hasNetworks, false);
    });
}

void EngineSession::setSupport(bool& has, bool value)
{
    if (std::exchange(has, value) != value)
        emit supportChanged();
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
    QHash<QString, QStringList> volumeUsers;
    QHash<QString, QStringList> members;
    for (const client::ContainerSummary& container : snapshot) {
        ids.insert(container.id);
        ++usage[container.imageId];
        for (const QString& volume : container.volumes)
            volumeUsers[volume].append(container.name);
        if (!container.isRunning()) // not connected at present
            continue;
        for (auto network = container.networks.begin(); network != container.networks.end();
            ++network)
            members[network.key()].append(container.name);
    }
    volumes.applyUsers(volumeUsers);
    networks.applyMembers(members);
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
