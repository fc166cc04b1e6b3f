#include "app/views/pages/logs_page.h"

#include "app/theme/icons.h"
#include "app/theme/theme.h"
#include "app/views/log/log_panel.h"
#include "app/views/widgets/container_chooser.h"
#include "app/views/widgets/state_page.h"
#include "app/views/widgets/text_label.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QStackedLayout>

namespace portlight::views {

namespace {

constexpr qint64 kRanges[] = { 15 * 60, 3600, 6 * 3600, 86'400, 7 * 86'400, 0 };

} // namespace

LogsPage::LogsPage(QWidget* parent)
    : QWidget(parent)
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_rangeLabel(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_range(new QComboBox)
    , m_chooser(new ContainerChooser(QStringLiteral("logs"), kMostChosen))
    , m_log(new LogPanel)
    , m_body(new QWidget)
    , m_state(new StatePage)
    , m_nothingChosen(new StatePage)
    , m_pages(new QStackedLayout)
    , m_right(new QStackedLayout)
{
    setObjectName(QStringLiteral("logsPage"));
    m_state->setObjectName(QStringLiteral("logsState"));
    m_range->setObjectName(QStringLiteral("logsRange"));
    m_rangeLabel->setBuddy(m_range);
    for (const qint64 seconds : kRanges)
        m_range->addItem({}, seconds);
    m_range->setCurrentIndex(1);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title, 1);
    head->addWidget(m_rangeLabel);
    head->addWidget(m_range);
    auto* side = new QVBoxLayout;
    side->setContentsMargins(0, 12, 0, 0);
    side->addWidget(m_chooser);
    auto* body = new QHBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(16);
    body->addLayout(side);
    m_right->addWidget(m_log);
    m_right->addWidget(m_nothingChosen);
    body->addLayout(m_right, 1);
    m_pages->addWidget(m_body);
    m_pages->addWidget(m_state);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addLayout(m_pages, 1);
    connect(m_chooser, &ContainerChooser::choiceChanged, this, [this] {
        showState();
        emit choiceChanged();
    });
    connect(m_range, &QComboBox::activated, this, &LogsPage::rangeChanged);
    retranslate();
}

void LogsPage::setEngine(const EngineNotice& notice)
{
    m_engine = notice;
    showState();
}

void LogsPage::showState()
{
    const bool isAway = m_engine.state == EngineNotice::State::Away;
    if (isAway)
        m_state->setContent(m_engine.away);
    else if (m_containers.isEmpty())
        m_state->setContent(
            { QStringLiteral("log"), theme::IconColor::Text3, tr("No container, no log"),
                tr("What containers write shows up here, of several in one stream."), {}, {} });
    m_pages->setCurrentIndex(isAway || m_containers.isEmpty() ? 1 : 0);
    m_right->setCurrentIndex(chosen().isEmpty() ? 1 : 0);
}

void LogsPage::setContainers(const QList<LogSourceEntry>& containers)
{
    m_containers = containers;
    QList<ContainerChooser::Entry> entries;
    for (const LogSourceEntry& container : containers)
        entries.append({ container.id,
            container.isRunning ? container.name : tr("%1 (stopped)").arg(container.name),
            container.name });
    m_chooser->setEntries(entries);
    showState();
}

QList<LogSourceEntry> LogsPage::chosen() const
{
    const QStringList ids = m_chooser->chosenIds();
    QList<LogSourceEntry> entries;
    for (const LogSourceEntry& container : m_containers)
        if (ids.contains(container.id))
            entries.append(container);
    return entries;
}

void LogsPage::setChosenIds(const QStringList& ids)
{
    m_chooser->setChosenIds(ids);
}

std::optional<qint64> LogsPage::rangeSeconds() const
{
    const qint64 seconds = m_range->currentData().toLongLong();
    return seconds > 0 ? std::optional(seconds) : std::nullopt;
}

void LogsPage::setColored(const QStringList& ids)
{
    m_chooser->setColored(ids);
}

void LogsPage::retranslate()
{
    m_title->setText(tr("Logs"));
    m_rangeLabel->setText(tr("Time"));
    const QStringList names { tr("Last 15 minutes"), tr("Last hour"), tr("Last 6 hours"),
        tr("Last day"), tr("Last 7 days"), tr("Everything") };
    for (int at = 0; at < m_range->count(); ++at)
        m_range->setItemText(at, names.value(at));
    m_chooser->setListName(tr("Containers in this log"));
    m_nothingChosen->setContent(
        { QStringLiteral("log"), theme::IconColor::Text3, tr("No container chosen"),
            tr("Tick those at the left whose logs are to be one stream."), {}, {} });
    showState();
}

void LogsPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
