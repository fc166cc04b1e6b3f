#include "app/views/pages/container_page.h"

#include "app/models/format.h"
#include "app/views/charts/container_charts.h"
#include "app/views/delegates/container_delegate.h"
#include "app/views/log/log_panel.h"
#include "app/views/pages/container_facts.h"
#include "app/views/pages/end_card.h"
#include "app/views/terminal/terminal_panel.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/chip.h"
#include "app/views/widgets/facts_card.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/text_label.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTabWidget>

namespace portlight::views {

namespace {

constexpr int kFactsWidth = 300;

} // namespace

ContainerPage::ContainerPage(models::ContainerModel& model, models::StatsHistory& history,
    const ContainerPageActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_back(new IconButton(QStringLiteral("back")))
    , m_name(new ElidedLabel(theme::FontRole::Title))
    , m_chip(new Chip)
    , m_subtitle(new ElidedLabel(theme::FontRole::Small, TextColor::Text2))
    , m_tabs(new QTabWidget)
    , m_end(new EndCard)
    , m_charts(new ContainerCharts(history))
    , m_facts(new FactsCard)
    , m_log(new LogPanel)
    , m_terminal(new TerminalPanel)
    , m_json(new QPlainTextEdit)
    , m_copyJson(new IconButton(QStringLiteral("copy")))
    , m_message(new MessageBar)
{
    setObjectName(QStringLiteral("containerPage"));
    m_tabs->setObjectName(QStringLiteral("containerTabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(makeOverview(), QString());
    m_tabs->addTab(m_log, QString());
    m_tabs->addTab(m_terminal, QString());
    m_tabs->addTab(makeInspect(), QString());
    m_tabs->tabBar()->setDrawBase(true);
    setFocusProxy(m_tabs);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addWidget(makeHead(actions));
    layout->addWidget(m_message);
    layout->addWidget(m_tabs, 1);

    connect(m_tabs, &QTabWidget::currentChanged, this, &ContainerPage::tabChanged);
    connect(m_message, &MessageBar::actionRequested, this, &ContainerPage::retryRequested);
    connect(&model, &QAbstractItemModel::dataChanged, this, &ContainerPage::updateHead);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &ContainerPage::updateHead);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &ContainerPage::updateHead);
    connect(&history, &models::StatsHistory::updated, this, [this] {
        if (m_charts->isVisible())
            m_charts->refresh();
    });
    retranslate();
}

QWidget* ContainerPage::makeHead(const ContainerPageActions& actions)
{
    auto* head = new QWidget;
    m_name->setObjectName(QStringLiteral("containerName"));
    m_chip->setObjectName(QStringLiteral("containerState"));
    m_back->setObjectName(QStringLiteral("containerBack"));
    connect(m_back, &IconButton::clicked, actions.back, &QAction::trigger);
    auto* titleLine = new QHBoxLayout;
    titleLine->setSpacing(12);
    titleLine->addWidget(m_name);
    titleLine->addWidget(m_chip);
    titleLine->addStretch(1);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addLayout(titleLine);
    words->addWidget(m_subtitle);
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_back, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    for (QAction* action : actions.common) {
        auto* button = new ActionButton(action, ButtonKind::Secondary);
        button->setObjectName(QStringLiteral("container.") + action->objectName());
        layout->addWidget(button, 0, Qt::AlignTop);
    }
    auto* remove = new ActionButton(actions.remove, ButtonKind::Destructive);
    remove->setObjectName(QStringLiteral("container.remove"));
    layout->addWidget(remove, 0, Qt::AlignTop);
    return head;
}

QWidget* ContainerPage::makeOverview()
{
    auto* page = new QWidget;
    m_facts->setFixedWidth(kFactsWidth);
    m_facts->setObjectName(QStringLiteral("containerFacts"));
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 16, 0, 0);
    layout->setSpacing(16);
    auto* column = new QVBoxLayout;
    column->setSpacing(16);
    column->addWidget(m_end);
    column->addWidget(m_charts, 1);
    column->addStretch();
    layout->addLayout(column, 1);
    layout->addWidget(m_facts);
    connect(m_end, &EndCard::logRequested, this, [this] { setTab(Tab::Logs); });
    return page;
}

QWidget* ContainerPage::makeInspect()
{
    auto* page = new QWidget;
    m_json->setReadOnly(true);
    m_json->setObjectName(QStringLiteral("inspectJson"));
    m_json->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_json->setFont(theme::font(theme::FontRole::Mono));
    connect(&theme::Theme::instance(), &theme::Theme::changed, m_json,
        [this] { m_json->setFont(theme::font(theme::FontRole::Mono)); });
    connect(m_copyJson, &IconButton::clicked, this,
        [this] { QApplication::clipboard()->setText(m_json->toPlainText()); });
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_copyJson, 0, Qt::AlignRight);
    layout->addWidget(m_json, 1);
    return page;
}

