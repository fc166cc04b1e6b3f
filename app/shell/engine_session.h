#pragma once

#include "app/actions/archive_tasks.h"
#include "app/actions/container_actions.h"
#include "app/actions/image_actions.h"
#include "app/actions/pull_tasks.h"
#include "app/actions/store_actions.h"
#include "app/actions/task_list.h"
#include "app/models/container_model.h"
#include "app/models/image_model.h"
#include "app/models/recent_archives.h"
#include "app/models/stats_history.h"
#include "app/session/connection.h"
#include "app/session/resource_feed.h"
#include "app/session/stats_feed.h"

#include <QObject>

#include <optional>

namespace portlight::shell {

/// Everything of one engine that outlives a page: client, feeds, models, actions, joined here.
class EngineSession : public QObject {
    Q_OBJECT

public:
    EngineSession(
        const client::EngineAddress& address, bool mayStartEngine, QObject* parent = nullptr);
    ~EngineSession() override;

    /// Live figures are only read while somebody looks.
    void setWatching(bool watches);
    /// Whether this engine has such things at all; true until it says that it does not.
    bool hasVolumes() const { return m_hasVolumes; }
    bool hasNetworks() const { return m_hasNetworks; }
    const std::optional<client::EngineInfo>& info() const { return m_info; }

    client::EngineClient client;
    session::Connection connection;
    session::ResourceFeed resources;
    session::StatsFeed stats;
    models::ContainerModel containers;
    models::ImageModel images;
    models::VolumeModel volumes;
    models::NetworkModel networks;
    models::StatsHistory history;
    models::RecentArchives recentArchives;
    actions::TaskList tasks;
    actions::ContainerActions containerActions;
    actions::ImageActions imageActions;
    actions::VolumeActions volumeActions;
    actions::NetworkActions networkActions;
    actions::ArchiveTasks archives;
    actions::PullTasks pulls;

signals:
    void containersLoaded();
    void imagesLoaded();
    void volumesLoaded();
    void networksLoaded();
    /// hasVolumes() or hasNetworks() may differ from now on.
    void supportChanged();
    /// What the engine said of itself was read anew.
    void infoChanged();

private:
    void onContainers(const QList<client::ContainerSummary>& snapshot);
    void readInfo();
    void setSupport(bool& has, bool value);
    void connectStores();
    QList<actions::ResourceActions*> allActions();

    std::optional<session::StatsFeed::Subscription> m_subscription;
    std::optional<client::EngineInfo> m_info;
    bool m_hasVolumes = true;
    bool m_hasNetworks = true;
};

} // namespace portlight::shell
