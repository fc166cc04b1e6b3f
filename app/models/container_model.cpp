#include "app/models/container_model.h"

#include "app/models/columns.h"
#include "app/models/format.h"
#include "app/models/stats_history.h"

#include <algorithm>

namespace portlight::models {

namespace {

QString activityText(ContainerActivity activity)
{
    switch (activity) {
    case ContainerActivity::Starting:
        return ContainerModel::tr("Starting");
    case ContainerActivity::Stopping:
        return ContainerModel::tr("Stopping");
    case ContainerActivity::Restarting:
        return ContainerModel::tr("Restarting");
    case ContainerActivity::Killing:
        return ContainerModel::tr("Killing");
    case ContainerActivity::Removing:
        return ContainerModel::tr("Removing");
    case ContainerActivity::None:
        break;
    }
    return {};
}

std::optional<double> sum(std::optional<double> a, std::optional<double> b)
{
    return a || b ? std::optional(a.value_or(0) + b.value_or(0)) : std::nullopt;
}

template <typename T> QVariant optionalVariant(const std::optional<T>& value)
{
    return value ? QVariant::fromValue(*value) : QVariant();
}

void takeStats(ContainerRow& row, const client::ContainerStats& stats, qint64 now)
{
    using Stats = client::ContainerStats;
    const qint64 elapsed = row.lastTickMs > 0 ? now - row.lastTickMs : 0;
    const auto rate = [&](std::optional<qint64> Stats::* total) {
        return ratePerSecond(row.stats.*total, stats.*total, elapsed);
    };
    row.networkBytesPerSecond =
        sum(rate(&Stats::networkReceivedBytes), rate(&Stats::networkSentBytes));
    row.blockBytesPerSecond = sum(rate(&Stats::blockReadBytes), rate(&Stats::blockWrittenBytes));
    row.cpu.append(now, stats.cpuPercent);
    row.memory.append(
        now, stats.memoryBytes ? std::optional(double(*stats.memoryBytes)) : std::nullopt);
    row.stats = stats;
    row.lastTickMs = now;
}

void dropStats(ContainerRow& row)
{
    row.stats = {};
    row.networkBytesPerSecond.reset();
    row.blockBytesPerSecond.reset();
    row.cpu.clear();
    row.memory.clear();
    row.lastTickMs = 0;
}

} // namespace

ContainerModel::ContainerModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

int ContainerModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ContainerModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ContainerModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ContainerRow& row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return displayText(row, index.column());
    case Qt::ToolTipRole:
        return toolTip(row, index.column());
    case Qt::AccessibleTextRole:
        return accessibleText(row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(int(containerColumn(index.column()).alignment));
    case IdRole:
        return row.summary.id;
    case SortRole:
        return sortValue(row, index.column());
    case FilterRole:
        return QStringList { row.summary.name, row.summary.image, row.summary.id,
            format::ports(row.summary.ports) }
            .join(u' ');
    case StateRole:
        return int(row.summary.state);
    case ActivityRole:
        return int(row.activity);
    case FailureRole:
        return row.failure;
    case RowRole:
        return QVariant::fromValue(const_cast<void*>(static_cast<const void*>(&row)));
    default:
        return {};
    }
}

QVariant ContainerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const ColumnInfo info = containerColumn(section);
    if (role == Qt::DisplayRole)
        return info.title;
    if (role == Qt::ToolTipRole)
        return info.toolTip;
    return role == Qt::TextAlignmentRole ? QVariant(int(info.alignment)) : QVariant();
}

QVariant ContainerModel::displayText(const ContainerRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.summary.name.isEmpty() ? row.summary.shortId() : row.summary.name;
    case StateColumn:
        return row.activity == ContainerActivity::None ? format::containerState(row.summary)
                                                       : activityText(row.activity);
    case CpuColumn:
        return format::percent(row.stats.cpuPercent);
    case MemoryColumn:
        return format::bytes(row.stats.memoryBytes);
    case NetworkColumn:
        return format::bytesPerSecond(row.networkBytesPerSecond);
    case DiskColumn:
        return format::bytesPerSecond(row.blockBytesPerSecond);
    case ProcessesColumn:
        return format::count(row.stats.pids);
    case PortsColumn:
        return format::ports(row.summary.ports);
    case CreatedColumn:
        return format::age(row.summary.created);
    default:
        return {};
    }
}

QVariant ContainerModel::sortValue(const ContainerRow& row, int column) const
{
    const auto textOrNothing = [](const QString& text) {
        return text.isEmpty() ? QVariant() : QVariant(text);
    };
    switch (column) {
    case CpuColumn:
        return optionalVariant(row.stats.cpuPercent);
    case MemoryColumn:
        return optionalVariant(row.stats.memoryBytes);
    case NetworkColumn:
        return optionalVariant(row.networkBytesPerSecond);
    case DiskColumn:
        return optionalVariant(row.blockBytesPerSecond);
    case ProcessesColumn:
        return optionalVariant(row.stats.pids);
    case CreatedColumn:
        return row.summary.created.isValid() ? QVariant(row.summary.created) : QVariant();
    default:
        return textOrNothing(displayText(row, column).toString());
    }
}

