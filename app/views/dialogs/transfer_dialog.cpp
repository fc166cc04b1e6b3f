#include "app/views/dialogs/transfer_dialog.h"

#include "app/views/dialogs/task_card.h"

#include <QEvent>
#include <QPushButton>
#include <QVBoxLayout>

namespace portlight::views {

TransferDialog::TransferDialog(actions::TaskList& tasks, const QList<int>& ids, QWidget* parent)
    : QDialog(parent)
    , m_tasks(tasks)
    , m_close(new QPushButton)
{
    setObjectName(QStringLiteral("transferDialog"));
    m_close->setObjectName(QStringLiteral("transferClose"));
    m_close->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(12);
    for (const int id : ids) {
        auto* card = new TaskCard(id);
        connect(card, &TaskCard::cancelRequested, &tasks, &actions::TaskList::cancel);
        layout->addWidget(card);
        m_cards.insert(id, card);
    }
    layout->addStretch(1);
    layout->addWidget(m_close, 0, Qt::AlignRight);
    setMinimumWidth(520);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(&tasks, &QAbstractItemModel::dataChanged, this, &TransferDialog::synchronize);
    connect(&tasks, &actions::TaskList::taskEnded, this, &TransferDialog::synchronize);
    retranslate();
    synchronize();
}

void TransferDialog::synchronize()
{
    bool allOver = true;
    bool allWell = true;
    for (int row = 0; row < m_tasks.rowCount(); ++row) {
        const QModelIndex index = m_tasks.index(row);
        const int id = index.data(actions::TaskList::IdRole).toInt();
        TaskCard* card = m_cards.value(id);
        const actions::Task* task = m_tasks.find(id);
        if (!card || !task)
            continue;
        card->show(*task, index.data(actions::TaskList::ProgressRole).toDouble(),
            index.data(actions::TaskList::DetailRole).toString());
        allOver = allOver && task->state != actions::TaskState::Running;
        allWell = allWell && task->state != actions::TaskState::Failed;
    }
    m_isOver = allOver;
    retranslate();
    // A success needs no click; a failure stays until it was read.
    if (allOver && allWell)
        accept();
}

void TransferDialog::retranslate()
{
    setWindowTitle(tr("Images"));
    m_close->setText(m_isOver ? tr("Close") : tr("Continue in background"));
}

void TransferDialog::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        for (TaskCard* card : std::as_const(m_cards))
            card->retranslate();
        retranslate();
    }
    QDialog::changeEvent(event);
}

} // namespace portlight::views
