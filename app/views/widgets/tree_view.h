#pragma once

#include "app/models/columns.h"

#include <QStyledItemDelegate>
#include <QTreeView>

#include <functional>

namespace portlight::views {

/// Which roles of a tree's model say how a cell looks.
struct TreeRoles {
    int iconName = -1; ///< QString
    int mono = -1; ///< bool
    int dim = -1; ///< bool
};

/// A tree in the look of the tables: whole rows hover and select, a hairline below each, chevrons
/// for branches, one Tab stop.
class TreeView : public QTreeView {
    Q_OBJECT

public:
    explicit TreeView(const TreeRoles& roles, QWidget* parent = nullptr);

    /// Widths of the columns by what the model says of them; the first takes the rest.
    void applyColumns(const std::function<models::ColumnInfo(int column)>& columnInfo);

signals:
    /// Enter or double click on a row that has no branches.
    void rowOpened(const QModelIndex& index);
    void rowMenuRequested(const QModelIndex& index, const QPoint& globalPosition);

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;
    void drawBranches(
        QPainter* painter, const QRect& rect, const QModelIndex& index) const override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    QPersistentModelIndex m_hovered;
};

} // namespace portlight::views
