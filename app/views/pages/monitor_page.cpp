#include "app/views/pages/monitor_page.h"

#include "app/models/event_text.h"
#include "app/views/charts/history_card.h"
#include "app/views/charts/process_card.h"
#include "app/views/widgets/container_chooser.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/state_page.h"
#include "app/views/widgets/text_label.h"

#include <QButtonGroup>
#include <QDateTime>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;
constexpr qint64 kDay = 24 * kHour;
constexpr qint64 kRanges[] = { kMinute, 10 * kMinute, kHour, 6 * kHour, kDay, 7 * kDay, 30 * kDay };
constexpr int kTwoColumnsFrom = 1000; ///< of the page

QString spanText(const TimeSpan& span)
{
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(span.fromMs);
    const QDateTime to = QDateTime::fromMSecsSinceEpoch(span.toMs);
    const QString seconds = QStringLiteral("HH:mm:ss");
    const QLocale locale;
    const auto text = [&](const QDateTime& moment, bool hasDate) {
        const QString time = locale.toString(moment.time(), seconds);
        return hasDate ? locale.toString(moment.date(), QLocale::ShortFormat) + u' ' + time : time;
    };
    const bool isToday = from.date() == QDate::currentDate();
    return text(from, !isToday) + QStringLiteral(" – ") + text(to, from.date() != to.date());
}

} // namespace

MonitorPage::MonitorPage(QWidget* parent)
    : QWidget(parent)
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_spanText(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_csv(new QPushButton)
    , m_picture(new QPushButton)
    , m_ranges(new QButtonGroup(this))
    , m_live(new QPushButton)
    , m_chooser(new ContainerChooser(QStringLiteral("monitor"), kMostChosen))
    , m_message(new MessageBar)
    , m_scroll(new QScrollArea)
    , m_grid(new QGridLayout)
    , m_cpu(new HistoryCard(AxisUnit::Percent))
    , m_memory(new HistoryCard(AxisUnit::Bytes))
    , m_network(new HistoryCard(AxisUnit::BytesPerSecond))
    , m_disk(new HistoryCard(AxisUnit::BytesPerSecond))
    , m_pids(new HistoryCard(AxisUnit::Count))
    , m_pressure(new HistoryCard(AxisUnit::Percent))
    , m_processes(new ProcessCard)
    , m_body(new QWidget)
    , m_state(new StatePage)
    , m_nothingChosen(new StatePage)
    , m_pages(new QStackedLayout)
    , m_right(new QStackedLayout)
{
    setObjectName(QStringLiteral("monitorPage"));
    m_cards = { m_cpu, m_memory, m_network, m_disk, m_pids, m_pressure };
    m_cpu->setObjectName(QStringLiteral("historyCpu"));
    m_memory->setObjectName(QStringLiteral("historyMemory"));
    m_network->setObjectName(QStringLiteral("historyNetwork"));
    m_disk->setObjectName(QStringLiteral("historyDisk"));
    m_pids->setObjectName(QStringLiteral("historyPids"));
    m_pressure->setObjectName(QStringLiteral("historyPressure"));
    m_spanText->setObjectName(QStringLiteral("monitorSpan"));
    m_state->setObjectName(QStringLiteral("monitorState"));
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title);
    head->addWidget(m_spanText, 1);
    head->addWidget(m_csv);
    head->addWidget(m_picture);
    m_csv->setObjectName(QStringLiteral("exportCsv"));
    m_picture->setObjectName(QStringLiteral("exportPicture"));
    auto* body = new QHBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(16);
    body->addWidget(m_chooser);
    m_right->addWidget(makeCharts());
    m_right->addWidget(m_nothingChosen);
    body->addLayout(m_right, 1);
    m_pages->addWidget(m_body);
    m_pages->addWidget(m_state);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(makeBar());
    layout->addWidget(m_message);
    layout->addLayout(m_pages, 1);
    connect(m_chooser, &ContainerChooser::choiceChanged, this, [this] {
        showState();
        emit choiceChanged();
    });
    connect(m_csv, &QPushButton::clicked, this, &MonitorPage::csvRequested);
    connect(m_picture, &QPushButton::clicked, this, &MonitorPage::pictureRequested);
    retranslate();
    showState();
}

QWidget* MonitorPage::makeBar()
{
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    for (int at = 0; at < int(std::size(kRanges)); ++at) {
        auto* button = new QPushButton;
        button->setObjectName(QStringLiteral("range.%1").arg(kRanges[at] / 1000));
        button->setCheckable(true);
        m_ranges->addButton(button, at);
        layout->addWidget(button);
    }
    m_ranges->button(1)->setChecked(true);
    m_live->setCheckable(true);
    m_live->setChecked(true);
    m_live->setObjectName(QStringLiteral("monitorLive"));
    layout->addSpacing(8);
    layout->addWidget(m_live);
    layout->addStretch(1);
    connect(m_ranges, &QButtonGroup::idClicked, this,
        [this](int id) { emit rangeChosen(kRanges[id]); });
    connect(m_live, &QPushButton::clicked, this, &MonitorPage::liveChosen);
    return bar;
}

