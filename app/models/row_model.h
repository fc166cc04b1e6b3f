#pragma once

#include "app/models/columns.h"

#include <QAbstractTableModel>
#include <QHash>

#include <algorithm>
#include <optional>

namespace portlight::models {

/// What all tables of one engine's objects have in common, whatever their rows are.
class ResourceModel : public QAbstractTableModel {
public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< QString
        SortRole, ///< raw value of the cell; invalid when it has none
        FilterRole, ///< QString that the search box matches
        StateRole, ///< int, what the page filters by
        ActivityRole, ///< int, the Activity of the row
        FailureRole, ///< QString
        RowRole ///< const Row* as void*, valid until the next change of the model
    };

    using QAbstractTableModel::QAbstractTableModel;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    /// Emits what makes views read all texts again, after a change of language.
    void retranslate();

protected:
    virtual int columns() const = 0;
    virtual ColumnInfo columnInfo(int column) const = 0;
    void changeRow(int row);
};

/// What names an object for good; types without an `id` have an overload of their own.
template <typename Summary> const QString& idOf(const Summary& summary)
{
    return summary.id;
}

template <typename T> QVariant optionalVariant(const std::optional<T>& value)
{
    return value ? QVariant::fromValue(*value) : QVariant();
}
/// Empty texts sort last in both directions, as every missing value does.
inline QVariant textOrNothing(const QString& text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

/// The objects of one engine, a row for each id. @p Row has the members `summary`, `activity` (an
/// enum class with None, what the window is having done to it) and `failure` (why the last action
/// on it failed, the engine's words).
///
/// Snapshots go in by difference, so that selection and scroll position survive.
template <typename Row> class RowModel : public ResourceModel {
public:
    using Summary = decltype(Row::summary);
    using Activity = decltype(Row::activity);

    using ResourceModel::ResourceModel;

    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_rows.size());
    }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// The engine's whole list. Rows of ids that stay are changed in place; new ones are appended.
    void applySnapshot(const QList<Summary>& snapshot);
    void setActivity(const QString& id, Activity activity);
    /// Marks the row until the next action on it or clearFailure().
    void setFailure(const QString& id, const QString& message);
    void clearFailure(const QString& id) { setFailure(id, {}); }
    /// The connection was lost: forget everything (model reset).
    void clear();

    /// -1 when there is none.
    int rowOf(const QString& id) const { return m_rowOfId.value(id, -1); }
    const Row* find(const QString& id) const
    {
        const int row = rowOf(id);
        return row < 0 ? nullptr : &m_rows.at(row);
    }
    const Row& row(int row) const { return m_rows.at(row); }

protected:
    virtual QString displayText(const Row& row, int column) const = 0;
    virtual QVariant sortValue(const Row& row, int column) const = 0;
    virtual QString toolTip(const Row& row, int column) const = 0;
    /// A whole sentence where the cell alone would not speak.
    virtual QString accessibleText(const Row& row, int column) const
    {
        return columnInfo(column).title + QLatin1Char(' ') + displayText(row, column);
    }
    virtual QString filterText(const Row& row) const = 0;
    virtual int stateOf(const Row& row) const = 0;
    /// @p row has a new summary; @p before is the one it had, null for a new row.
    virtual void summaryChanged(Row& row, const Summary* before)
    {
        Q_UNUSED(row)
        Q_UNUSED(before)
    }

    Row& mutableRow(int row) { return m_rows[row]; }

private:
    void removeAllBut(const QHash<QString, Summary>& kept);
    void reindexFrom(int row);

    QList<Row> m_rows;
    QHash<QString, int> m_rowOfId;
};

template <typename Row> QVariant RowModel<Row>::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return displayText(row, index.column());
    case Qt::ToolTipRole:
        return toolTip(row, index.column());
    case Qt::AccessibleTextRole:
        return accessibleText(row, index.column());
    case Qt::TextAlignmentRole:
        return int(columnInfo(index.column()).alignment);
    case IdRole:
        return idOf(row.summary);
    case SortRole:
        return sortValue(row, index.column());
    case FilterRole:
        return filterText(row);
    case StateRole:
        return stateOf(row);
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

template <typename Row> void RowModel<Row>::applySnapshot(const QList<Summary>& snapshot)
{
    QHash<QString, Summary> pending;
    for (const Summary& one : snapshot)
        pending.insert(idOf(one), one);
    removeAllBut(pending);
    for (int at = 0; at < rowCount(); ++at) {
        Summary fresh = pending.take(idOf(m_rows.at(at).summary));
        if (fresh == m_rows.at(at).summary)
            continue;
        const Summary before = std::exchange(m_rows[at].summary, std::move(fresh));
        summaryChanged(m_rows[at], &before);
        changeRow(at);
    }
    if (pending.isEmpty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + int(pending.size()) - 1);
    for (const Summary& one : snapshot) {
        if (!pending.remove(idOf(one)))
            continue;
        m_rows.append(Row {});
        m_rows.last().summary = one;
        summaryChanged(m_rows.last(), nullptr);
    }
    reindexFrom(first);
    endInsertRows();
}

/// From the end, each run of neighbours at once.
template <typename Row> void RowModel<Row>::removeAllBut(const QHash<QString, Summary>& kept)
{
    const auto goes = [&](int at) { return !kept.contains(idOf(m_rows.at(at).summary)); };
    for (int last = rowCount() - 1; last >= 0; --last) {
        if (!goes(last))
            continue;
        int first = last;
        while (first > 0 && goes(first - 1))
            --first;
        beginRemoveRows({}, first, last);
        for (int at = first; at <= last; ++at)
            m_rowOfId.remove(idOf(m_rows.at(at).summary));
        m_rows.remove(first, last - first + 1);
        reindexFrom(first);
        endRemoveRows();
        last = first;
    }
}

template <typename Row> void RowModel<Row>::setActivity(const QString& id, Activity activity)
{
    const int at = rowOf(id);
    if (at < 0 || m_rows.at(at).activity == activity)
        return;
    m_rows[at].activity = activity;
    if (activity != Activity::None)
        m_rows[at].failure.clear();
    changeRow(at);
}

template <typename Row> void RowModel<Row>::setFailure(const QString& id, const QString& message)
{
    const int at = rowOf(id);
    if (at < 0 || m_rows.at(at).failure == message)
        return;
    m_rows[at].failure = message;
    changeRow(at);
}

template <typename Row> void RowModel<Row>::clear()
{
    if (m_rows.isEmpty())
        return;
    beginResetModel();
    m_rows.clear();
    m_rowOfId.clear();
    endResetModel();
}

template <typename Row> void RowModel<Row>::reindexFrom(int row)
{
    for (int at = row; at < rowCount(); ++at)
        m_rowOfId[idOf(m_rows.at(at).summary)] = at;
}

} // namespace portlight::models
