#include "app/views/pages/activity_page.h"

#include "app/views/dialogs/task_panel.h"
#include "app/views/widgets/state_page.h"
#include "app/views/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>

namespace portlight::views {

ActivityPage::ActivityPage(actions::TaskList& tasks, QWidget* parent)
    : QWidget(parent)
    , m_tasks(tasks)
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_clear(new QPushButton)
    , m_empty(new StatePage)
    , m_content(new QStackedLayout)
{
    setObjectName(QStringLiteral("activityPage"));
    m_clear->setObjectName(QStringLiteral("clearEnded"));
    auto* head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_clear);
    m_content->addWidget(new TaskPanel(tasks));
    m_content->addWidget(m_empty);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addLayout(m_content, 1);
    connect(m_clear, &QPushButton::clicked, &tasks, &actions::TaskList::clearEnded);
    connect(&tasks, &QAbstractItemModel::rowsInserted, this, &ActivityPage::update);
    connect(&tasks, &QAbstractItemModel::rowsRemoved, this, &ActivityPage::update);
    connect(&tasks, &QAbstractItemModel::modelReset, this, &ActivityPage::update);
    connect(&tasks, &actions::TaskList::runningCountChanged, this, &ActivityPage::update);
    retranslate();
    update();
}

void ActivityPage::update()
{
    m_content->setCurrentIndex(m_tasks.rowCount() > 0 ? 0 : 1);
    m_clear->setEnabled(m_tasks.rowCount() > m_tasks.runningCount());
}

void ActivityPage::retranslate()
{
    m_title->setText(tr("Activity"));
    m_clear->setText(tr("Clear finished"));
    m_empty->setContent(
        { QStringLiteral("activity"), theme::IconColor::Text3, tr("Nothing under way"),
            tr("Imports and exports show up here with their progress and what became of them."), {},
            {} });
}

void ActivityPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