QString ContainerModel::toolTip(const ContainerRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return QStringLiteral("%1\n%2\n%3")
            .arg(row.summary.name, row.summary.image, row.summary.id);
    case StateColumn:
        return row.failure.isEmpty() ? row.summary.statusText : row.failure;
    case MemoryColumn:
        return format::bytesOfLimit(row.stats.memoryBytes, row.stats.memoryLimitBytes);
    case CreatedColumn:
        return format::absoluteTime(row.summary.created);
    default:
        return displayText(row, column).toString();
    }
}

QString ContainerModel::accessibleText(const ContainerRow& row, int column) const
{
    if (column == NameColumn)
        return tr("%1, image %2", "name of a container and its image")
            .arg(displayText(row, column).toString(), row.summary.image);
    if (column == StateColumn && !row.failure.isEmpty())
        return tr("%1, the last action failed: %2")
            .arg(displayText(row, column).toString(), row.failure);
    return QStringLiteral("%1 %2").arg(
        containerColumn(column).title, displayText(row, column).toString());
}

void ContainerModel::applySnapshot(const QList<client::ContainerSummary>& snapshot)
{
    QHash<QString, client::ContainerSummary> pending;
    for (const auto& container : snapshot)
        pending.insert(container.id, container);
    for (int row = rowCount() - 1; row >= 0; --row) {
        const QString id = m_rows.at(row).summary.id;
        if (!pending.contains(id)) {
            beginRemoveRows({}, row, row);
            m_rows.removeAt(row);
            m_rowOfId.remove(id);
            reindexFrom(row);
            endRemoveRows();
        } else if (auto fresh = pending.take(id); fresh != m_rows.at(row).summary) {
            const bool stopped = !fresh.isRunning() && m_rows.at(row).summary.isRunning();
            m_rows[row].summary = std::move(fresh);
            if (stopped)
                dropStats(m_rows[row]);
            changeRow(row);
        }
    }
    if (pending.isEmpty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + int(pending.size()) - 1);
    for (const auto& container : snapshot) {
        if (!pending.remove(container.id))
            continue;
        m_rows.append(ContainerRow {});
        m_rows.last().summary = container;
    }
    reindexFrom(first);
    endInsertRows();
}

void ContainerModel::applyStats(const client::StatsTick& tick)
{
    const qint64 now = tick.read.toMSecsSinceEpoch();
    QSet<int> measured;
    for (const client::ContainerStats& stats : tick.containers)
        if (const int row = rowOf(stats.id); row >= 0) {
            takeStats(m_rows[row], stats, now);
            measured.insert(row);
        }
    int first = rowCount();
    int last = -1;
    for (int row = 0; row < rowCount(); ++row) {
        const bool isNew = measured.contains(row);
        if (!isNew && m_rows.at(row).lastTickMs == 0)
            continue;
        if (!isNew)
            dropStats(m_rows[row]);
        first = std::min(first, row);
        last = row;
    }
    if (last >= 0)
        emit dataChanged(index(first, CpuColumn), index(last, ProcessesColumn),
            { Qt::DisplayRole, SortRole, RowRole });
}

void ContainerModel::clearStats()
{
    applyStats({ QDateTime::currentDateTimeUtc(), {} });
}

void ContainerModel::setActivity(const QString& id, ContainerActivity activity)
{
    const int row = rowOf(id);
    if (row < 0 || m_rows.at(row).activity == activity)
        return;
    m_rows[row].activity = activity;
    if (activity != ContainerActivity::None)
        m_rows[row].failure.clear();
    changeRow(row);
}

void ContainerModel::setFailure(const QString& id, const QString& message)
{
    const int row = rowOf(id);
    if (row < 0 || m_rows.at(row).failure == message)
        return;
    m_rows[row].failure = message;
    changeRow(row);
}

void ContainerModel::clearFailure(const QString& id)
{
    setFailure(id, {});
}

void ContainerModel::clear()
{
    if (m_rows.isEmpty())
        return;
    beginResetModel();
    m_rows.clear();
    m_rowOfId.clear();
    endResetModel();
}

void ContainerModel::retranslate()
{
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (!m_rows.isEmpty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int ContainerModel::rowOf(const QString& id) const
{
    return m_rowOfId.value(id, -1);
}

const ContainerRow* ContainerModel::find(const QString& id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_rows.at(row);
}

int ContainerModel::runningCount() const
{
    return int(std::ranges::count_if(
        m_rows, [](const ContainerRow& row) { return row.summary.isRunning(); }));
}

void ContainerModel::changeRow(int row, const QList<int>& roles)
{
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1), roles);
}

void ContainerModel::reindexFrom(int row)
{
    for (int i = row; i < rowCount(); ++i)
        m_rowOfId[m_rows.at(i).summary.id] = i;
}

} // namespace portlight::models
