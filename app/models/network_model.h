#pragma once

#include "app/client/types/network_summary.h"
#include "app/models/volume_model.h"

namespace portlight::models {

struct NetworkRow {
    client::NetworkSummary summary;
    QStringList members {}; ///< names of the containers that are connected to it
    StoreActivity activity = StoreActivity::None;
    QString failure {}; ///< why the last action on it failed; empty: none
};

/// The networks of one engine.
class NetworkModel : public RowModel<NetworkRow> {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        MembersColumn,
        DriverColumn,
        SubnetColumn,
        GatewayColumn,
        CreatedColumn,
        ColumnCount
    };
    /// What the page filters by.
    enum State { Unused, Used, BuiltIn };

    explicit NetworkModel(QObject* parent = nullptr);

    /// Names of the containers that are connected to each network (by its name), worked out from
    /// the container list.
    void applyMembers(const QHash<QString, QStringList>& containersOfNetwork);
    /// What the run dialog offers.
    QStringList names() const;

protected:
    int columns() const override { return ColumnCount; }
    ColumnInfo columnInfo(int column) const override { return networkColumn(column); }
    QString displayText(const NetworkRow& row, int column) const override;
    QVariant sortValue(const NetworkRow& row, int column) const override;
    QString toolTip(const NetworkRow& row, int column) const override;
    /// Name, id, driver, subnets, members.
    QString filterText(const NetworkRow& row) const override;
    int stateOf(const NetworkRow& row) const override;
    void summaryChanged(NetworkRow& row, const client::NetworkSummary* before) override;

private:
    QHash<QString, QStringList> m_members;
};

} // namespace portlight::models
