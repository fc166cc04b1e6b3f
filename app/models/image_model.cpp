#include "app/models/image_model.h"

#include "app/models/columns.h"
#include "app/models/format.h"

namespace portlight::models {

ImageModel::ImageModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

int ImageModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int ImageModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ImageModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ImageRow& row = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return displayText(row, index.column());
    case Qt::ToolTipRole:
        return toolTip(row, index.column());
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1 %2").arg(
            imageColumn(index.column()).title, displayText(row, index.column()).toString());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(int(imageColumn(index.column()).alignment));
    case IdRole:
        return row.summary.id;
    case SortRole:
        return sortValue(row, index.column());
    case FilterRole:
        return QString(row.summary.references.join(u' ') + u' ' + row.summary.id);
    case StateRole:
        return row.usedBy > 0 ? 1 : 0;
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

QVariant ImageModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const ColumnInfo info = imageColumn(section);
    if (role == Qt::DisplayRole)
        return info.title;
    if (role == Qt::ToolTipRole)
        return info.toolTip;
    return role == Qt::TextAlignmentRole ? QVariant(int(info.alignment)) : QVariant();
}

QVariant ImageModel::displayText(const ImageRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.summary.references.isEmpty() ? tr("without a name")
                                                : row.summary.references.join(QStringLiteral(", "));
    case IdColumn:
        return row.summary.shortId();
    case UsedByColumn:
        if (row.activity == ImageActivity::Removing)
            return tr("Removing");
        return row.usedBy > 0 ? tr("%n container(s)", nullptr, row.usedBy) : tr("Unused");
    case SizeColumn:
        return format::bytes(row.summary.sizeBytes);
    case ArchitectureColumn:
        return row.summary.architecture.isEmpty() ? format::unknown() : row.summary.architecture;
    case CreatedColumn:
        return format::age(row.summary.created);
    default:
        return {};
    }
}

QVariant ImageModel::sortValue(const ImageRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.summary.references.isEmpty() ? QVariant() : QVariant(row.summary.displayName());
    case UsedByColumn:
        return row.usedBy;
    case SizeColumn:
        return row.summary.sizeBytes;
    case ArchitectureColumn:
        return row.summary.architecture.isEmpty() ? QVariant() : QVariant(row.summary.architecture);
    case CreatedColumn:
        return row.summary.created.isValid() ? QVariant(row.summary.created) : QVariant();
    default:
        return displayText(row, column);
    }
}

QString ImageModel::toolTip(const ImageRow& row, int column) const
{
    switch (column) {
    case NameColumn:
        return row.failure.isEmpty() ? row.summary.references.join(u'\n') : row.failure;
    case IdColumn:
        return row.summary.id;
    case CreatedColumn:
        return format::absoluteTime(row.summary.created);
    default:
        return displayText(row, column).toString();
    }
}

int ImageModel::usage(const client::ImageSummary& image) const
{
    return image.containers >= 0 ? image.containers : m_usage.value(image.id, 0);
}

void ImageModel::applySnapshot(const QList<client::ImageSummary>& snapshot)
{
    QHash<QString, client::ImageSummary> pending;
    for (const auto& image : snapshot)
        pending.insert(image.id, image);
    for (int row = rowCount() - 1; row >= 0; --row) {
        const QString id = m_rows.at(row).summary.id;
        if (!pending.contains(id)) {
            beginRemoveRows({}, row, row);
            m_rows.removeAt(row);
            m_rowOfId.remove(id);
            reindexFrom(row);
            endRemoveRows();
        } else if (auto fresh = pending.take(id); fresh != m_rows.at(row).summary) {
            m_rows[row].summary = std::move(fresh);
            m_rows[row].usedBy = usage(m_rows.at(row).summary);
            changeRow(row);
        }
    }
    if (pending.isEmpty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + int(pending.size()) - 1);
    for (const auto& image : snapshot)
        if (pending.remove(image.id))
            m_rows.append({ image, usage(image), ImageActivity::None, {} });
    reindexFrom(first);
    endInsertRows();
}

void ImageModel::applyUsage(const QHash<QString, int>& containersOfImageId)
{
    m_usage = containersOfImageId;
    for (int row = 0; row < rowCount(); ++row)
        if (const int used = usage(m_rows.at(row).summary); used != m_rows.at(row).usedBy) {
            m_rows[row].usedBy = used;
            changeRow(row);
        }
}

void ImageModel::setActivity(const QString& id, ImageActivity activity)
{
    const int row = rowOf(id);
    if (row < 0 || m_rows.at(row).activity == activity)
        return;
    m_rows[row].activity = activity;
    if (activity != ImageActivity::None)
        m_rows[row].failure.clear();
    changeRow(row);
}

void ImageModel::setFailure(const QString& id, const QString& message)
{
    const int row = rowOf(id);
    if (row < 0 || m_rows.at(row).failure == message)
        return;
    m_rows[row].failure = message;
    changeRow(row);
}

void ImageModel::clearFailure(const QString& id)
{
    setFailure(id, {});
}

void ImageModel::clear()
{
    if (m_rows.isEmpty())
        return;
    beginResetModel();
    m_rows.clear();
    m_rowOfId.clear();
    endResetModel();
}

void ImageModel::retranslate()
{
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (!m_rows.isEmpty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int ImageModel::rowOf(const QString& id) const
{
    return m_rowOfId.value(id, -1);
}

const ImageRow* ImageModel::find(const QString& id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_rows.at(row);
}

qint64 ImageModel::totalBytes() const
{
    qint64 total = 0;
    for (const ImageRow& row : m_rows)
        total += row.summary.sizeBytes;
    return total;
}

QStringList ImageModel::suggestions() const
{
    QStringList names;
    for (const ImageRow& row : m_rows)
        names += row.summary.references.isEmpty() ? QStringList { row.summary.shortId() }
                                                  : row.summary.references;
    names.sort(Qt::CaseInsensitive);
    return names;
}

void ImageModel::changeRow(int row, const QList<int>& roles)
{
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1), roles);
}

void ImageModel::reindexFrom(int row)
{
    for (int i = row; i < rowCount(); ++i)
        m_rowOfId[m_rows.at(i).summary.id] = i;
}

} // namespace portlight::models
