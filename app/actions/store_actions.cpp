#include "app/actions/store_actions.h"

#include "app/models/format.h"

#include <QHostAddress>

namespace portlight::actions {

using models::StoreActivity;

VolumeActions::VolumeActions(
    client::EngineClient& client, models::VolumeModel& model, QObject* parent)
    : ResourceActions(client, model, parent)
    , m_model(model)
{
}

bool VolumeActions::canRemove(const models::VolumeRow& row) const
{
    return row.users.isEmpty() && row.activity == StoreActivity::None;
}

Permission VolumeActions::removePermission(const QStringList& names) const
{
    if (!isEngineAvailable())
        return enginePermission();
    QString reason = tr("No volume is selected.");
    for (const QString& name : names) {
        const models::VolumeRow* row = m_model.find(name);
        if (row == nullptr)
            continue;
        if (canRemove(*row))
            return { true, {} };
        reason = row->users.isEmpty()
            ? tr("It is being deleted.")
            : tr("The container “%1” has it. Delete the container first.").arg(row->users.first());
    }
    return { false, names.size() > 1 ? tr("Containers have all of them.") : reason };
}

Confirmation VolumeActions::removeConfirmation(const QStringList& names) const
{
    QStringList going;
    for (const QString& name : names)
        if (const models::VolumeRow* row = m_model.find(name); row != nullptr && canRemove(*row))
            going.append(name);
    const auto kept = int(names.size() - going.size());
    Confirmation confirmation;
    confirmation.isNeeded = !going.isEmpty();
    confirmation.title = going.size() == 1 ? tr("Delete volume “%1”?").arg(going.first())
                                           : tr("Delete %n volume(s)?", nullptr, int(going.size()));
    confirmation.lost = tr("All files in it. This cannot be undone.");
    confirmation.kept = tr("Containers and images. A container that names it gets an empty one.");
    if (kept > 0)
        confirmation.warning =
            tr("%n of the selected volume(s) belongs to a container and stays.", nullptr, kept);
    if (going.size() > 1) // one stands in the title
        confirmation.details = going.join(u'\n');
    confirmation.button = tr("Delete", "volumes");
    return confirmation;
}

void VolumeActions::remove(const QStringList& names)
{
    Batch batch;
    for (const QString& name : names)
        if (const models::VolumeRow* row = m_model.find(name); row != nullptr && canRemove(*row))
            batch.items.append({ name, name });
    batch.begin = [this](const BatchItem& item, auto done) {
        client().removeVolume(item.id, this, std::move(done));
    };
    runOnRows<models::VolumeRow>(
        m_model, StoreActivity::Removing, std::move(batch),
        [](int count) { return tr("%n deleted", "volumes", count); },
        [this](const ActionSummary& summary) { emit removed(summary); });
}

void VolumeActions::create(const QString& name)
{
    client().createVolume(name, this, [this](const client::Expected<QString>& made) {
        if (made)
            emit created(*made);
        else
            emit createFailed(made.error());
    });
}

NetworkActions::NetworkActions(
    client::EngineClient& client, models::NetworkModel& model, QObject* parent)
    : ResourceActions(client, model, parent)
    , m_model(model)
{
}

QString NetworkActions::obstacle(const models::NetworkRow& row) const
{
    if (row.activity != StoreActivity::None)
        return tr("It is being deleted.");
    if (row.summary.isBuiltIn())
        return tr("It comes with the engine and stays.");
    if (!row.members.isEmpty())
        return tr("The container “%1” is connected to it. Delete the container first.")
            .arg(row.members.first());
    return {};
}

Permission NetworkActions::removePermission(const QStringList& ids) const
{
    if (!isEngineAvailable())
        return enginePermission();
    QString reason = tr("No network is selected.");
    for (const QString& id : ids) {
        const models::NetworkRow* row = m_model.find(id);
        if (row == nullptr)
            continue;
        reason = obstacle(*row);
        if (reason.isEmpty())
            return { true, {} };
    }
    return { false, ids.size() > 1 ? tr("None of the selected networks can be deleted.") : reason };
}

Confirmation NetworkActions::removeConfirmation(const QStringList& ids) const
{
    QStringList going;
    for (const QString& id : ids)
        if (const models::NetworkRow* row = m_model.find(id);
            row != nullptr && obstacle(*row).isEmpty())
            going.append(row->summary.name);
    const auto kept = int(ids.size() - going.size());
    Confirmation confirmation;
    confirmation.isNeeded = !going.isEmpty();
    confirmation.title = going.size() == 1
        ? tr("Delete network “%1”?").arg(going.first())
        : tr("Delete %n network(s)?", nullptr, int(going.size()));
    confirmation.lost = tr("Its address range and settings. It can be made again at any time.");
    confirmation.kept = tr("Containers, images and volumes.");
    if (kept > 0)
        confirmation.warning =
            tr("%n of the selected network(s) is in use or belongs to the engine and stays.",
                nullptr, kept);
    if (going.size() > 1) // one stands in the title
        confirmation.details = going.join(u'\n');
    confirmation.button = tr("Delete", "networks");
    return confirmation;
}

void NetworkActions::remove(const QStringList& ids)
{
    Batch batch;
    for (const QString& id : ids)
        if (const models::NetworkRow* row = m_model.find(id);
            row != nullptr && obstacle(*row).isEmpty())
            batch.items.append({ id, row->summary.name });
    batch.begin = [this](const BatchItem& item, auto done) {
        client().removeNetwork(item.id, this, std::move(done));
    };
    runOnRows<models::NetworkRow>(
        m_model, StoreActivity::Removing, std::move(batch),
        [](int count) { return tr("%n deleted", "networks", count); },
        [this](const ActionSummary& summary) { emit removed(summary); });
}

void NetworkActions::create(const client::CreateNetworkRequest& request)
{
    client().createNetwork(
        request, this, [this, name = request.name](const client::Expected<QString>& made) {
            if (made)
                emit created(name);
            else
                emit createFailed(made.error());
        });
}

bool isSubnet(const QString& text)
{
    // QHostAddress takes "10" and "10.5" too; the engine does not.
    const qsizetype slash = text.indexOf(u'/');
    const QString address = text.left(slash);
    const bool isWhole = address.contains(u':') || address.count(u'.') == 3;
    return slash > 0 && isWhole && QHostAddress::parseSubnet(text).second >= 0;
}

bool isInSubnet(const QString& gateway, const QString& subnet)
{
    const QHostAddress address(gateway);
    return !address.isNull() && address.isInSubnet(QHostAddress::parseSubnet(subnet));
}

} // namespace portlight::actions
