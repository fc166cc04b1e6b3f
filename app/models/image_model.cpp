#include "app/models/image_model.h"

#include "app/models/format.h"

namespace portlight::models {

ImageModel::ImageModel(QObject* parent)
    : RowModel(parent)
{
}

QString ImageModel::filterText(const ImageRow& row) const
{
    return row.summary.references.join(u' ') + u' ' + row.summary.id;
}

QString ImageModel::displayText(const ImageRow& row, int column) const
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
        return displayText(row, column);
    }
}

int ImageModel::usage(const client::ImageSummary& image) const
{
    return image.containers >= 0 ? image.containers : m_usage.value(image.id, 0);
}

void ImageModel::summaryChanged(ImageRow& row, const client::ImageSummary*)
{
    row.usedBy = usage(row.summary);
}

void ImageModel::applyUsage(const QHash<QString, int>& containersOfImageId)
{
    m_usage = containersOfImageId;
    for (int at = 0; at < rowCount(); ++at)
        if (const int used = usage(row(at).summary); used != row(at).usedBy) {
            mutableRow(at).usedBy = used;
            changeRow(at);
        }
}

qint64 ImageModel::totalBytes() const
{
    qint64 total = 0;
    for (int at = 0; at < rowCount(); ++at)
        total += row(at).summary.sizeBytes;
    return total;
}

QStringList ImageModel::suggestions() const
{
    QStringList names;
    for (int at = 0; at < rowCount(); ++at) {
        const client::ImageSummary& image = row(at).summary;
        names += image.references.isEmpty() ? QStringList { image.shortId() } : image.references;
    }
    names.sort(Qt::CaseInsensitive);
    return names;
}

} // namespace portlight::models
