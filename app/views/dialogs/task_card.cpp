#include "app/views/dialogs/task_card.h"

#include "app/theme/theme.h"
#include "app/views/dialogs/parts_view.h"
#include "app/views/widgets/chip.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>

namespace portlight::views {

namespace {

constexpr int kBarSteps = 1000;

} // namespace

TaskCard::TaskCard(int id, QWidget* parent)
    : Card(parent)
    , m_id(id)
    , m_title(new ElidedLabel(theme::FontRole::Strong))
    , m_chip(new Chip)
    , m_bar(new QProgressBar)
    , m_detail(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_parts(new PartsView)
    , m_cancel(new QPushButton)
    , m_more(new QPushButton)
    , m_log(new QPlainTextEdit)
{
    setObjectName(QStringLiteral("taskCard%1").arg(id));
    m_cancel->setObjectName(QStringLiteral("taskCancel"));
    m_detail->setObjectName(QStringLiteral("taskDetail"));
    m_bar->setObjectName(QStringLiteral("taskBar"));
    m_bar->setTextVisible(false);
    m_detail->setWordWrap(true);
    m_detail->makeSelectable();
    m_log->setReadOnly(true);
    m_log->setFont(theme::font(theme::FontRole::Mono));
    m_log->setFixedHeight(160);
    m_log->hide();
    m_more->setCheckable(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title, 1);
    head->addWidget(m_chip);
    head->addWidget(m_more);
    head->addWidget(m_cancel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addWidget(m_bar);
    layout->addWidget(m_detail);
    layout->addWidget(m_parts);
    layout->addWidget(m_log);
    connect(m_cancel, &QPushButton::clicked, this, [this] { emit cancelRequested(m_id); });
    connect(m_more, &QPushButton::toggled, m_log, &QWidget::setVisible);
    retranslate();
}

void TaskCard::show(const actions::Task& task, double progress, const QString& detail)
{
    m_title->setText(task.title);
    m_bar->setAccessibleName(task.title);
    m_detail->setText(detail);
    m_bar->setVisible(task.state == actions::TaskState::Running);
    m_bar->setRange(0, progress < 0 ? 0 : kBarSteps);
    if (progress >= 0)
        m_bar->setValue(int(progress * kBarSteps));
    // Over, only what became of the whole matters.
    m_parts->setVisible(task.state == actions::TaskState::Running && !task.parts.isEmpty());
    m_parts->setParts(task.parts);
    m_cancel->setVisible(task.state == actions::TaskState::Running);
    m_more->setVisible(!task.log.isEmpty());
    // Appending keeps the reader's place; the list only ever grows at its end or starts anew.
    if (const QString log = task.log.join(QLatin1Char('\n')); log != m_log->toPlainText())
        m_log->setPlainText(log);
    showState(task.state);
}

void TaskCard::showState(actions::TaskState state)
{
    m_state = state;
    switch (state) {
    case actions::TaskState::Running:
        m_chip->setStatus(tr("Under way"), theme::Tone::Info);
        return;
    case actions::TaskState::Succeeded:
        m_chip->setStatus(tr("Done"), theme::Tone::Ok);
        return;
    case actions::TaskState::Failed:
        m_chip->setStatus(tr("Failed"), theme::Tone::Bad);
        return;
    case actions::TaskState::Cancelled:
        m_chip->setStatus(tr("Cancelled"), theme::Tone::Idle);
        return;
    }
}

void TaskCard::retranslate()
{
    m_cancel->setText(tr("Cancel"));
    m_more->setText(tr("Record"));
    m_log->setAccessibleName(tr("Record"));
    showState(m_state);
}

} // namespace portlight::views
