#pragma once

#include "app/client/types/container_stats.h"
#include "app/client/types/container_summary.h"
#include "app/models/row_model.h"
#include "app/models/time_series.h"

namespace portlight::models {

/// What the window is having done to a container and has no answer for yet.
enum class ContainerActivity { None, Starting, Stopping, Restarting, Killing, Removing };

/// All that the window knows about one container. Delegates read it through RowRole.
struct ContainerRow {
    client::ContainerSummary summary;
    client::ContainerStats stats; ///< newest; all members empty when it was not measured
    std::optional<double> networkBytesPerSecond; ///< received and sent together
    std::optional<double> blockBytesPerSecond; ///< read and written together
    TimeSeries cpu { 60 }; ///< percent, for the sparkline
    TimeSeries memory { 60 }; ///< bytes
    qint64 lastTickMs = 0;
    ContainerActivity activity = ContainerActivity::None;
    QString failure; ///< why the last action on it failed, the engine's words; empty: none
};

/// The containers of one engine with their live figures.
class ContainerModel : public RowModel<ContainerRow> {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        StateColumn,
        CpuColumn,
        MemoryColumn,
        NetworkColumn,
        DiskColumn,
        ProcessesColumn,
        PortsColumn,
        CreatedColumn,
        ColumnCount
    };

    explicit ContainerModel(QObject* parent = nullptr);

    /// One tick of figures: one dataChanged over the touched rows and the columns with figures.
    /// Running containers that the tick lacks lose their figures.
    void applyStats(const client::StatsTick& tick);
    /// Drops all figures, for example when nobody reads them any more.
    void clearStats();
    int runningCount() const;

protected:
    int columns() const override { return ColumnCount; }
    ColumnInfo columnInfo(int column) const override { return containerColumn(column); }
    QString displayText(const ContainerRow& row, int column) const override;
    QVariant sortValue(const ContainerRow& row, int column) const override;
    QString toolTip(const ContainerRow& row, int column) const override;
    QString accessibleText(const ContainerRow& row, int column) const override;
    /// Name, image, id, ports.
    QString filterText(const ContainerRow& row) const override;
    /// client::ContainerState.
    int stateOf(const ContainerRow& row) const override { return int(row.summary.state); }
    void summaryChanged(ContainerRow& row, const client::ContainerSummary* before) override;
};

} // namespace portlight::models
