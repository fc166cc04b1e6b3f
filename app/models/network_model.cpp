#include "app/models/network_model.h"

#include "app/models/format.h"

namespace portlight::models {

NetworkModel::NetworkModel(QObject* parent)
    : RowModel(parent)
{
}

QString NetworkModel::displayText(const NetworkRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.summary.name;
    case MembersColumn:
        return row.members.isEmpty() ? tr("Nobody", "members of a network")
                                     : row.members.join(QStringLiteral(", "));
    case DriverColumn:
        return row.summary.isInternal ? tr("%1, internal", "network driver").arg(row.summary.driver)
                                      : row.summary.driver;
    case SubnetColumn:
        return row.summary.subnets.isEmpty() ? format::unknown()
                                             : row.summary.subnets.join(QStringLiteral(", "));
    case GatewayColumn:
        return row.summary.gateways.isEmpty() ? format::unknown()
                                              : row.summary.gateways.join(QStringLiteral(", "));
    case CreatedColumn:
        return format::age(row.summary.created);
    default:
        return {};
    }
}

QVariant NetworkModel::sortValue(const NetworkRow& row, int column) const
{
    switch (column) {
    case MembersColumn:
        return row.members.size();
    case SubnetColumn:
        return textOrNothing(row.summary.subnets.value(0));
    case GatewayColumn:
        return textOrNothing(row.summary.gateways.value(0));
    case CreatedColumn:
        return row.summary.created.isValid() ? QVariant(row.summary.created) : QVariant();
    default:
        return textOrNothing(displayText(row, column));
    }
}

QString NetworkModel::toolTip(const NetworkRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.failure.isEmpty() ? row.summary.name + u'\n' + row.summary.id : row.failure;
    case MembersColumn:
        return row.members.join(u'\n');
    case CreatedColumn:
        return format::absoluteTime(row.summary.created);
    default:
        return displayText(row, column);
    }
}

QString NetworkModel::filterText(const NetworkRow& row) const
{
    const QStringList texts { row.summary.name, row.summary.id, row.summary.driver,
        row.summary.subnets.join(u' '), row.members.join(u' ') };
    return texts.join(u' ');
}

int NetworkModel::stateOf(const NetworkRow& row) const
{
    if (row.summary.isBuiltIn())
        return BuiltIn;
    return row.members.isEmpty() ? Unused : Used;
}

void NetworkModel::summaryChanged(NetworkRow& row, const client::NetworkSummary*)
{
    row.members = m_members.value(row.summary.name);
}

void NetworkModel::applyMembers(const QHash<QString, QStringList>& containersOfNetwork)
{
    m_members = containersOfNetwork;
    for (int at = 0; at < rowCount(); ++at)
        if (const QStringList members = m_members.value(row(at).summary.name);
            members != row(at).members) {
            mutableRow(at).members = members;
            changeRow(at);
        }
}

QStringList NetworkModel::names() const
{
    QStringList names;
    for (int at = 0; at < rowCount(); ++at)
        names.append(row(at).summary.name);
    names.sort(Qt::CaseInsensitive);
    return names;
}

} // namespace portlight::models
