#pragma once

#include "app/actions/task_list.h"

#include <QHash>
#include <QScrollArea>

#include <functional>

class QVBoxLayout;

namespace portlight::views {

class TaskCard;

/// The tasks of this window, newest first, a card each: progress, speed, time left, cancel, and
/// afterwards what became of it with the engine's own lines.
class TaskPanel : public QScrollArea {
    Q_OBJECT

public:
    /// @p tasks must outlive this widget.
    explicit TaskPanel(actions::TaskList& tasks, QWidget* parent = nullptr);

    /// Shows only the tasks that @p isShown wants.
    void setShown(std::function<bool(int id)> isShown);

protected:
    void changeEvent(QEvent* event) override;

private:
    void synchronize();

    actions::TaskList& m_tasks;
    std::function<bool(int id)> m_isShown; ///< empty: all
    QVBoxLayout* m_layout;
    QHash<int, TaskCard*> m_cards;
};

} // namespace portlight::views
