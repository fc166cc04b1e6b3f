#pragma once

#include "app/actions/task_list.h"

#include <QWidget>

class QPushButton;
class QStackedLayout;

namespace portlight::views {

class StatePage;
class TextLabel;

/// The long work of this window: under way and over.
class ActivityPage : public QWidget {
    Q_OBJECT

public:
    /// @p tasks must outlive the page.
    explicit ActivityPage(actions::TaskList& tasks, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void update();
    void retranslate();

    actions::TaskList& m_tasks;
    TextLabel* m_title;
    QPushButton* m_clear;
    StatePage* m_empty;
    QStackedLayout* m_content;
};

} // namespace portlight::views
