#pragma once

#include "app/models/columns.h"

#include <QHash>
#include <QTableView>
#include <QTimer>

#include <functional>

namespace portlight::views {

/// The table of every list: whole rows hover and select, fixed row height, columns that can be
/// hidden from the header's menu, one Tab stop. Delegates read the hovered row from its property
/// `hoveredRow`.
class TableView : public QTableView {
    Q_OBJECT

public:
    using ColumnInfoOf = std::function<models::ColumnInfo(int column)>;

    TableView(ColumnInfoOf columnInfo, QWidget* parent = nullptr);

    bool hasSelection() const;

    void setModel(QAbstractItemModel* model) override;
    /// Widths, order, hidden columns and sort order; empty or foreign data leaves the defaults.
    QByteArray saveColumns();
    void restoreColumns(const QByteArray& state);

signals:
    /// Enter or double click.
    void rowOpened(const QModelIndex& index);
    /// The pointer came over the rows or left them: sorting waits meanwhile.
    void pointerInsideChanged(bool inside);
    void rowMenuRequested(const QPoint& globalPosition);

protected:
    bool viewportEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void setHoveredRow(int row);
    void applyRowHeight();
    void applyDefaultColumns();
    /// Takes from the columns that can shrink what the stretching one needs.
    void fitColumns();
    void showColumnMenu(const QPoint& position);

    ColumnInfoOf m_columnInfo;
    QTimer m_ageing; ///< "2 minutes ago" grows older without any change of the model
    QHash<int, int> m_wantedWidths; ///< as preset or as the user drew them
    bool m_isFitting = false;
    int m_hoveredRow = -1;
};

} // namespace portlight::views
