#include "app/models/row_model.h"

namespace portlight::models {

int ResourceModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columns();
}

QVariant ResourceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columns())
        return {};
    const ColumnInfo info = columnInfo(section);
    if (role == Qt::DisplayRole)
        return info.title;
    if (role == Qt::ToolTipRole)
        return info.toolTip;
    return role == Qt::TextAlignmentRole ? QVariant(int(info.alignment)) : QVariant();
}

void ResourceModel::retranslate()
{
    emit headerDataChanged(Qt::Horizontal, 0, columns() - 1);
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columns() - 1));
}

void ResourceModel::changeRow(int row)
{
    emit dataChanged(index(row, 0), index(row, columns() - 1));
}

} // namespace portlight::models
