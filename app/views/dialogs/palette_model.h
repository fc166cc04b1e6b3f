#pragma once

#include "app/views/dialogs/palette.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

namespace portlight::views {

/// The entries that match, best first.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { HintRole = Qt::UserRole + 1, IconNameRole };

    using QAbstractListModel::QAbstractListModel;

    void setEntries(QList<PaletteEntry> entries);
    void setNeedle(const QString& needle);
    const PaletteEntry& entry(int row) const { return m_entries.at(m_shown.at(row)); }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    QList<PaletteEntry> m_entries;
    QList<qsizetype> m_shown;
};

/// Icon, text, hint at the right.
class PaletteDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;
};

} // namespace portlight::views
