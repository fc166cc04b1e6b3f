#pragma once

#include <QString>
#include <Qt>

namespace portlight::models {

/// What a table needs to know about one of its columns. Texts are translated at each call.
struct ColumnInfo {
    QString title;
    QString unit; ///< such as "%", empty when the values name it themselves
    QString toolTip;
    int width = 120; ///< preferred, logical pixels at 10 pt
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    bool stretches = false; ///< takes the room that is left
    bool isShownByDefault = true;
    int leastWidth = 0; ///< what it can shrink to where room is short; 0: it does not
};

/// @p column is a ContainerModel::Column.
ColumnInfo containerColumn(int column);
/// @p column is an ImageModel::Column.
ColumnInfo imageColumn(int column);
/// @p column is a VolumeModel::Column.
ColumnInfo volumeColumn(int column);
/// @p column is a NetworkModel::Column.
ColumnInfo networkColumn(int column);

} // namespace portlight::models
