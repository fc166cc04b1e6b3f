#include "app/actions/resource_actions.h"

namespace portlight::actions {

ResourceActions::ResourceActions(
    client::EngineClient& client, models::ResourceModel& model, QObject* parent)
    : QObject(parent)
    , m_client(client)
{
    const auto notify = [this] { emit permissionsChanged(); };
    connect(&model, &QAbstractItemModel::rowsInserted, this, notify);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, notify);
    connect(&model, &QAbstractItemModel::modelReset, this, notify);
    // Ticking figures name their roles and change nothing here.
    connect(&model, &QAbstractItemModel::dataChanged, this,
        [this](const QModelIndex&, const QModelIndex&, const QList<int>& roles) {
            if (roles.isEmpty() || roles.contains(models::ResourceModel::StateRole))
                emit permissionsChanged();
        });
}

void ResourceActions::setEngineAvailable(bool available)
{
    if (std::exchange(m_isEngineAvailable, available) == available)
        return;
    engineChanged();
    emit permissionsChanged();
}

Permission ResourceActions::enginePermission() const
{
    return m_isEngineAvailable ? Permission { true, {} }
                               : Permission { false, tr("The engine does not answer.") };
}

ActionSummary ResourceActions::withText(ActionSummary summary, const QString& succeeded)
{
    const int failed = int(summary.failures.size());
    QStringList parts;
    if (summary.succeeded > 0 || failed == 0)
        parts.append(succeeded);
    if (failed > 0)
        parts.append(tr("%n failed", "objects of an action", failed));
    summary.text = parts.join(tr(", ", "between parts of a summary"));
    return summary;
}

} // namespace portlight::actions
