#include "app/views/pages/overview_page.h"

#include "app/models/format.h"
#include "app/theme/icons.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/card.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/problem_list.h"
#include "app/views/widgets/sparkline_card.h"
#include "app/views/widgets/state_page.h"
#include "app/views/widgets/text_label.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QListWidget>
#include <QLocale>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTableWidget>
#include <QVBoxLayout>

namespace portlight::views {

namespace {

constexpr int kWideFrom = 900;
constexpr int kMostEvents = 12;
constexpr int kMostTop = 5;

QVBoxLayout* cardLayout(QWidget& card, TextLabel* title, TextLabel* empty, QWidget* content)
{
    auto* layout = new QVBoxLayout(&card);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addWidget(title);
    layout->addWidget(empty);
    layout->addWidget(content, 1);
    layout->addStretch(0);
    return layout;
}

theme::Tone toneOf(const models::EventText& text)
{
    return theme::Tone(text.tone);
}

} // namespace

OverviewPage::OverviewPage(const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent)
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_buttons(new QHBoxLayout)
    , m_message(new MessageBar)
    , m_containers(new SparklineCard(-1))
    , m_cpu(new SparklineCard(0))
    , m_memory(new SparklineCard(2))
    , m_disk(new SparklineCard(-1))
    , m_problems(new ProblemList)
    , m_host(new ProblemList)
    , m_topTitle(new TextLabel(theme::FontRole::Heading))
    , m_topEmpty(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_top(new QTableWidget)
    , m_topCard(makeTop())
    , m_eventsTitle(new TextLabel(theme::FontRole::Heading))
    , m_eventsEmpty(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_events(new QListWidget)
    , m_eventsCard(makeEvents())
    , m_grid(new QGridLayout)
    , m_scroll(new QScrollArea)
    , m_state(new StatePage)
    , m_pages(new QStackedLayout)
{
    setObjectName(QStringLiteral("overviewPage"));
    m_containers->setObjectName(QStringLiteral("overviewContainers"));
    m_cpu->setObjectName(QStringLiteral("overviewCpu"));
    m_memory->setObjectName(QStringLiteral("overviewMemory"));
    m_disk->setObjectName(QStringLiteral("overviewDisk"));
    m_problems->setObjectName(QStringLiteral("overviewProblems"));
    m_host->setObjectName(QStringLiteral("overviewHost"));
    m_state->setObjectName(QStringLiteral("overviewState"));
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title, 1);
    m_buttons->setSpacing(12);
    for (qsizetype at = actions.size() - 1; at >= 0; --at)
        m_buttons->addWidget(new ActionButton(
            actions.at(at), at == 0 ? ButtonKind::Primary : ButtonKind::Secondary));
    head->addLayout(m_buttons);
    m_scroll->setWidget(makeContent());
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_pages->addWidget(m_scroll);
    m_pages->addWidget(m_state);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addWidget(m_message);
    layout->addLayout(m_pages, 1);
    const auto opens = [this](SparklineCard* card, const char* page) {
        connect(card, &SparklineCard::clicked, this,
            [this, page] { emit pageRequested(QLatin1String(page)); });
    };
    opens(m_containers, "containers");
    opens(m_cpu, "monitor");
    opens(m_memory, "monitor");
    opens(m_disk, "images");
    connect(m_problems, &ProblemList::containerRequested, this, &OverviewPage::containerRequested);
    connect(m_problems, &ProblemList::logsRequested, this, &OverviewPage::logsRequested);
    connect(m_problems, &ProblemList::startRequested, this, &OverviewPage::startRequested);
    connect(m_problems, &ProblemList::moreRequested, this,
        [this] { emit pageRequested(QStringLiteral("containers")); });
    connect(m_host, &ProblemList::copyRequested, this, &OverviewPage::copyRequested);
    connect(m_host, &ProblemList::moreRequested, this,
        [this] { emit pageRequested(QStringLiteral("settings")); });
    retranslate();
}

QWidget* OverviewPage::makeTop()
{
    auto* card = new Card;
    m_top->setObjectName(QStringLiteral("overviewTop"));
    m_top->setProperty("flatTable", true);
    m_top->setColumnCount(3);
    m_top->setShowGrid(false);
    m_top->verticalHeader()->hide();
    m_top->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_top->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_top->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_top->setTabKeyNavigation(false);
    m_top->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_top, &QTableWidget::itemActivated, this, [this](const QTableWidgetItem* item) {
        emit containerRequested(m_topList.value(item->row()).id);
    });
    cardLayout(*card, m_topTitle, m_topEmpty, m_top);
    return card;
}

QWidget* OverviewPage::makeEvents()
{
    auto* card = new Card;
    m_events->setObjectName(QStringLiteral("overviewEvents"));
    m_events->setFrameShape(QFrame::NoFrame);
    m_events->setTextElideMode(Qt::ElideMiddle);
    m_events->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_events, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        emit containerRequested(item->data(Qt::UserRole).toString());
    });
    cardLayout(*card, m_eventsTitle, m_eventsEmpty, m_events);
    return card;
}

