#include "app/models/recent_archives.h"

#include "app/models/format.h"

#include <QFileInfo>

namespace portlight::models {

namespace {

constexpr int kMost = 20;

} // namespace

int RecentArchives::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant RecentArchives::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Entry& entry = m_entries.at(index.row());
    const auto second = [&] {
        const QString age = format::age(entry.when);
        switch (entry.use) {
        case Use::Imported:
            return tr("Imported %1", "%1: 5 minutes ago").arg(age);
        case Use::Exported:
            return tr("Exported %1", "%1: 5 minutes ago").arg(age);
        case Use::Opened:
            break;
        }
        return tr("Opened %1", "%1: 5 minutes ago").arg(age);
    };
    const QString name = QFileInfo(entry.path).fileName();
    switch (role) {
    case Qt::DisplayRole:
        return name;
    case SecondLineRole:
        return second();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(name, second());
    case Qt::ToolTipRole:
    case PathRole:
        return entry.path;
    default:
        return {};
    }
}

int RecentArchives::rowOf(const QString& path) const
{
    for (int row = 0; row < m_entries.size(); ++row)
        if (m_entries.at(row).path == path)
            return row;
    return -1;
}

void RecentArchives::add(const QString& path, Use use, const QDateTime& when)
{
    remove(path);
    beginInsertRows({}, 0, 0);
    m_entries.prepend({ path, use, when });
    endInsertRows();
    if (m_entries.size() > kMost) {
        beginRemoveRows({}, kMost, int(m_entries.size()) - 1);
        m_entries.resize(kMost);
        endRemoveRows();
    }
    emit changed();
}

void RecentArchives::remove(const QString& path)
{
    const int row = rowOf(path);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_entries.removeAt(row);
    endRemoveRows();
    emit changed();
}

void RecentArchives::retranslate()
{
    if (!m_entries.isEmpty())
        emit dataChanged(index(0), index(rowCount() - 1));
}

QVariantList RecentArchives::save() const
{
    QVariantList saved;
    for (const Entry& entry : m_entries)
        saved.append(QVariant(QVariantList { entry.path, int(entry.use), entry.when }));
    return saved;
}

void RecentArchives::restore(const QVariantList& saved)
{
    beginResetModel();
    m_entries.clear();
    for (const QVariant& item : saved) {
        const QVariantList parts = item.toList();
        const int use = parts.value(1).toInt();
        const QString path = parts.value(0).toString();
        if (parts.size() != 3 || path.isEmpty() || use < 0 || use > int(Use::Exported))
            continue; // of another version, or written by hand
        m_entries.append({ path, Use(use), parts.value(2).toDateTime() });
    }
    m_entries.resize(std::min<qsizetype>(m_entries.size(), kMost));
    endResetModel();
}

} // namespace portlight::models
