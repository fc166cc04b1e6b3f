#pragma once

#include "app/actions/task_list.h"

#include <QDialog>
#include <QHash>

class QPushButton;

namespace portlight::views {

class TaskCard;

/// The archives that were just set going, a card each: figure, speed, time left, Cancel. Closing it
/// leaves them running; it closes by itself when all went well.
class TransferDialog : public QDialog {
    Q_OBJECT

public:
    /// @p tasks must outlive the dialog.
    TransferDialog(actions::TaskList& tasks, const QList<int>& ids, QWidget* parent);

protected:
    void changeEvent(QEvent* event) override;

private:
    void synchronize();
    void retranslate();

    actions::TaskList& m_tasks;
    QHash<int, TaskCard*> m_cards;
    QPushButton* m_close;
    bool m_isOver = false;
};

} // namespace portlight::views