QWidget* OverviewPage::makeContent()
{
    auto* content = new QWidget;
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(16);
    content->setLayout(m_grid);
    m_topCard->setMinimumHeight(200);
    m_eventsCard->setMinimumHeight(200);
    place();
    return content;
}

/// Four cards in a row where there is room, else two.
void OverviewPage::place()
{
    const int columns = width() >= kWideFrom ? 4 : 2;
    if (columns == m_columns)
        return;
    m_columns = columns;
    const QList<QWidget*> small { m_containers, m_cpu, m_memory, m_disk };
    for (int at = 0; at < 4; ++at) {
        m_grid->addWidget(small.at(at), at / columns, at % columns);
        m_grid->setColumnStretch(at, at < columns ? 1 : 0);
    }
    const int row = columns == 4 ? 1 : 2;
    m_grid->addWidget(m_problems, row, 0, 1, columns);
    m_grid->addWidget(m_host, row + 1, 0, 1, columns);
    m_grid->addWidget(m_topCard, row + 2, 0, 1, columns / 2);
    m_grid->addWidget(m_eventsCard, row + 2, columns / 2, 1, columns / 2);
    for (int at = 0; at < 6; ++at)
        m_grid->setRowStretch(at, at == row + 2 ? 1 : 0);
}

void OverviewPage::setEngine(const EngineNotice& notice)
{
    m_engine = notice;
    showState();
}

void OverviewPage::setLoaded(bool isLoaded)
{
    m_isLoaded = isLoaded;
    showState();
}

void OverviewPage::showState()
{
    const bool isAway = m_engine.state == EngineNotice::State::Away;
    if (isAway)
        m_state->setContent(m_engine.away);
    m_pages->setCurrentIndex(isAway ? 1 : 0);
    if (!isAway)
        setTotals(m_totals);
}

void OverviewPage::setTotals(const OverviewTotals& totals)
{
    m_totals = totals;
    const auto known = [this](const QString& text) {
        return m_isLoaded ? text : models::format::unknown();
    };
    QStringList more { tr("%n stopped", nullptr, totals.stopped) };
    if (totals.failed > 0)
        more.append(tr("%n failed", nullptr, totals.failed));
    more.append(tr("%n image(s)", nullptr, totals.images));
    m_containers->setTexts(tr("Containers"), known(tr("%n running", nullptr, totals.running)),
        m_isLoaded ? more.join(QStringLiteral(" · ")) : tr("Asking the engine…"));
    m_cpu->setTexts(tr("CPU"), models::format::percent(totals.cpuPercent),
        totals.cpuCount > 0 ? tr("of %n processor(s)", nullptr, totals.cpuCount) : QString());
    m_cpu->setSeries(totals.cpu, std::max(10.0, totals.cpu.maximum().value_or(0)));
    m_memory->setTexts(tr("Memory"), models::format::bytes(totals.memoryBytes),
        totals.hostMemoryBytes > 0 ? tr("of %1").arg(models::format::bytes(totals.hostMemoryBytes))
                                   : QString());
    m_memory->setSeries(totals.memory, std::max(1.0, totals.memory.maximum().value_or(0) * 1.25));
}

void OverviewPage::setDisk(const std::optional<client::DiskUsage>& disk)
{
    m_diskUsage = disk;
    using models::format::bytes;
    if (!disk) {
        m_disk->setTexts(tr("Disk"), models::format::unknown(), {});
        return;
    }
    const QString parts =
        tr("Images %1 · Containers %2 · Volumes %3")
            .arg(bytes(disk->imageBytes), bytes(disk->containerBytes), bytes(disk->volumeBytes));
    const qint64 unused = disk->unusedImageBytes + disk->unusedVolumeBytes;
    m_disk->setTexts(tr("Disk"), bytes(disk->total()),
        unused > 0 ? parts + QStringLiteral("\n") + tr("%1 of it unused").arg(bytes(unused))
                   : parts);
}