void ContainerPage::setContainer(const QString& id)
{
    if (id == m_id)
        return;
    m_id = id;
    m_details = {};
    m_json->clear();
    m_end->setLastLines({});
    m_message->hide();
    m_charts->setContainer(id);
    updateHead();
    updateFacts();
    emit containerChanged();
}

void ContainerPage::setDetails(const client::ContainerDetails& details)
{
    m_details = details;
    m_message->hide();
    const QString json =
        QString::fromUtf8(QJsonDocument::fromJson(details.rawJson).toJson(QJsonDocument::Indented));
    if (json != m_json->toPlainText())
        m_json->setPlainText(json);
    updateHead();
    updateFacts();
}

void ContainerPage::setProblem(const QString& text, const QString& detail)
{
    m_message->showMessage(theme::Tone::Warn, text, detail, tr("Try again"));
}

void ContainerPage::setStatsObstacle(const QString& reason)
{
    m_statsObstacle = reason;
    updateHead();
}

void ContainerPage::setTab(Tab tab)
{
    m_tabs->setCurrentIndex(int(tab));
}

ContainerPage::Tab ContainerPage::tab() const
{
    return Tab(m_tabs->currentIndex());
}

void ContainerPage::updateHead()
{
    const models::ContainerRow* row = m_model.find(m_id);
    if (!row) {
        // It vanished from the list: the page says so and keeps what it showed.
        m_chip->setStatus(tr("Removed", "container"), theme::Tone::Idle);
        m_charts->setObstacle(tr("This container was removed."));
        return;
    }
    m_name->setText(row->summary.name);
    m_name->updateGeometry();
    m_subtitle->setText(
        QStringLiteral("%1  ·  %2").arg(row->summary.image, row->summary.shortId()));
    const StatusWord word = statusWord(row->summary, row->activity);
    m_chip->setStatus(word.text, word.tone);
    if (!row->summary.isRunning())
        m_charts->setObstacle(tr("Nothing is measured while it does not run."));
    else
        m_charts->setObstacle(m_statsObstacle);
}

void ContainerPage::updateFacts()
{
    m_facts->setFacts(containerFacts(m_details));
    const models::ExitText end = models::exitText(m_details);
    m_end->setEnd(end);
    // Four times "nothing is measured" would push the one thing of interest aside.
    m_charts->setVisible(end.heading.isEmpty());
}

void ContainerPage::retranslate()
{
    m_tabs->setTabText(int(Tab::Overview), tr("Overview"));
    m_tabs->setTabText(int(Tab::Logs), tr("Logs"));
    m_tabs->setTabText(int(Tab::Terminal), tr("Terminal", "tab"));
    m_tabs->setTabText(int(Tab::Inspect), tr("Inspect"));
    m_back->setName(tr("Back to the list"));
    m_copyJson->setName(tr("Copy JSON"));
    m_json->setAccessibleName(tr("What the engine says of the container"));
    m_facts->setTitle(tr("Details"));
    updateHead();
    updateFacts();
}

void ContainerPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
