#pragma once

#include "app/models/image_model.h"
#include "app/views/delegates/row_delegate.h"

namespace portlight::views {

/// Cells of the image table; reads ImageModel::RowRole.
class ImageDelegate : public RowDelegate {
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

protected:
    void paintCell(QPainter& painter, const QRect& rect, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override;

private:
    void paintName(
        QPainter& painter, const QRect& rect, const models::ImageRow& row, bool isSelected) const;
    void paintUse(QPainter& painter, const QRect& rect, const models::ImageRow& row) const;
};

} // namespace portlight::views
