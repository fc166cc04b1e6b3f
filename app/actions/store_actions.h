#pragma once

#include "app/actions/resource_actions.h"
#include "app/models/network_model.h"
#include "app/models/volume_model.h"

namespace portlight::actions {

/// What a user can do to volumes.
class VolumeActions : public ResourceActions {
    Q_OBJECT
public:
    /// Both must outlive this object.
    VolumeActions(
        client::EngineClient& client, models::VolumeModel& model, QObject* parent = nullptr);

    Permission removePermission(const QStringList& names) const;
    Confirmation removeConfirmation(const QStringList& names) const;
    /// Removes those that no container has; removed() says how it went.
    void remove(const QStringList& names);
    /// created() or createFailed() follows. An empty @p name leaves it to the engine.
    void create(const QString& name);

signals:
    void removed(const portlight::actions::ActionSummary& summary);
    void created(const QString& name);
    void createFailed(const portlight::client::ApiError& error);

private:
    bool canRemove(const models::VolumeRow& row) const;

    models::VolumeModel& m_model;
};

/// What a user can do to networks.
class NetworkActions : public ResourceActions {
    Q_OBJECT
public:
    /// Both must outlive this object.
    NetworkActions(
        client::EngineClient& client, models::NetworkModel& model, QObject* parent = nullptr);

    Permission removePermission(const QStringList& ids) const;
    Confirmation removeConfirmation(const QStringList& ids) const;
    /// Removes those that nobody is connected to; removed() says how it went.
    void remove(const QStringList& ids);
    /// created() or createFailed() follows.
    void create(const client::CreateNetworkRequest& request);

signals:
    void removed(const portlight::actions::ActionSummary& summary);
    void created(const QString& name);
    void createFailed(const portlight::client::ApiError& error);

private:
    QString obstacle(const models::NetworkRow& row) const;

    models::NetworkModel& m_model;
};

/// "10.5.0.0/24" or "fd00:5::/64": an address and a length that fits it.
bool isSubnet(const QString& text);
/// Whether the address @p gateway lies in @p subnet.
bool isInSubnet(const QString& gateway, const QString& subnet);

} // namespace portlight::actions
