#include "app/shell/status_line.h"

#include "app/models/format.h"
#include "app/shell/engine_session.h"
#include "app/shell/engine_text.h"
#include "app/theme/theme.h"
#include "app/views/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace portlight::shell {

StatusLine::StatusLine(EngineSession& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_text(new views::ElidedLabel(theme::FontRole::Small, views::TextColor::Text2))
    , m_tasks(new QPushButton)
{
    setObjectName(QStringLiteral("statusLine"));
    m_text->setObjectName(QStringLiteral("statusText"));
    m_tasks->setObjectName(QStringLiteral("statusTasks"));
    m_tasks->setFlat(true);
    m_tasks->setFixedHeight(24);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_tasks);
    setFixedHeight(std::max(28, fontMetrics().height() + 8));
    connect(m_tasks, &QPushButton::clicked, this, &StatusLine::activityRequested);
    connect(&session.stats, &session::StatsFeed::ticked, this, &StatusLine::updateText);
    connect(
        &session.connection, &session::Connection::statusChanged, this, &StatusLine::updateText);
    connect(&session, &EngineSession::infoChanged, this, &StatusLine::updateText);
    connect(
        &session.tasks, &actions::TaskList::runningCountChanged, this, &StatusLine::updateTasks);
    updateText();
    updateTasks();
}

void StatusLine::updateText()
{
    const session::ConnectionStatus& status = m_session.connection.status();
    QStringList parts;
    double cpu = 0;
    qint64 memory = 0;
    bool isMeasured = false;
    for (int row = 0; row < m_session.containers.rowCount(); ++row) {
        const client::ContainerStats& stats = m_session.containers.row(row).stats;
        cpu += stats.cpuPercent.value_or(0);
        memory += stats.memoryBytes.value_or(0);
        isMeasured = isMeasured || stats.memoryBytes.has_value();
    }
    const auto& info = m_session.info();
    if (status.state == session::ConnectionState::Running && isMeasured && info
        && info->cpuCount > 0) {
        parts << tr("CPU %1").arg(models::format::percent(cpu / info->cpuCount));
        parts << tr("Memory %1 of %2")
                     .arg(models::format::bytes(memory), models::format::bytes(info->memoryBytes));
    }
    if (status.state == session::ConnectionState::Running)
        parts << tr("Engine %1, API %2").arg(status.version.version, status.version.apiVersion);
    else
        parts << engineStateText(status);
    m_text->setText(parts.join(QStringLiteral("  ·  ")));
}

void StatusLine::updateTasks()
{
    const int running = m_session.tasks.runningCount();
    m_tasks->setText(tr("%n task(s) running", nullptr, running));
    m_tasks->setVisible(running > 0);
}

void StatusLine::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::theme().window);
    painter.fillRect(QRect(0, 0, width(), 1), theme::theme().border);
}

void StatusLine::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        updateText();
        updateTasks();
    }
    QWidget::changeEvent(event);
}

} // namespace portlight::shell
