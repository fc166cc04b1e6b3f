#pragma once

#include "app/views/delegates/row_delegate.h"

#include <functional>

namespace portlight::views {

/// Rows of volumes and networks: icon, name over a second line in the first column; in the second
/// who uses it, a chip where nobody does or something is being done to it.
class StoreDelegate : public RowDelegate {
    Q_OBJECT

public:
    /// Second line of the row that @p index is in.
    using SecondLine = std::function<QString(const QModelIndex& index)>;

    StoreDelegate(const QString& iconName, SecondLine secondLine, QAbstractItemView* view);

protected:
    void paintCell(QPainter& painter, const QRect& rect, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;

private:
    void paintName(
        QPainter& painter, const QRect& rect, const QModelIndex& index, bool isSelected) const;
    /// False where the cell is plain text.
    bool paintChipOf(QPainter& painter, const QRect& rect, const QModelIndex& index) const;

    QString m_iconName;
    SecondLine m_secondLine;
};

} // namespace portlight::views
