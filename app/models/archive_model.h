#pragma once

#include "app/client/types/archive_report.h"

#include <QAbstractItemModel>
#include <QSet>

namespace portlight::models {

/// The images of an archive with their layers below them. Images can be ticked: those are to be
/// imported.
class ArchiveModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { NameColumn, SizeColumn, StateColumn, ColumnCount };
    enum Role { IconNameRole = Qt::UserRole + 3, MonoRole, DimRole }; // as FileTreeModel's

    using QAbstractItemModel::QAbstractItemModel;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// Ticks every image; without a report the model is empty.
    void setReport(const client::ArchiveReport& report);
    const client::ArchiveReport& report() const { return m_report; }
    /// The image of a row, its own or the layer's; null for an invalid index.
    const client::ArchivedImage* imageOf(const QModelIndex& index) const;
    /// Null for an image's row.
    const client::ArchivedLayer* layerOf(const QModelIndex& index) const;
    QStringList checkedIds() const;
    /// Bytes of the layers that an import of the ticked images would add.
    qint64 newBytes() const;
    /// Different layers, and how many of them the engine has.
    int layerCount() const;
    int presentLayerCount() const;
    /// These came in: they and their layers are here now.
    void markImported(const QStringList& ids);
    void retranslate();

signals:
    void checkedChanged();

private:
    QVariant imageText(const client::ArchivedImage& image, int column) const;
    QVariant layerText(const client::ArchivedLayer& layer, int column) const;

    client::ArchiveReport m_report;
    QSet<QString> m_unchecked; ///< ids
};

/// The instruction that made a layer, without the shell around it.
QString layerTitle(const QString& createdBy);

} // namespace portlight::models
