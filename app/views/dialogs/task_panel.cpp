#include "app/views/dialogs/task_panel.h"

#include "app/views/dialogs/task_card.h"

#include <QEvent>
#include <QSet>
#include <QVBoxLayout>

namespace portlight::views {

using actions::Task;
using actions::TaskList;

TaskPanel::TaskPanel(TaskList& tasks, QWidget* parent)
    : QScrollArea(parent)
    , m_tasks(tasks)
{
    setProperty("flatTable", true);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* list = new QWidget;
    m_layout = new QVBoxLayout(list);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(12);
    m_layout->addStretch(1);
    setWidget(list);
    viewport()->setAutoFillBackground(false);
    list->setAutoFillBackground(false);
    connect(&tasks, &QAbstractItemModel::rowsInserted, this, &TaskPanel::synchronize);
    connect(&tasks, &QAbstractItemModel::rowsRemoved, this, &TaskPanel::synchronize);
    connect(&tasks, &QAbstractItemModel::modelReset, this, &TaskPanel::synchronize);
    connect(&tasks, &QAbstractItemModel::dataChanged, this, &TaskPanel::synchronize);
    synchronize();
}

void TaskPanel::synchronize()
{
    QSet<int> present;
    for (int row = 0; row < m_tasks.rowCount(); ++row) {
        const QModelIndex index = m_tasks.index(row);
        const auto* task = static_cast<const Task*>(index.data(TaskList::TaskRole).value<void*>());
        if (!task || (m_isShown && !m_isShown(task->id)))
            continue;
        const int place = int(present.size());
        present.insert(task->id);
        TaskCard*& card = m_cards[task->id];
        if (!card) {
            card = new TaskCard(task->id);
            m_layout->insertWidget(place, card);
            connect(card, &TaskCard::cancelRequested, &m_tasks, &TaskList::cancel);
        }
        card->show(*task, index.data(TaskList::ProgressRole).toDouble(),
            index.data(TaskList::DetailRole).toString());
    }
    for (auto at = m_cards.begin(); at != m_cards.end();) {
        if (present.contains(at.key())) {
            ++at;
            continue;
        }
        at.value()->deleteLater();
        at = m_cards.erase(at);
    }
}

void TaskPanel::setShown(std::function<bool(int id)> isShown)
{
    m_isShown = std::move(isShown);
    synchronize();
}

void TaskPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        for (TaskCard* card : std::as_const(m_cards))
            card->retranslate();
        synchronize();
    }
    QScrollArea::changeEvent(event);
}

} // namespace portlight::views
