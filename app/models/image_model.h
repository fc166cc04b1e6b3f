#pragma once

#include "app/client/types/image_summary.h"

#include <QAbstractTableModel>
#include <QHash>

namespace portlight::models {

/// What the window is having done to an image.
enum class ImageActivity { None, Removing, Exporting };

struct ImageRow {
    client::ImageSummary summary;
    int usedBy = 0; ///< containers made from it
    ImageActivity activity = ImageActivity::None;
    QString failure; ///< why the last action on it failed; empty: none
};

/// The images of one engine, a row per image id (all its references in one row), updated by
/// difference.
class ImageModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        IdColumn,
        UsedByColumn,
        SizeColumn,
        ArchitectureColumn,
        CreatedColumn,
        ColumnCount
    };
    enum Role {
        IdRole = Qt::UserRole + 1, ///< QString
        SortRole, ///< raw value of the cell; invalid when it has none
        FilterRole, ///< QString that the search box matches: references, id
        StateRole, ///< int, 1: used by a container, 0: not
        ActivityRole, ///< int, ImageActivity
        FailureRole, ///< QString
        RowRole ///< const ImageRow* as void*, valid until the next change of the model
    };

    explicit ImageModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void applySnapshot(const QList<client::ImageSummary>& snapshot);
    /// How many containers each image id has, worked out from the container list; used where the
    /// engine does not count.
    void applyUsage(const QHash<QString, int>& containersOfImageId);
    void setActivity(const QString& id, ImageActivity activity);
    void setFailure(const QString& id, const QString& message);
    void clearFailure(const QString& id);
    void clear();
    void retranslate();

    int rowOf(const QString& id) const;
    const ImageRow* find(const QString& id) const;
    const ImageRow& row(int row) const { return m_rows.at(row); }
    /// Sum over all rows; layers that images share count each time.
    qint64 totalBytes() const;
    /// All references and, for images without one, short ids: what the run dialog suggests.
    QStringList suggestions() const;

private:
    QVariant displayText(const ImageRow& row, int column) const;
    QVariant sortValue(const ImageRow& row, int column) const;
    QString toolTip(const ImageRow& row, int column) const;
    void changeRow(int row, const QList<int>& roles = {});
    void reindexFrom(int row);
    int usage(const client::ImageSummary& image) const;

    QList<ImageRow> m_rows;
    QHash<QString, int> m_rowOfId;
    QHash<QString, int> m_usage;
};

} // namespace portlight::models
