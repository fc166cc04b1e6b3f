#pragma once

#include "app/actions/task_list.h"

#include <QWidget>

namespace portlight::views {

/// The parts of a task, a line each: name, bar, what the engine does with it.
class PartsView : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    void setParts(const QList<actions::TaskPart>& parts);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int lineHeight() const;
    void paintPart(QPainter& painter, const QRect& line, const actions::TaskPart& part) const;

    QList<actions::TaskPart> m_parts;
};

} // namespace portlight::views