QWidget* MonitorPage::makeCharts()
{
    auto* content = new QWidget;
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(16);
    content->setLayout(m_grid);
    content->setObjectName(QStringLiteral("monitorCharts"));
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    for (HistoryCard* card : std::as_const(m_cards)) {
        card->setMinimumHeight(220);
        connect(card, &HistoryCard::cursorMoved, this, [this](std::optional<qint64> timeMs) {
            for (HistoryCard* each : std::as_const(m_cards))
                each->setCursor(timeMs);
        });
        connect(card, &HistoryCard::spanRequested, this, &MonitorPage::spanRequested);
        connect(card, &HistoryCard::resetRequested, this, [this] { emit liveChosen(true); });
    }
    m_processes->setObjectName(QStringLiteral("monitorProcesses"));
    placeCards();
    return m_scroll;
}

/// Two columns where there is room, else one.
void MonitorPage::placeCards()
{
    const int columns = width() >= kTwoColumnsFrom ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    for (int at = 0; at < int(m_cards.size()); ++at) {
        m_grid->removeWidget(m_cards.at(at));
        m_grid->addWidget(m_cards.at(at), at / columns, at % columns);
    }
    m_grid->removeWidget(m_processes);
    m_grid->addWidget(m_processes, (int(m_cards.size()) + columns - 1) / columns, 0, 1, columns);
    m_grid->setColumnStretch(0, 1);
    m_grid->setColumnStretch(1, columns == 2 ? 1 : 0);
}

void MonitorPage::setEngine(const EngineNotice& notice)
{
    m_engine = notice;
    showState();
}

void MonitorPage::setUnsupported(bool isUnsupported)
{
    m_isUnsupported = isUnsupported;
    showState();
}

void MonitorPage::showState()
{
    const bool isAway = m_engine.state == EngineNotice::State::Away;
    if (isAway)
        m_state->setContent(m_engine.away);
    else if (m_isUnsupported)
        m_state->setContent({ QStringLiteral("activity"), theme::IconColor::Text3,
            tr("This engine keeps no record"),
            tr("Figures of the past come from Portlight's own engine. The container pages show the "
               "live figures of this one."),
            {}, {} });
    else if (m_chooser->isEmpty())
        m_state->setContent({ QStringLiteral("activity"), theme::IconColor::Text3,
            tr("Nothing recorded yet"),
            tr("The engine records what containers use as soon as one runs, also while this window "
               "is closed."),
            {}, {} });
    const bool hasBody = !isAway && !m_isUnsupported && !m_chooser->isEmpty();
    m_pages->setCurrentWidget(hasBody ? m_body : static_cast<QWidget*>(m_state));
    m_right->setCurrentIndex(chosenIds().isEmpty() ? 1 : 0);
    const bool canExport = hasBody && !chosenIds().isEmpty();
    m_csv->setEnabled(canExport);
    m_picture->setEnabled(canExport);
}

void MonitorPage::setContainers(const QList<client::RecordedContainer>& containers)
{
    QList<ContainerChooser::Entry> entries;
    for (const client::RecordedContainer& container : containers) {
        const QString name = container.name.isEmpty() ? container.id.left(12) : container.name;
        const QString text = container.isRunning ? name
            : container.isGone                   ? tr("%1 (removed)").arg(name)
                                                 : tr("%1 (stopped)").arg(name);
        entries.append({ container.id, text, name + QStringLiteral("\n") + container.image });
    }
    m_chooser->setEntries(entries);
    showState();
}

QStringList MonitorPage::chosenIds() const
{
    return m_chooser->chosenIds();
}

void MonitorPage::setChosenIds(const QStringList& ids)
{
    m_chooser->setChosenIds(ids);
}

void MonitorPage::setSpan(const TimeSpan& span, bool isLive)
{
    m_span = span;
    m_live->setChecked(isLive);
    m_spanText->setText(spanText(span));
    for (HistoryCard* card : std::as_const(m_cards))
        card->setSpan(span);
}

qint64 MonitorPage::rangeMs() const
{
    const int id = m_ranges->checkedId();
    return id < 0 ? -1 : kRanges[id];
}

void MonitorPage::setRangeMs(qint64 rangeMs)
{
    // A group that is exclusive cannot have none.
    m_ranges->setExclusive(false);
    for (int at = 0; at < int(std::size(kRanges)); ++at)
        m_ranges->button(at)->setChecked(kRanges[at] == rangeMs);
    m_ranges->setExclusive(true);
}

