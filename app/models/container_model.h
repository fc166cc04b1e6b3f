#pragma once

#include "app/client/types/container_stats.h"
#include "app/client/types/container_summary.h"
#include "app/models/time_series.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>

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

/// The containers of one engine, updated by difference so that selection and scroll position
/// survive.
class ContainerModel : public QAbstractTableModel {
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
    enum Role {
        IdRole = Qt::UserRole + 1, ///< QString
        SortRole, ///< raw value of the cell; invalid when it has none
        FilterRole, ///< QString that the search box matches: name, image, id, ports
        StateRole, ///< int, client::ContainerState
        ActivityRole, ///< int, ContainerActivity
        FailureRole, ///< QString
        RowRole ///< const ContainerRow* as void*, valid until the next change of the model
    };

    explicit ContainerModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// The engine's whole list. Rows of ids that stay are changed in place; new ones are appended.
    void applySnapshot(const QList<client::ContainerSummary>& snapshot);
    /// One tick of figures: one dataChanged over the touched rows and the columns with figures.
    /// Running containers that the tick lacks lose their figures.
    void applyStats(const client::StatsTick& tick);
    /// Drops all figures, for example when nobody reads them any more.
    void clearStats();
    void setActivity(const QString& id, ContainerActivity activity);
    /// Marks the row until the next action on it or clearFailure().
    void setFailure(const QString& id, const QString& message);
    void clearFailure(const QString& id);
    /// The connection was lost: forget everything (model reset).
    void clear();
    /// Emits what makes views read all texts again, after a change of language.
    void retranslate();

    /// -1 when there is none.
    int rowOf(const QString& id) const;
    const ContainerRow* find(const QString& id) const;
    const ContainerRow& row(int row) const { return m_rows.at(row); }
    int runningCount() const;

private:
    QVariant displayText(const ContainerRow& row, int column) const;
    QVariant sortValue(const ContainerRow& row, int column) const;
    QString toolTip(const ContainerRow& row, int column) const;
    QString accessibleText(const ContainerRow& row, int column) const;
    void changeRow(int row, const QList<int>& roles = {});
    void reindexFrom(int row);

    QList<ContainerRow> m_rows;
    QHash<QString, int> m_rowOfId;
};

} // namespace portlight::models
