#pragma once

#include "app/actions/resource_actions.h"
#include "app/models/container_model.h"

namespace portlight::actions {

enum class ContainerAction { Start, Stop, Restart, Kill, Remove };

/// What a user can do to containers. Marks their rows in the model while an answer is due, and
/// their failures.
class ContainerActions : public ResourceActions {
    Q_OBJECT
public:
    /// Both must outlive this object.
    ContainerActions(
        client::EngineClient& client, models::ContainerModel& model, QObject* parent = nullptr);

    /// Translated verb for menus and buttons: "Stop".
    static QString title(ContainerAction action);
    /// Allowed when at least one container of @p ids can take it.
    Permission permission(ContainerAction action, const QStringList& ids) const;
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

protected:
    void engineChanged() override { m_restartsInSteps = false; }

private:
    bool canTake(ContainerAction action, const models::ContainerRow& row) const;
    QString obstacle(ContainerAction action, const models::ContainerRow& row) const;
    void send(ContainerAction action, const QString& id,
        client::EngineClient::Callback<client::Done> done);
    void restartInSteps(const QString& id, client::EngineClient::Callback<client::Done> done);

    models::ContainerModel& m_model;
    bool m_restartsInSteps = false; ///< the engine lacks the restart call
};

} // namespace portlight::actions
