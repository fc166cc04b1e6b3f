#pragma once

#include "app/models/container_model.h"
#include "app/theme/tokens.h"
#include "app/views/delegates/row_delegate.h"

namespace portlight::views {

/// Cells of the container table; reads ContainerModel::RowRole.
class ContainerDelegate : public RowDelegate {
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

protected:
    void paintCell(QPainter& painter, const QRect& rect, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;

private:
    void paintName(QPainter& painter, const QRect& rect, const models::ContainerRow& row,
        bool isSelected) const;
    static void paintFigureWithPast(QPainter& painter, const QRect& rect, const QString& text,
        const models::TimeSeries& series, double maximum, const QColor& color);
    void paintState(QPainter& painter, const QRect& rect, const models::ContainerRow& row) const;
};

/// Word and tone of a container's state, while something is being done to it too.
struct StatusWord {
    QString text;
    theme::Tone tone = theme::Tone::Idle;
};
StatusWord statusWord(
    const client::ContainerSummary& container, models::ContainerActivity activity);

} // namespace portlight::views
