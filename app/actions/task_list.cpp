#include "app/actions/task_list.h"

#include "app/models/format.h"

#include <algorithm>

namespace portlight::actions {

namespace format = models::format;

namespace {

constexpr qint64 kRateWindowMs = 5'000;
constexpr qint64 kLeastWindowMs = 500; ///< less says nothing about the speed
constexpr qsizetype kLogLines = 200;

} // namespace

TaskList::TaskList(QObject* parent)
    : QAbstractListModel(parent)
{
}

int TaskList::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_tasks.size());
}

QVariant TaskList::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Task& task = m_tasks.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return task.title;
    case IdRole:
        return task.id;
    case StateRole:
        return int(task.state);
    case ProgressRole:
        return task.total > 0 ? double(task.bytes) / double(task.total) : -1.0;
    case DetailRole:
    case Qt::ToolTipRole:
        return detail(task);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(task.title, detail(task));
    case TaskRole:
        return QVariant::fromValue(const_cast<void*>(static_cast<const void*>(&task)));
    default:
        return {};
    }
}

QString TaskList::detail(const Task& task) const
{
    if (task.state != TaskState::Running)
        return task.message;
    QStringList parts;
    if (!task.message.isEmpty())
        parts.append(task.message);
    if (task.bytes > 0)
        parts.append(task.total > 0
                ? tr("%1 of %2").arg(format::bytes(task.bytes), format::bytes(task.total))
                : format::bytes(task.bytes));
    if (task.bytesPerSecond > 0)
        parts.append(format::bytesPerSecond(task.bytesPerSecond));
    if (task.remaining)
        parts.append(tr("%1 left", "time").arg(format::duration(*task.remaining)));
    return parts.join(QStringLiteral(" · "));
}

int TaskList::rowOf(int id) const
{
    const auto found = std::ranges::find(m_tasks, id, &Task::id);
    return found == m_tasks.end() ? -1 : int(found - m_tasks.begin());
}

const Task* TaskList::find(int id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_tasks.at(row);
}

int TaskList::runningCount() const
{
    return int(std::ranges::count(m_tasks, TaskState::Running, &Task::state));
}

void TaskList::cancel(int id)
{
    const Task* task = find(id);
    if (task != nullptr && task->state == TaskState::Running)
        emit cancelRequested(id);
}

void TaskList::cancelAll()
{
    QList<int> running;
    for (const Task& task : m_tasks)
        if (task.state == TaskState::Running)
            running.append(task.id);
    for (const int id : running)
        cancel(id);
}

void TaskList::clearEnded()
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (m_tasks.at(row).state == TaskState::Running)
            continue;
        beginRemoveRows({}, row, row);
        m_tasks.removeAt(row);
        endRemoveRows();
    }
}

void TaskList::retranslate()
{
    if (!m_tasks.isEmpty())
        emit dataChanged(index(0), index(rowCount() - 1));
}

int TaskList::add(const QString& title, TaskKind kind)
{
    Task task;
    task.id = m_nextId++;
    task.title = title;
    task.kind = kind;
    task.started = QDateTime::currentDateTimeUtc();
    beginInsertRows({}, 0, 0);
    m_tasks.prepend(task);
    endInsertRows();
    emit runningCountChanged(runningCount());
    return task.id;
}

void TaskList::setProgress(int id, qint64 bytes, qint64 total)
{
    const int row = rowOf(id);
    if (row < 0 || m_tasks.at(row).state != TaskState::Running)
        return;
    Task& task = m_tasks[row];
    task.bytes = bytes;
    task.total = total;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    QList<Rate>& rates = m_rates[id];
    rates.append({ bytes, now });
    while (rates.size() > 2 && now - rates.first().timeMs > kRateWindowMs)
        rates.removeFirst();
    const qint64 elapsed = now - rates.first().timeMs;
    if (elapsed >= kLeastWindowMs)
        task.bytesPerSecond =
            std::max(0.0, double(bytes - rates.first().bytes) * 1000.0 / double(elapsed));
    task.remaining.reset();
    if (total > bytes && task.bytesPerSecond > 0)
        task.remaining =
            std::chrono::seconds(qint64(double(total - bytes) / task.bytesPerSecond) + 1);
    changed(row);
}

void TaskList::setMessage(int id, const QString& message)
{
    const int row = rowOf(id);
    if (row < 0 || m_tasks.at(row).message == message)
        return;
    m_tasks[row].message = message;
    changed(row);
}

void TaskList::setPart(int id, const TaskPart& part)
{
    const int row = rowOf(id);
    if (row < 0 || m_tasks.at(row).state != TaskState::Running)
        return;
    QList<TaskPart>& parts = m_tasks[row].parts;
    const auto known = std::ranges::find(parts, part.name, &TaskPart::name);
    if (known == parts.end())
        parts.append(part);
    else
        *known = part;
    changed(row);
}

void TaskList::appendLog(int id, const QString& line)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    Task& task = m_tasks[row];
    task.log.append(line);
    if (task.log.size() > kLogLines)
        task.log.removeFirst();
    changed(row);
}

void TaskList::end(int id, TaskState state, const QString& message)
{
    const int row = rowOf(id);
    if (row < 0 || m_tasks.at(row).state != TaskState::Running)
        return;
    Task& task = m_tasks[row];
    task.state = state;
    task.message = message;
    task.bytesPerSecond = 0;
    task.remaining.reset();
    task.ended = QDateTime::currentDateTimeUtc();
    m_rates.remove(id);
    changed(row);
    emit runningCountChanged(runningCount());
    emit taskEnded(id);
}

void TaskList::changed(int row)
{
    emit dataChanged(index(row), index(row));
}

} // namespace portlight::actions
