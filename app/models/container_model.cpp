#include "app/models/container_model.h"

#include "app/models/format.h"
#include "app/models/stats_history.h"

#include <QSet>

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
    : RowModel(parent)
{
}

QString ContainerModel::filterText(const ContainerRow& row) const
{
    const client::ContainerSummary& summary = row.summary;
    const QStringList texts { summary.name, summary.image, summary.id,
        format::ports(summary.ports) };
    return texts.join(u' ');
}

QString ContainerModel::displayText(const ContainerRow& row, int column) const
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
        return textOrNothing(displayText(row, column));
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
        return displayText(row, column);
    }
}

QString ContainerModel::accessibleText(const ContainerRow& row, int column) const
{
    if (column == NameColumn)
        return tr("%1, image %2", "name of a container and its image")
            .arg(displayText(row, column), row.summary.image);
    if (column == StateColumn && !row.failure.isEmpty())
        return tr("%1, the last action failed: %2").arg(displayText(row, column), row.failure);
    return QStringLiteral("%1 %2").arg(containerColumn(column).title, displayText(row, column));
}

void ContainerModel::summaryChanged(ContainerRow& row, const client::ContainerSummary* before)
{
    if (before && before->isRunning() && !row.summary.isRunning())
        dropStats(row);
}

void ContainerModel::applyStats(const client::StatsTick& tick)
{
    const qint64 now = tick.read.toMSecsSinceEpoch();
    QSet<int> measured;
    for (const client::ContainerStats& stats : tick.containers)
        if (const int row = rowOf(stats.id); row >= 0) {
            takeStats(mutableRow(row), stats, now);
            measured.insert(row);
        }
    int first = rowCount();
    int last = -1;
    for (int row = 0; row < rowCount(); ++row) {
        const bool isNew = measured.contains(row);
        if (!isNew && this->row(row).lastTickMs == 0)
            continue;
        if (!isNew)
            dropStats(mutableRow(row));
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

int ContainerModel::runningCount() const
{
    int running = 0;
    for (int at = 0; at < rowCount(); ++at)
        running += row(at).summary.isRunning() ? 1 : 0;
    return running;
}

} // namespace portlight::models
