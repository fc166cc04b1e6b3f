#include "app/models/volume_model.h"

#include "app/models/format.h"

namespace portlight::models {

VolumeModel::VolumeModel(QObject* parent)
    : RowModel(parent)
{
}

QString VolumeModel::displayText(const VolumeRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.summary.name;
    case UsedByColumn:
        return row.users.isEmpty() ? tr("Unused") : row.users.join(QStringLiteral(", "));
    case SizeColumn:
        return format::bytes(row.summary.sizeBytes);
    case DriverColumn:
        return row.summary.driver;
    case MountPointColumn:
        return row.summary.mountPoint;
    case CreatedColumn:
        return format::age(row.summary.created);
    default:
        return {};
    }
}

QVariant VolumeModel::sortValue(const VolumeRow& row, int column) const
{
    switch (column) {
    case UsedByColumn:
        return row.users.size();
    case SizeColumn:
        return optionalVariant(row.summary.sizeBytes);
    case CreatedColumn:
        return row.summary.created.isValid() ? QVariant(row.summary.created) : QVariant();
    default:
        return textOrNothing(displayText(row, column));
    }
}

QString VolumeModel::toolTip(const VolumeRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.failure.isEmpty() ? row.summary.name : row.failure;
    case UsedByColumn:
        return row.users.join(u'\n');
    case CreatedColumn:
        return format::absoluteTime(row.summary.created);
    default:
        return displayText(row, column);
    }
}

QString VolumeModel::filterText(const VolumeRow& row) const
{
    return row.summary.name + u' ' + row.summary.driver + u' ' + row.users.join(u' ');
}

void VolumeModel::summaryChanged(VolumeRow& row, const client::VolumeSummary*)
{
    row.users = m_users.value(row.summary.name);
}

void VolumeModel::applyUsers(const QHash<QString, QStringList>& containersOfVolume)
{
    m_users = containersOfVolume;
    for (int at = 0; at < rowCount(); ++at)
        if (const QStringList users = m_users.value(row(at).summary.name); users != row(at).users) {
            mutableRow(at).users = users;
            changeRow(at);
        }
}

} // namespace portlight::models
