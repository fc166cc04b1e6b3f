#pragma once

#include "app/client/types/volume_summary.h"
#include "app/models/row_model.h"

namespace portlight::models {

/// What the window is having done to a volume or network.
enum class StoreActivity { None, Removing };

struct VolumeRow {
    client::VolumeSummary summary;
    QStringList users {}; ///< names of the containers that have it mounted
    StoreActivity activity = StoreActivity::None;
    QString failure {}; ///< why the last action on it failed; empty: none
};

/// The volumes of one engine; their names are their ids.
class VolumeModel : public RowModel<VolumeRow> {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        UsedByColumn,
        SizeColumn,
        DriverColumn,
        MountPointColumn,
        CreatedColumn,
        ColumnCount
    };

    explicit VolumeModel(QObject* parent = nullptr);

    /// Names of the containers that have each volume, worked out from the container list.
    void applyUsers(const QHash<QString, QStringList>& containersOfVolume);

protected:
    int columns() const override { return ColumnCount; }
    ColumnInfo columnInfo(int column) const override { return volumeColumn(column); }
    QString displayText(const VolumeRow& row, int column) const override;
    QVariant sortValue(const VolumeRow& row, int column) const override;
    QString toolTip(const VolumeRow& row, int column) const override;
    /// Name, driver, users.
    QString filterText(const VolumeRow& row) const override;
    /// 1: a container has it, 0: none.
    int stateOf(const VolumeRow& row) const override { return row.users.isEmpty() ? 0 : 1; }
    void summaryChanged(VolumeRow& row, const client::VolumeSummary* before) override;

private:
    QHash<QString, QStringList> m_users;
};

} // namespace portlight::models
