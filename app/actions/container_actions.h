#pragma once

#include "app/actions/permission.h"
#include "app/client/engine_client.h"
#include "app/models/container_model.h"

#include <QObject>

#include <memory>

namespace portlight::actions {

enum class ContainerAction { Start, Stop, Restart, Kill, Remove };

/// What a user can do to containers. Marks their rows in the model while an answer is due, and
/// their failures.
class ContainerActions : public QObject {
    Q_OBJECT
public:
    /// Both must outlive this object.
    ContainerActions(
        client::EngineClient& client, models::ContainerModel& model, QObject* parent = nullptr);

    /// Nothing is allowed without an engine.
    void setEngineAvailable(bool available);

    /// Translated verb for menus and buttons: "Stop".
    static QString title(ContainerAction action);
    /// Allowed when at least one container of @p ids can take it.
    Permission permission(ContainerAction action, const QStringList& ids) const;
    Permission createPermission() const;
    Confirmation confirmation(ContainerAction action, const QStringList& ids) const;

    /// Does it to those of @p ids that can take it, a few at a time; finished() says how it went.
    void run(ContainerAction action, const QStringList& ids);
    /// Makes a container and starts it if asked. created() or createFailed() follows; a container
    /// that was made but not started gives both created() and startFailed().
    void create(const client::CreateContainerRequest& request, bool start);

signals:
    void finished(portlight::actions::ContainerAction action,
        const portlight::actions::ActionSummary& summary);
    void created(const QString& id, const QString& name);
    void createFailed(const portlight::client::ApiError& error);
    void startFailed(const QString& id, const portlight::client::ApiError& error);
    /// Permissions may differ from now on.
    void permissionsChanged();

private:
    struct Batch;
    bool canTake(ContainerAction action, const models::ContainerRow& row) const;
    QString obstacle(ContainerAction action, const models::ContainerRow& row) const;
    void runNext(const std::shared_ptr<Batch>& batch);
    void send(ContainerAction action, const QString& id,
        client::EngineClient::Callback<client::Done> done);
    void restartInSteps(const QString& id, client::EngineClient::Callback<client::Done> done);

    client::EngineClient& m_client;
    models::ContainerModel& m_model;
    bool m_isEngineAvailable = false;
    bool m_restartsInSteps = false; ///< the engine lacks the restart call
};

} // namespace portlight::actions
