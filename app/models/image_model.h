#pragma once

#include "app/client/types/image_summary.h"
#include "app/models/row_model.h"

namespace portlight::models {

/// What the window is having done to an image.
enum class ImageActivity { None, Removing, Exporting };

struct ImageRow {
    client::ImageSummary summary;
    int usedBy = 0; ///< containers made from it
    ImageActivity activity = ImageActivity::None;
    QString failure; ///< why the last action on it failed; empty: none
};

/// The images of one engine, a row per image id (all its references in one row).
class ImageModel : public RowModel<ImageRow> {
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

    explicit ImageModel(QObject* parent = nullptr);

    /// How many containers each image id has, worked out from the container list; used where the
    /// engine does not count.
    void applyUsage(const QHash<QString, int>& containersOfImageId);

    /// Sum over all rows; layers that images share count each time.
    qint64 totalBytes() const;
    /// All references and, for images without one, short ids: what the run dialog suggests.
    QStringList suggestions() const;

protected:
    int columns() const override { return ColumnCount; }
    ColumnInfo columnInfo(int column) const override { return imageColumn(column); }
    QString displayText(const ImageRow& row, int column) const override;
    QVariant sortValue(const ImageRow& row, int column) const override;
    QString toolTip(const ImageRow& row, int column) const override;
    /// References and id.
    QString filterText(const ImageRow& row) const override;
    /// 1: used by a container, 0: not.
    int stateOf(const ImageRow& row) const override { return row.usedBy > 0 ? 1 : 0; }
    void summaryChanged(ImageRow& row, const client::ImageSummary* before) override;

private:
    int usage(const client::ImageSummary& image) const;

    QHash<QString, int> m_usage;
};

} // namespace portlight::models