void MonitorPage::setWindow(const models::MetricsWindow& window)
{
    const bool isSingle = window.series().size() == 1;
    if (isSingle != std::exchange(m_isSingle, isSingle))
        showFigures();
    const QList<HistoryMark> happened = marks(window);
    for (HistoryCard* card : std::as_const(m_cards)) {
        card->setWindow(window);
        card->setMarks(happened);
    }
    using client::Metric;
    const bool isEmpty = window.lastMs() == 0;
    const QString nothing = isEmpty ? tr("Nothing was recorded in this time.") : QString();
    for (HistoryCard* card : { m_cpu, m_memory, m_pids })
        card->setObstacle(nothing);
    const auto unmeasured = [&](HistoryCard& card, Metric metric, const QString& reason) {
        card.setObstacle(isEmpty || window.isMeasured(metric) ? nothing : reason);
    };
    unmeasured(*m_network, Metric::ReceivedPerSecond,
        tr("Not connected to a network: nothing can be received or sent."));
    unmeasured(*m_disk, Metric::ReadPerSecond,
        tr("This computer does not count what containers read and write."));
    unmeasured(*m_pressure, Metric::CpuPressure,
        tr("This computer's kernel does not measure pressure (PSI) of control groups. It takes "
           "control groups version 2 and a kernel with psi=1."));
}

/// What happened to the containers on display.
QList<HistoryMark> MonitorPage::marks(const models::MetricsWindow& window) const
{
    QList<HistoryMark> found;
    for (const client::EngineEvent& event : window.events()) {
        const auto known = std::find_if(window.series().begin(), window.series().end(),
            [&](const auto& series) { return series.container.id == event.actorId; });
        if (known == window.series().end())
            continue;
        const models::EventText text = models::eventText(event);
        if (!text.isNotable)
            continue;
        const QString time =
            QLocale().toString(event.time.toLocalTime().time(), QStringLiteral("HH:mm:ss"));
        found.append({ event.time.toMSecsSinceEpoch(), theme::Tone(text.tone),
            time + QStringLiteral("  ") + known->container.name + QStringLiteral(": ")
                + text.text });
    }
    return found;
}

void MonitorPage::setProcesses(const QString& name, const client::ProcessTable& table)
{
    m_processes->setProcesses(name, table);
}

void MonitorPage::setNoProcesses(const QString& reason)
{
    m_processes->setObstacle(reason);
}

QPixmap MonitorPage::chartsPicture()
{
    QWidget& charts = *m_scroll->widget();
    const qreal ratio = std::max(2.0, devicePixelRatioF());
    QPixmap picture(charts.size() * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(theme::theme().window);
    charts.render(&picture);
    return picture;
}

void MonitorPage::showFigures()
{
    using client::Metric;
    m_cpu->setFigures(tr("CPU"), { { Metric::CpuPercent, {}, false } });
    m_memory->setFigures(tr("Memory"), { { Metric::MemoryBytes, {}, false } });
    m_network->setFigures(tr("Network"),
        { { Metric::ReceivedPerSecond, tr("Received"), false },
            { Metric::SentPerSecond, tr("Sent"), true } });
    m_disk->setFigures(tr("Disk"),
        { { Metric::ReadPerSecond, tr("Read", "bytes from disk"), false },
            { Metric::WrittenPerSecond, tr("Written"), true } });
    m_pids->setFigures(tr("Processes"), { { Metric::Pids, {}, false } });
    if (m_isSingle)
        m_pressure->setFigures(tr("Pressure"),
            { { Metric::CpuPressure, tr("CPU"), false },
                { Metric::MemoryPressure, tr("Memory"), false },
                { Metric::IoPressure, tr("Disk"), false } });
    else
        m_pressure->setFigures(tr("Pressure on CPU"), { { Metric::CpuPressure, {}, false } });
    m_pressure->setToolTip(tr("Share of the time in which processes had to wait"));
}

void MonitorPage::retranslate()
{
    m_title->setText(tr("Monitor"));
    m_csv->setText(tr("Export CSV…"));
    m_picture->setText(tr("Export picture…"));
    const QStringList names { tr("1 min"), tr("10 min"), tr("1 h"), tr("6 h"), tr("1 day"),
        tr("7 days"), tr("30 days") };
    for (int at = 0; at < int(std::size(kRanges)); ++at)
        m_ranges->button(at)->setText(names.at(at));
    m_live->setText(tr("Live"));
    m_live->setToolTip(tr("Follow the clock"));
    m_chooser->setListName(tr("Containers in the charts"));
    m_nothingChosen->setContent(
        { QStringLiteral("activity"), theme::IconColor::Text3, tr("No container chosen"),
            tr("Tick up to %n container(s) at the left.", nullptr, kMostChosen), {}, {} });
    showFigures();
    if (m_span.toMs > 0)
        m_spanText->setText(spanText(m_span));
    showState();
}

void MonitorPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void MonitorPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeCards();
}

} // namespace portlight::views
