#pragma once

#include "app/actions/task_list.h"
#include "app/views/widgets/card.h"

class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace portlight::views {

class Chip;
class ElidedLabel;
class PartsView;
class TextLabel;

/// One task: title, state, bar, figures, Cancel while it runs, its record on demand.
class TaskCard : public Card {
    Q_OBJECT

public:
    explicit TaskCard(int id, QWidget* parent = nullptr);

    /// @p detail as TaskList::DetailRole gives it.
    void show(const actions::Task& task, double progress, const QString& detail);
    void retranslate();

signals:
    void cancelRequested(int id);

private:
    void showState(actions::TaskState state);

    int m_id;
    actions::TaskState m_state = actions::TaskState::Running;
    ElidedLabel* m_title;
    Chip* m_chip;
    QProgressBar* m_bar;
    TextLabel* m_detail;
    PartsView* m_parts;
    QPushButton* m_cancel;
    QPushButton* m_more;
    QPlainTextEdit* m_log;
};

} // namespace portlight::views
