#include "app/actions/container_actions.h"

#include <memory>

namespace portlight::actions {

using client::ContainerState;
using models::ContainerActivity;

namespace {

constexpr int kAtOnce = 8;

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

/// One action on a selection, under way.
struct ContainerActions::Batch {
    ContainerAction action;
    QStringList waiting;
    int underWay = 0;
    ActionSummary summary;
};

ContainerActions::ContainerActions(
    client::EngineClient& client, models::ContainerModel& model, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_model(model)
{
    const auto notify = [this] { emit permissionsChanged(); };
    connect(&model, &QAbstractItemModel::rowsInserted, this, notify);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, notify);
    connect(&model, &QAbstractItemModel::modelReset, this, notify);
    // Ticking figures name their roles and change nothing here.
    connect(&model, &QAbstractItemModel::dataChanged, this,
        [this](const QModelIndex&, const QModelIndex&, const QList<int>& roles) {
            if (roles.isEmpty() || roles.contains(models::ContainerModel::StateRole))
                emit permissionsChanged();
        });
}

void ContainerActions::setEngineAvailable(bool available)
{
    if (std::exchange(m_isEngineAvailable, available) != available) {
        m_restartsInSteps = false; // it may be another engine
        emit permissionsChanged();
    }
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
    if (!m_isEngineAvailable)
        return { false, tr("The engine does not answer.") };
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

Permission ContainerActions::createPermission() const
{
    return m_isEngineAvailable ? Permission { true, {} }
                               : Permission { false, tr("The engine does not answer.") };
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
    confirmation.details = names.join(u'\n');
    if (action != ContainerAction::Remove || names.isEmpty())
        return confirmation;
    confirmation.isNeeded = true;
    confirmation.title = names.size() == 1
        ? tr("Delete container “%1”?").arg(names.first())
        : tr("Delete %n container(s)?", nullptr, int(names.size()));
    confirmation.text =
        tr("What was written inside and the log are lost. Images, named volumes and "
           "files of the host are kept.");
    if (running > 0)
        confirmation.text +=
            u' ' + tr("%n of them is running and will be killed.", nullptr, running);
    return confirmation;
}

void ContainerActions::run(ContainerAction action, const QStringList& ids)
{
    auto batch = std::make_shared<Batch>();
    batch->action = action;
    for (const QString& id : ids)
        if (const auto* row = m_model.find(id); row != nullptr && canTake(action, *row))
            batch->waiting.append(id);
    for (const QString& id : std::as_const(batch->waiting))
        m_model.setActivity(id, activityOf(action));
    runNext(batch);
}

void ContainerActions::runNext(const std::shared_ptr<Batch>& batch)
{
    while (batch->underWay < kAtOnce && !batch->waiting.isEmpty()) {
        const QString id = batch->waiting.takeFirst();
        const auto* row = m_model.find(id);
        const QString name = row != nullptr ? row->summary.name : id.left(12);
        ++batch->underWay;
        send(batch->action, id,
            [this, batch, id, name](const client::Expected<client::Done>& answer) {
                --batch->underWay;
                m_model.setActivity(id, ContainerActivity::None);
                if (answer) {
                    ++batch->summary.succeeded;
                } else {
                    batch->summary.failures.append({ id, name, answer.error() });
                    m_model.setFailure(id, answer.error().message);
                }
                runNext(batch);
            });
    }
    if (batch->underWay > 0 || !batch->waiting.isEmpty())
        return;
    const int failed = int(batch->summary.failures.size());
    QStringList parts;
    if (batch->summary.succeeded > 0 || failed == 0)
        parts.append(succeededText(batch->action, batch->summary.succeeded));
    if (failed > 0)
        parts.append(tr("%n failed", "containers", failed));
    batch->summary.text = parts.join(tr(", ", "between parts of a summary"));
    emit finished(batch->action, batch->summary);
}

void ContainerActions::send(
    ContainerAction action, const QString& id, client::EngineClient::Callback<client::Done> done)
{
    switch (action) {
    case ContainerAction::Start:
        m_client.startContainer(id, this, std::move(done));
        break;
    case ContainerAction::Stop:
        m_client.stopContainer(id, std::nullopt, this, std::move(done));
        break;
    case ContainerAction::Kill:
        m_client.killContainer(id, QStringLiteral("SIGKILL"), this, std::move(done));
        break;
    case ContainerAction::Remove:
        m_client.removeContainer(id, true, true, this, std::move(done));
        break;
    case ContainerAction::Restart:
        if (m_restartsInSteps) {
            restartInSteps(id, std::move(done));
            break;
        }
        m_client.restartContainer(
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
    m_client.stopContainer(
        id, std::nullopt, this, [this, id, done](const client::Expected<client::Done>& stopped) {
            if (stopped)
                m_client.startContainer(id, this, done);
            else
                done(stopped);
        });
}

void ContainerActions::create(const client::CreateContainerRequest& request, bool start)
{
    m_client.createContainer(request, this,
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
            m_client.startContainer(
                id, this, [this, id, name](const client::Expected<client::Done>& answer) {
                    emit created(id, name);
                    if (!answer)
                        emit startFailed(id, answer.error());
                });
        });
}

} // namespace portlight::actions