void OverviewPage::setProblems(const QList<models::Problem>& problems)
{
    m_problems->setProblems(problems);
}

void OverviewPage::setHostProblems(const QList<models::Problem>& problems)
{
    m_host->setProblems(problems);
    m_host->setVisible(!problems.isEmpty());
}

void OverviewPage::setTop(const QList<OverviewTop>& top)
{
    const QList<OverviewTop> shown = top.mid(0, kMostTop);
    m_topEmpty->setVisible(shown.isEmpty());
    m_top->setVisible(!shown.isEmpty());
    if (shown == m_topList)
        return;
    m_topList = shown;
    m_top->setRowCount(int(shown.size()));
    for (int row = 0; row < shown.size(); ++row) {
        const OverviewTop& one = shown.at(row);
        const QStringList texts { one.name, one.cpu, one.memory };
        for (int column = 0; column < texts.size(); ++column) {
            QTableWidgetItem* item = m_top->item(row, column);
            if (!item) {
                item = new QTableWidgetItem;
                m_top->setItem(row, column, item);
            }
            item->setText(texts.at(column));
            item->setTextAlignment(
                Qt::AlignVCenter | (column == 0 ? Qt::AlignLeft : Qt::AlignRight));
        }
    }
}

void OverviewPage::setEvents(const QList<client::EngineEvent>& events)
{
    m_eventList = events;
    fillEvents();
}

void OverviewPage::fillEvents()
{
    const auto shown = std::min<qsizetype>(m_eventList.size(), kMostEvents);
    m_eventsEmpty->setVisible(shown == 0);
    m_events->setVisible(shown > 0);
    for (qsizetype row = 0; row < shown; ++row) {
        const client::EngineEvent& event = m_eventList.at(row);
        QListWidgetItem* item = m_events->item(int(row));
        if (!item) {
            item = new QListWidgetItem(m_events);
            item->setSizeHint({ 0, m_events->fontMetrics().height() + 8 });
        }
        const models::EventText text = models::eventText(event);
        const QString name = event.attributes.value(QStringLiteral("name"), event.actorId.left(12));
        const QDateTime time = event.time.toLocalTime();
        const QString day = time.date() == QDate::currentDate()
            ? QString()
            : QLocale().toString(time.date(), QLocale::ShortFormat) + u' ';
        const QString line = day + QLocale().toString(time.time(), QStringLiteral("HH:mm:ss"))
            + QStringLiteral("   ") + name + QStringLiteral(": ") + text.text;
        item->setText(line);
        item->setToolTip(line + QStringLiteral("\n") + models::format::absoluteTime(event.time));
        item->setData(Qt::UserRole, event.actorId);
        const auto tone = toneOf(text);
        const bool isLoud = tone == theme::Tone::Bad || tone == theme::Tone::Warn;
        item->setForeground(isLoud ? theme::theme().status(tone).foreground : theme::theme().text);
    }
    while (m_events->count() > shown)
        delete m_events->takeItem(m_events->count() - 1);
}

void OverviewPage::retranslate()
{
    m_title->setText(tr("Overview"));
    m_problems->setTitle(tr("Needs attention"));
    m_problems->setEmptyText(tr("Nothing failed. Containers that end with an error, run out of "
                                "memory or are unhealthy show up here."));
    m_host->setTitle(tr("This computer lacks"));
    m_topTitle->setText(tr("Busiest containers"));
    m_topEmpty->setText(tr("No container runs."));
    m_top->setHorizontalHeaderLabels({ tr("Name"), tr("CPU"), tr("Memory") });
    for (int column = 0; column < m_top->columnCount(); ++column)
        m_top->horizontalHeaderItem(column)->setTextAlignment(
            Qt::AlignVCenter | (column == 0 ? Qt::AlignLeft : Qt::AlignRight));
    m_top->setAccessibleName(tr("Busiest containers"));
    m_eventsTitle->setText(tr("Last events"));
    m_eventsEmpty->setText(tr("Nothing happened in the last day."));
    m_events->setAccessibleName(tr("Last events"));
    setTotals(m_totals);
    setDisk(m_diskUsage);
    fillEvents();
}

void OverviewPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void OverviewPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    place();
}

} // namespace portlight::views
