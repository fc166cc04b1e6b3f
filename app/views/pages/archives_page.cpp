#include "app/views/pages/archives_page.h"

#include "app/views/archive/archive_inspector.h"
#include "app/views/delegates/row_delegate.h"
#include "app/views/dialogs/task_panel.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QAction>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>

namespace portlight::views {

namespace {

constexpr int kRecentWidth = 232;
constexpr int kTasksHeight = 168;

class RecentDelegate : public RowDelegate {
public:
    using RowDelegate::RowDelegate;

protected:
    void paintCell(QPainter& painter, const QRect& rect, const QStyleOptionViewItem& option,
        const QModelIndex& index) const override
    {
        theme::paintIcon(painter, QRectF(rect.left() + 4, rect.center().y() - 10, 20, 20),
            QStringLiteral("archive"), theme::theme().text2);
        paintTwoLines(painter, rect.adjusted(36, 0, 0, 0), index.data().toString(),
            index.data(models::RecentArchives::SecondLineRole).toString(),
            option.state.testFlag(QStyle::State_Selected));
    }
};

} // namespace

ArchivesPage::ArchivesPage(actions::TaskList& tasks, models::RecentArchives& recent,
    const ArchivesPageActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_tasks(tasks)
    , m_recent(recent)
    , m_actions(actions)
    , m_retry(new QAction(this))
    , m_importWhole(new QAction(this))
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_recentTitle(new TextLabel(theme::FontRole::Strong))
    , m_recentList(new QListView)
    , m_statePage(new StatePage)
    , m_readingText(new TextLabel(theme::FontRole::Heading))
    , m_cancelReading(new QPushButton)
    , m_reading(makeReading())
    , m_inspector(new ArchiveInspector)
    , m_content(new QStackedLayout)
    , m_tasksTitle(new TextLabel(theme::FontRole::Strong))
    , m_taskPanel(new TaskPanel(tasks))
    , m_taskArea(new QWidget)
{
    setObjectName(QStringLiteral("archivesPage"));
    m_statePage->setObjectName(QStringLiteral("archivesState"));
    m_retry->setObjectName(QStringLiteral("archiveRetry"));
    m_importWhole->setObjectName(QStringLiteral("archiveImportWhole"));
    auto* open = new ActionButton(actions.open, ButtonKind::Primary);
    open->setObjectName(QStringLiteral("archives.openArchive"));
    auto* exporting = new ActionButton(actions.exportImages, ButtonKind::Secondary);
    exporting->setObjectName(QStringLiteral("archives.exportImages"));
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title, 1);
    head->addWidget(exporting);
    head->addWidget(open);
    m_content->addWidget(m_statePage);
    m_content->addWidget(m_reading);
    m_content->addWidget(m_inspector);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(16);
    middle->addWidget(makeRecent());
    middle->addLayout(m_content, 1);
    auto* taskLayout = new QVBoxLayout(m_taskArea);
    taskLayout->setContentsMargins(0, 0, 0, 0);
    taskLayout->setSpacing(8);
    taskLayout->addWidget(m_tasksTitle);
    taskLayout->addWidget(m_taskPanel, 1);
    m_taskArea->setFixedHeight(kTasksHeight);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addLayout(head);
    layout->addLayout(middle, 1);
    layout->addWidget(m_taskArea);
    connectAll();
    retranslate();
}

QWidget* ArchivesPage::makeRecent()
{
    m_recentList->setObjectName(QStringLiteral("recentArchives"));
    m_recentList->setModel(&m_recent);
    m_recentList->setItemDelegate(new RecentDelegate(m_recentList));
    m_recentList->setUniformItemSizes(true);
    m_recentList->setContextMenuPolicy(Qt::CustomContextMenu);
    auto* area = new QWidget;
    area->setFixedWidth(kRecentWidth);
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_recentTitle);
    layout->addWidget(m_recentList, 1);
    return area;
}

QWidget* ArchivesPage::makeReading()
{
    m_cancelReading->setObjectName(QStringLiteral("archiveCancelReading"));
    m_readingText->setAlignment(Qt::AlignCenter);
    m_readingText->setWordWrap(true);
    auto* bar = new QProgressBar;
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setFixedWidth(320);
    auto* area = new QWidget;
    auto* layout = new QVBoxLayout(area);
    layout->setSpacing(16);
    layout->addStretch(1);
    layout->addWidget(m_readingText);
    layout->addWidget(bar, 0, Qt::AlignCenter);
    layout->addWidget(m_cancelReading, 0, Qt::AlignCenter);
    layout->addStretch(1);
    return area;
}

