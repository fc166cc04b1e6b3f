#include "app/models/archive_model.h"

#include "app/models/format.h"

namespace portlight::models {

using client::ArchivedImage;
using client::ArchivedLayer;

namespace {

/// internalId of an image's row; a layer's has its image's row.
constexpr quintptr kImage = ~quintptr(0);

} // namespace

QString layerTitle(const QString& createdBy)
{
    QString text = createdBy.simplified();
    for (const char* shell : { "/bin/sh -c #(nop) ", "/bin/sh -c ", "|0 /bin/sh -c " })
        if (text.startsWith(QLatin1String(shell))) {
            text = text.mid(qsizetype(qstrlen(shell))).trimmed();
            break;
        }
    if (const QString mark = QStringLiteral(" # buildkit"); text.endsWith(mark))
        text.chop(mark.size());
    return text;
}

QModelIndex ArchiveModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) : kImage);
}

QModelIndex ArchiveModel::parent(const QModelIndex& index) const
{
    if (!index.isValid() || index.internalId() == kImage)
        return {};
    return createIndex(int(index.internalId()), 0, kImage);
}

int ArchiveModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return int(m_report.images.size());
    if (parent.column() > 0 || parent.internalId() != kImage)
        return 0;
    return int(m_report.images.at(parent.row()).layers.size());
}

int ArchiveModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

const ArchivedImage* ArchiveModel::imageOf(const QModelIndex& index) const
{
    if (!index.isValid())
        return nullptr;
    const auto row = index.internalId() == kImage ? index.row() : int(index.internalId());
    return row < m_report.images.size() ? &m_report.images.at(row) : nullptr;
}

const ArchivedLayer* ArchiveModel::layerOf(const QModelIndex& index) const
{
    if (!index.isValid() || index.internalId() == kImage)
        return nullptr;
    const ArchivedImage* image = imageOf(index);
    return image && index.row() < image->layers.size() ? &image->layers.at(index.row()) : nullptr;
}

QVariant ArchiveModel::imageText(const ArchivedImage& image, int column) const
{
    switch (column) {
    case NameColumn:
        return image.details.references.isEmpty()
            ? image.details.id.mid(image.details.id.indexOf(QLatin1Char(':')) + 1, 12)
            : image.details.references.join(QStringLiteral(", "));
    case SizeColumn:
        return format::bytes(image.sizeBytes());
    case StateColumn:
        return image.isPresent ? tr("Here already") : tr("New", "image");
    default:
        return {};
    }
}

QVariant ArchiveModel::layerText(const ArchivedLayer& layer, int column) const
{
    switch (column) {
    case NameColumn: {
        const QString title = layerTitle(layer.createdBy);
        return title.isEmpty() ? tr("Layer %1").arg(layer.diffId.mid(7, 12)) : title;
    }
    case SizeColumn:
        return format::bytes(layer.sizeBytes);
    case StateColumn:
        if (layer.isLeftOut)
            return tr("Left out, here already");
        return layer.isPresent ? tr("Here already") : tr("New", "layer");
    default:
        return {};
    }
}

QVariant ArchiveModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ArchivedImage& image = *imageOf(index);
    const ArchivedLayer* layer = layerOf(index);
    const auto text = [&] {
        return layer ? layerText(*layer, index.column()) : imageText(image, index.column());
    };
    switch (role) {
    case Qt::DisplayRole:
        return text();
    case Qt::ToolTipRole:
        if (index.column() != NameColumn)
            return {};
        return layer ? layer->diffId + QLatin1Char('\n') + layer->createdBy : image.details.id;
    case Qt::AccessibleTextRole:
        return layer && index.column() == NameColumn ? tr("Layer: %1").arg(text().toString())
                                                     : text();
    case Qt::CheckStateRole:
        if (layer || index.column() != NameColumn)
            return {};
        return int(m_unchecked.contains(image.details.id) ? Qt::Unchecked : Qt::Checked);
    case Qt::TextAlignmentRole:
        return int(index.column() == SizeColumn ? Qt::AlignRight | Qt::AlignVCenter
                                                : Qt::AlignLeft | Qt::AlignVCenter);
    case IconNameRole:
        return index.column() != NameColumn ? QString()
            : layer                         ? QString()
                                            : QStringLiteral("image");
    case DimRole:
        return layer != nullptr && (layer->isPresent || index.column() > NameColumn);
    default:
        return {};
    }
}

bool ArchiveModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::CheckStateRole || layerOf(index) || !imageOf(index))
        return false;
    const QString id = imageOf(index)->details.id;
    if (value.toInt() == Qt::Checked)
        m_unchecked.remove(id);
    else
        m_unchecked.insert(id);
    emit dataChanged(index, index, { Qt::CheckStateRole });
    emit checkedChanged();
    return true;
}

QVariant ArchiveModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(section == SizeColumn ? Qt::AlignRight | Qt::AlignVCenter
                                         : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Image and layers");
    case SizeColumn:
        return tr("Size");
    case StateColumn:
        return tr("Here?");
    default:
        return {};
    }
}

Qt::ItemFlags ArchiveModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    if (index.isValid() && index.column() == NameColumn && !layerOf(index))
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

void ArchiveModel::setReport(const client::ArchiveReport& report)
{
    beginResetModel();
    m_report = report;
    m_unchecked.clear();
    endResetModel();
    emit checkedChanged();
}

QStringList ArchiveModel::checkedIds() const
{
    QStringList ids;
    for (const ArchivedImage& image : m_report.images)
        if (!m_unchecked.contains(image.details.id))
            ids.append(image.details.id);
    return ids;
}

qint64 ArchiveModel::newBytes() const
{
    QSet<QString> counted;
    qint64 sum = 0;
    for (const ArchivedImage& image : m_report.images) {
        if (m_unchecked.contains(image.details.id))
            continue;
        for (const ArchivedLayer& layer : image.layers) {
            if (layer.isPresent || layer.isLeftOut || counted.contains(layer.digest))
                continue;
            counted.insert(layer.digest);
            sum += layer.sizeBytes;
        }
    }
    return sum;
}

int ArchiveModel::layerCount() const
{
    QSet<QString> different;
    for (const ArchivedImage& image : m_report.images)
        for (const ArchivedLayer& layer : image.layers)
            different.insert(layer.digest);
    return int(different.size());
}

int ArchiveModel::presentLayerCount() const
{
    QSet<QString> present;
    for (const ArchivedImage& image : m_report.images)
        for (const ArchivedLayer& layer : image.layers)
            if (layer.isPresent)
                present.insert(layer.digest);
    return int(present.size());
}

void ArchiveModel::markImported(const QStringList& ids)
{
    QSet<QString> arrived;
    for (ArchivedImage& image : m_report.images)
        if (ids.contains(image.details.id)) {
            image.isPresent = true;
            for (const ArchivedLayer& layer : std::as_const(image.layers))
                arrived.insert(layer.digest);
        }
    for (ArchivedImage& image : m_report.images)
        for (ArchivedLayer& layer : image.layers)
            layer.isPresent = layer.isPresent || arrived.contains(layer.digest);
    retranslate();
    emit checkedChanged();
}

void ArchiveModel::retranslate()
{
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    for (int row = 0; row < rowCount(); ++row) {
        const QModelIndex image = index(row, 0);
        emit dataChanged(image, index(row, ColumnCount - 1));
        if (rowCount(image) > 0)
            emit dataChanged(
                index(0, 0, image), index(rowCount(image) - 1, ColumnCount - 1, image));
    }
}

} // namespace portlight::models
