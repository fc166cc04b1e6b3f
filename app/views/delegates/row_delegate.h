#pragma once

#include <QSet>
#include <QStyledItemDelegate>
#include <QTimer>

class QAbstractItemView;

namespace portlight::views {

/// What all table delegates share: whole rows coloured for hover and selection, a hairline below, a
/// bar at the left of the current row, and a clock for the small spinner of busy rows.
class RowDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    /// @p view is the table that is painted; it owns this delegate.
    explicit RowDelegate(QAbstractItemView* view);

    /// Two lines of text and their air, from the font's own measure.
    static int rowHeight();
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
        const QModelIndex& index) const final;

protected:
    /// Paints the cell's content into @p rect, which has its side margins off already.
    virtual void paintCell(QPainter& painter, const QRect& rect, const QStyleOptionViewItem& option,
        const QModelIndex& index) const = 0;

    static void paintText(QPainter& painter, const QRect& rect, const QString& text,
        const QColor& color, const QFont& font, Qt::Alignment alignment = Qt::AlignLeft);
    /// A figure at the right of its column, on the digit grid, so that a ticking one does not jump.
    static void paintFigure(
        QPainter& painter, const QRect& rect, const QString& text, const QColor& color);
    /// Room of paintFigure() between the figure and the right edge of @p rect.
    static constexpr int kFigureEnd = 6;
    /// Two lines: strong over small.
    static void paintTwoLines(QPainter& painter, const QRect& rect, const QString& upper,
        const QString& lower, bool isSelected);
    /// Degrees of the busy spinner; keeps the view's clock going while it is asked for.
    int spinnerAngle() const;

private:
    QAbstractItemView* m_view;
    mutable QTimer m_spinner;
    mutable bool m_isSpinnerWanted = false;
    mutable int m_angle = 0;
};

} // namespace portlight::views