void ArchivesPage::connectAll()
{
    connect(m_recentList, &QListView::activated, this, [this](const QModelIndex& index) {
        emit archiveChosen(index.data(models::RecentArchives::PathRole).toString());
    });
    connect(m_recentList, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        const QModelIndex index = m_recentList->indexAt(at);
        if (!index.isValid())
            return;
        const QString path = index.data(models::RecentArchives::PathRole).toString();
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(tr("Open"), this, [this, path] { emit archiveChosen(path); });
        menu->addAction(
            tr("Take off this list"), this, [this, path] { emit forgetRequested(path); });
        menu->popup(m_recentList->viewport()->mapToGlobal(at));
    });
    connect(m_retry, &QAction::triggered, this, [this] { emit archiveChosen(m_path); });
    connect(
        m_importWhole, &QAction::triggered, this, [this] { emit importWholeRequested(m_path); });
    connect(m_cancelReading, &QPushButton::clicked, this, [this] {
        closeArchive();
        emit readingCancelled();
    });
    m_taskPanel->setShown([this](int id) {
        const actions::Task* task = m_tasks.find(id);
        return task && task->kind == actions::TaskKind::Archive;
    });
    for (auto signal : { &QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved })
        connect(&m_tasks, signal, this, &ArchivesPage::updateTasks);
}

void ArchivesPage::updateTasks()
{
    bool hasAny = false;
    for (int row = 0; row < m_tasks.rowCount(); ++row) {
        const int id = m_tasks.index(row).data(actions::TaskList::IdRole).toInt();
        const actions::Task* task = m_tasks.find(id);
        hasAny = hasAny || (task && task->kind == actions::TaskKind::Archive);
    }
    m_taskArea->setVisible(hasAny);
}

ArchivesPage::State ArchivesPage::state() const
{
    return m_engine.state == EngineNotice::State::Away ? State::EngineAway : m_wanted;
}

void ArchivesPage::setEngine(const EngineNotice& notice)
{
    m_engine = notice;
    m_inspector->setObstacle(notice.state == EngineNotice::State::Running
            ? QString()
            : tr("The engine does not answer"));
    update();
}

void ArchivesPage::showReading(const QString& path)
{
    m_path = path;
    m_wanted = State::Reading;
    update();
}

void ArchivesPage::showArchive(const QString& path, const client::ArchiveReport& report)
{
    m_path = path;
    m_wanted = State::Content;
    m_inspector->show(path, QFileInfo(path).size(), report);
    update();
}

void ArchivesPage::showFailure(const QString& path, const client::ApiError& error)
{
    m_path = path;
    m_error = error;
    m_wanted = State::Failed;
    update();
}

void ArchivesPage::closeArchive()
{
    m_path.clear();
    m_wanted = State::Empty;
    update();
}

StateContent ArchivesPage::failure() const
{
    const QString name = QFileInfo(m_path).fileName();
    StateContent content { QStringLiteral("error"), theme::IconColor::Bad, {}, {}, m_error.message,
        { m_retry, m_actions.open } };
    if (m_error.isUnsupported()) {
        content.iconName = QStringLiteral("archive");
        content.iconColor = theme::IconColor::Text3;
        content.heading = tr("This engine does not look into archives");
        content.text = tr("%1 can be imported as a whole all the same.").arg(name);
        content.actions = { m_importWhole, m_actions.open };
    } else if (m_error.isNotFound()) {
        content.heading = tr("%1 is not there any more").arg(name);
        content.text = tr("It was moved or deleted, or the engine does not see that folder.");
    } else if (m_error.status == 403) {
        content.heading = tr("No permission to read %1").arg(name);
        content.text = tr("Allow your user to read the file, then try again.");
    } else if (m_error.status == 400) {
        content.heading = tr("%1 cannot be imported").arg(name);
        content.text = tr("It is no image archive, or it is damaged or cut short. If it was "
                          "downloaded or copied, do that again.");
    } else {
        content.heading = tr("%1 could not be read").arg(name);
        content.text = tr("The engine did not get to its end.");
    }
    return content;
}

void ArchivesPage::update()
{
    switch (state()) {
    case State::EngineAway:
        m_statePage->setContent(m_engine.away);
        m_content->setCurrentWidget(m_statePage);
        break;
    case State::Empty:
        m_statePage->setContent(
            { QStringLiteral("archive"), theme::IconColor::Text3, tr("Drop an image archive here"),
                tr("Docker archives and OCI layouts, plain or compressed. You see what is inside "
                   "before anything is imported."),
                {}, { m_actions.open, m_actions.exportImages } });
        m_content->setCurrentWidget(m_statePage);
        break;
    case State::Failed:
        m_statePage->setContent(failure());
        m_content->setCurrentWidget(m_statePage);
        break;
    case State::Reading:
        m_readingText->setText(
            tr("Reading %1 and checking its digests…").arg(QFileInfo(m_path).fileName()));
        m_content->setCurrentWidget(m_reading);
        break;
    case State::Content:
        m_content->setCurrentWidget(m_inspector);
        break;
    }
    const int row = m_recent.rowOf(m_path);
    if (row >= 0)
        m_recentList->setCurrentIndex(m_recent.index(row));
    else
        m_recentList->clearSelection();
}

void ArchivesPage::retranslate()
{
    m_title->setText(tr("Archives"));
    m_recentTitle->setText(tr("Recent archives"));
    m_recentList->setAccessibleName(tr("Recent archives"));
    m_tasksTitle->setText(tr("Imports and exports"));
    m_cancelReading->setText(tr("Cancel"));
    m_retry->setText(tr("Try again"));
    m_importWhole->setText(tr("Import all of it"));
    m_recent.retranslate();
    updateTasks();
    update();
}

void ArchivesPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
