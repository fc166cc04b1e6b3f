#include "app/actions/container_actions.h"

namespace portlight::actions {

using client::ContainerState;
using models::ContainerActivity;

namespace {

ContainerActivity activityOf(ContainerAction action)
{
    switch (action) {
    case ContainerAction::Start:
        return ContainerActivity::Starting;
    case ContainerAction::Stop:
        return ContainerActivity::Stopping;
    case ContainerAction::Restart:
        return ContainerActivity::Restarting;
    case ContainerAction::Kill:
        return ContainerActivity::Killing;
    case ContainerAction::Remove:
        return ContainerActivity::Removing;
    }
    return ContainerActivity::None;
}

QString succeededText(ContainerAction action, int count)
{
    switch (action) {
    case ContainerAction::Start:
        return ContainerActions::tr("%n started", "containers", count);
    case ContainerAction::Stop:
        return ContainerActions::tr("%n stopped", "containers", count);
    case ContainerAction::Restart:
        return ContainerActions::tr("%n restarted", "containers", count);
    case ContainerAction::Kill:
        return ContainerActions::tr("%n killed", "containers", count);
    case ContainerAction::Remove:
        return ContainerActions::tr("%n deleted", "containers", count);
    }
    return {};
}

} // namespace

ContainerActions::ContainerActions(
    client::EngineClient& client, models::ContainerModel& model, QObject* parent)
    : ResourceActions(client, model, parent)
    , m_model(model)
{
}

QString ContainerActions::title(ContainerAction action)
{
    switch (action) {
    case ContainerAction::Start:
        return tr("Start", "action on containers");
    case ContainerAction::Stop:
        return tr("Stop", "action on containers");
    case ContainerAction::Restart:
        return tr("Restart", "action on containers");
    case ContainerAction::Kill:
        return tr("Kill", "action on containers");
    case ContainerAction::Remove:
        return tr("Delete", "action on containers");
    }
    return {};
}

QString ContainerActions::obstacle(ContainerAction action, const models::ContainerRow& row) const
{
    if (row.activity != ContainerActivity::None || row.summary.state == ContainerState::Removing)
        return tr("Something else is being done to it.");
    const bool isRunning = row.summary.isRunning();
    switch (action) {
    case ContainerAction::Start:
        if (row.summary.state == ContainerState::Dead)
            return tr("It could not be deleted completely and cannot be started.");
        return isRunning ? tr("It is running already.") : QString();
    case ContainerAction::Stop:
    case ContainerAction::Kill:
    case ContainerAction::Restart:
        return isRunning ? QString() : tr("It is not running.");
    case ContainerAction::Remove:
        return {};
    }
    return {};
}

bool ContainerActions::canTake(ContainerAction action, const models::ContainerRow& row) const
{
    return obstacle(action, row).isEmpty();
}

Permission ContainerActions::permission(ContainerAction action, const QStringList& ids) const
{
    if (!isEngineAvailable())
        return enginePermission();
    QString reason = tr("No container is selected.");
    for (const QString& id : ids) {
        const models::ContainerRow* row = m_model.find(id);
        if (row == nullptr)
            continue;
        reason = obstacle(action, *row);
        if (reason.isEmpty())
            return { true, {} };
    }
    return { false,
        ids.size() > 1 ? tr("None of the selected containers can take this.") : reason };
}

Confirmation ContainerActions::confirmation(ContainerAction action, const QStringList& ids) const
{
    QStringList names;
    int running = 0;
    for (const QString& id : ids)
        if (const auto* row = m_model.find(id); row != nullptr && canTake(action, *row)) {
            names.append(row->summary.name);
            running += row->summary.isRunning() ? 1 : 0;
        }
    Confirmation confirmation;
    confirmation.button = title(action);
    if (names.size() > 1) // one stands in the title
        confirmation.details = names.join(u'\n');
    if (action != ContainerAction::Remove || names.isEmpty())
        return confirmation;
    confirmation.isNeeded = true;
    confirmation.title = names.size() == 1
        ? tr("Delete container “%1”?").arg(names.first())
        : tr("Delete %n container(s)?", nullptr, int(names.size()));
    confirmation.lost =
        tr("What was written inside, the log, and volumes without a name. This cannot be undone.");
    confirmation.kept = tr("Images, named volumes and files of the host.");
    if (running > 0)
        confirmation.warning = names.size() == 1
            ? tr("It is running and will be killed.")
            : tr("%n of them is running and will be killed.", nullptr, running);
    return confirmation;
}

void ContainerActions::run(ContainerAction action, const QStringList& ids)
{
    Batch batch;
    for (const QString& id : ids)
        if (const auto* row = m_model.find(id); row != nullptr && canTake(action, *row))
            batch.items.append({ id, row->summary.name });
    batch.begin = [this, action](
                      const BatchItem& item, auto done) { send(action, item.id, std::move(done)); };
    runOnRows<models::ContainerRow>(
        m_model, activityOf(action), std::move(batch),
        [action](int count) { return succeededText(action, count); },
        [this, action](const ActionSummary& summary) { emit finished(action, summary); });
}

void ContainerActions::send(
    ContainerAction action, const QString& id, client::EngineClient::Callback<client::Done> done)
{
    switch (action) {
    case ContainerAction::Start:
        client().startContainer(id, this, std::move(done));
        break;
    case ContainerAction::Stop:
        client().stopContainer(id, std::nullopt, this, std::move(done));
        break;
    case ContainerAction::Kill:
        client().killContainer(id, QStringLiteral("SIGKILL"), this, std::move(done));
        break;
    case ContainerAction::Remove:
        client().removeContainer(id, true, true, this, std::move(done));
        break;
    case ContainerAction::Restart:
        if (m_restartsInSteps) {
            restartInSteps(id, std::move(done));
            break;
        }
        client().restartContainer(
            id, this, [this, id, done](const client::Expected<client::Done>& answer) {
                if (answer || !answer.error().isUnsupported()) {
                    done(answer);
                    return;
                }
                m_restartsInSteps = true;
                restartInSteps(id, done);
            });
        break;
    }
}

void ContainerActions::restartInSteps(
    const QString& id, client::EngineClient::Callback<client::Done> done)
{
    client().stopContainer(
        id, std::nullopt, this, [this, id, done](const client::Expected<client::Done>& stopped) {
            if (stopped)
                client().startContainer(id, this, done);
            else
                done(stopped);
        });
}

void ContainerActions::create(const client::CreateContainerRequest& request, bool start)
{
    client().createContainer(request, this,
        [this, start, name = request.name](
            const client::Expected<client::CreatedContainer>& container) {
            if (!container) {
                emit createFailed(container.error());
                return;
            }
            const QString id = container->id;
            if (!start) {
                emit created(id, name);
                return;
            }
            client().startContainer(
                id, this, [this, id, name](const client::Expected<client::Done>& answer) {
                    emit created(id, name);
                    if (!answer)
                        emit startFailed(id, answer.error());
                });
        });
}

} // namespace portlight::actions
