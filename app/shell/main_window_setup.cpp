#include "app/shell/main_window.h"

#include "app/shell/engine_text.h"
#include "app/shell/event_notices.h"
#include "app/shell/logs_presenter.h"
#include "app/shell/monitor_presenter.h"
#include "app/shell/navigation.h"
#include "app/shell/overview_presenter.h"
#include "app/shell/status_line.h"
#include "app/shell/terminal_presenter.h"
#include "app/shell/window_menus.h"
#include "app/views/dialogs/palette.h"
#include "app/views/pages/activity_page.h"
#include "app/views/pages/archives_page.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/containers_page.h"
#include "app/views/pages/images_page.h"
#include "app/views/pages/logs_page.h"
#include "app/views/pages/monitor_page.h"
#include "app/views/pages/networks_page.h"
#include "app/views/pages/overview_page.h"
#include "app/views/pages/settings_page.h"
#include "app/views/pages/volumes_page.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/toast.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>

namespace portlight::shell {

namespace {

constexpr QSize kLeastSize { 960, 600 };
constexpr QSize kBestSize { 1440, 900 };

/// What shows all columns and charts well, on a small screen nearly all of it.
QSize defaultSize(const QScreen& screen)
{
    const QSize room = screen.availableSize() * 9 / 10;
    return kBestSize.boundedTo(room).expandedTo(kLeastSize);
}

} // namespace

MainWindow::MainWindow(const Options& options, Language& language)
    : m_language(language)
    , m_session(options.address, options.mayStartEngine)
    , m_actions(this)
    , m_menuBar(new QMenuBar)
    , m_menus(new WindowMenus(m_actions, *m_menuBar))
    , m_navigation(new Navigation(m_actions.toggleDark))
    , m_pages(new QStackedWidget)
    , m_overview(new views::OverviewPage(
          { m_actions.newContainer, m_actions.pullImage, m_actions.importArchive }))
    , m_containers(new views::ContainersPage(m_session.containers,
          { m_actions.newContainer, m_actions.importArchive, m_actions.clearFilter,
              m_actions.containerActions(), m_actions.removeContainer }))
    , m_images(new views::ImagesPage(m_session.images,
          { m_actions.pullImage, m_actions.importArchive, m_actions.clearFilter, m_actions.runImage,
              m_actions.exportImages, m_actions.removeImage }))
    , m_volumes(new views::VolumesPage(m_session.volumes,
          { m_actions.newVolume, m_actions.clearFilter, m_actions.removeVolume }))
    , m_networks(new views::NetworksPage(m_session.networks,
          { m_actions.newNetwork, m_actions.clearFilter, m_actions.removeNetwork }))
    , m_container(new views::ContainerPage(m_session.containers, m_session.history,
          { m_actions.back, m_actions.containerActions(), m_actions.removeContainer }))
    , m_logs(new views::LogsPage)
    , m_monitor(new views::MonitorPage)
    , m_archivesPage(new views::ArchivesPage(m_session.tasks, m_session.recentArchives,
          { m_actions.openArchive, m_actions.exportArchive }))
    , m_activity(new views::ActivityPage(m_session.tasks))
    , m_settingsPage(new views::SettingsPage)
    , m_status(new StatusLine(m_session))
{
    compose();
    m_toast = new views::Toast(this);
    m_palette = new views::Palette(*this);
    m_presenter = new ContainerPresenter(m_session, *m_container);
    m_terminals = new TerminalPresenter(m_session, *m_container);
    m_logsPresenter = new LogsPresenter(m_session, *m_logs);
    m_notices = new EventNotices(m_session, m_settings, *this);
    m_monitorPresenter = new MonitorPresenter(m_session, m_settings, *m_monitor);
    m_overviewPresenter = new OverviewPresenter(m_session, *m_overview);
    m_containerFlow = new ContainerFlow(m_session, *m_toast, *this);
    m_storeFlow = new StoreFlow(m_session, *m_toast, *this);
    m_archiveFlow = new ArchiveFlow(m_session, m_settings, *m_toast, *this);
    m_archivePresenter =
        new ArchivePresenter(m_session, m_settings, m_session.recentArchives, *m_archivesPage);
    connectSession();
    connectLists();
    connectActions();
    connectSettings();
    restore();
    retranslate();
    visit(options.page.isEmpty() ? m_settings.page() : options.page);
    if (!options.archives.isEmpty())
        openArchives(options.archives);
}

void MainWindow::compose()
{
    setObjectName(QStringLiteral("mainWindow"));
    setMinimumSize(kLeastSize);
    setAcceptDrops(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    m_pages->setObjectName(QStringLiteral("pages"));
    for (QWidget* page :
        std::initializer_list<QWidget*> { m_overview, m_containers, m_images, m_volumes, m_networks,
            m_container, m_logs, m_monitor, m_archivesPage, m_activity, m_settingsPage })
        m_pages->addWidget(page);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_navigation);
    middle->addWidget(m_pages, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_menuBar);
    layout->addLayout(middle, 1);
    layout->addWidget(m_status);
    // Actions whose letters only work with the focus in the table.
    for (QAction* action : { m_actions.startOrStop, m_actions.showLogs, m_actions.showTerminal,
             m_actions.showInspect, m_actions.removeContainer })
        m_containers->table().addAction(action);
    m_images->table().addAction(m_actions.removeImage);
    m_volumes->table().addAction(m_actions.removeVolume);
    m_networks->table().addAction(m_actions.removeNetwork);
    for (views::ListPage* list : lists())
        list->table().addAction(m_actions.focusFilter);
}

void MainWindow::connectSession()
{
    connect(&m_session.connection, &session::Connection::statusChanged, this,
        &MainWindow::onEngineStatus);
    connect(&m_session.connection, &session::Connection::engineLost, this, [this] {
        // What is shown stays in sight only while it is true.
        for (views::ListPage* list : lists())
            list->setLoaded(false);
    });
    connect(&m_session, &EngineSession::infoChanged, this, &MainWindow::onInfo);
    connect(&m_session.connection, &session::Connection::engineFound, this, [this] {
        m_session.client.hostReport(this, [this](client::Expected<client::HostReport> report) {
            if (!report)
                return;
            m_settingsPage->setHostReport(*report);
            m_overviewPresenter->setHostReport(*report);
        });
    });
    connect(&m_session, &EngineSession::supportChanged, this, &MainWindow::onSupport);
    connect(
        &m_session.pulls, &actions::PullTasks::supportChanged, this, &MainWindow::updateActions);
    connect(
        &m_session.tasks, &actions::TaskList::runningCountChanged, this, &MainWindow::updateCounts);
    connect(&m_session.tasks, &actions::TaskList::taskEnded, this, [this](int id) {
        const actions::Task* task = m_session.tasks.find(id);
        if (task && task->state == actions::TaskState::Failed
            && m_pages->currentWidget() != m_activity)
            m_navigation->item(QStringLiteral("activity")).setFailed(true);
    });
    connect(m_monitorPresenter, &MonitorPresenter::exported, this,
        [this](const QString& path) { m_toast->showMessage(tr("Saved as %1").arg(path)); });
    connectOverview();
    connect(m_containerFlow, &ContainerFlow::failed, this, &MainWindow::showMessage);
    connect(m_storeFlow, &StoreFlow::failed, this, &MainWindow::showMessage);
    connect(m_containerFlow, &ContainerFlow::showRequested, this, &MainWindow::showContainer);
    connect(m_archiveFlow, &ArchiveFlow::openRequested, this, &MainWindow::openArchives);
    connect(m_archiveFlow, &ArchiveFlow::runRequested, m_containerFlow, &ContainerFlow::create);
}

void MainWindow::connectOverview()
{
    using views::OverviewPage;
    connect(m_overview, &OverviewPage::pageRequested, this, &MainWindow::showPage);
    connect(m_overview, &OverviewPage::containerRequested, this, &MainWindow::showContainer);
    const auto showLogs = [this](const QString& id) {
        m_container->setTab(views::ContainerPage::Tab::Logs);
        showContainer(id);
    };
    const auto start = [this](const QString& id) {
        m_containerFlow->run(actions::ContainerAction::Start, { id });
    };
    connect(m_notices, &EventNotices::logsRequested, this, showLogs);
    connect(m_notices, &EventNotices::startRequested, this, start);
    connect(m_notices, &EventNotices::containerRequested, this, &MainWindow::showContainer);
    connect(m_notices, &EventNotices::activityRequested, this,
        [this] { showPage(QStringLiteral("activity")); });
    connect(m_notices, &EventNotices::fallback, this,
        [this](const QString& text) { m_toast->showMessage(text); });
    connect(m_overview, &OverviewPage::logsRequested, this, showLogs);
    connect(m_overview, &OverviewPage::startRequested, this, start);
    connect(m_overview, &OverviewPage::copyRequested, this, [this](const QString& text) {
        QApplication::clipboard()->setText(text);
        m_toast->showMessage(tr("Copied"));
    });
    connect(m_overviewPresenter, &OverviewPresenter::failedCountChanged, this,
        [this](int count) { m_navigation->item(QStringLiteral("overview")).setFailed(count > 0); });
}

void MainWindow::connectLists()
{
    using session::ResourceFeed;
    const auto loaded = [this](views::ListPage* list, void (EngineSession::*signal)()) {
        connect(&m_session, signal, this, [this, list] {
            list->setLoaded(true);
            updateCounts();
            updateActions();
        });
    };
    loaded(m_containers, &EngineSession::containersLoaded);
    loaded(m_images, &EngineSession::imagesLoaded);
    loaded(m_volumes, &EngineSession::volumesLoaded);
    loaded(m_networks, &EngineSession::networksLoaded);
    const auto failed = [this](views::ListPage* list,
                            void (ResourceFeed::*signal)(const client::ApiError&)) {
        connect(&m_session.resources, signal, this, [list](const client::ApiError& error) {
            if (!error.isUnsupported())
                list->messageBar().showMessage(theme::Tone::Warn, tr("The list could not be read"),
                    error.message, tr("Retry"));
        });
    };
    failed(m_containers, &ResourceFeed::containersFailed);
    failed(m_images, &ResourceFeed::imagesFailed);
    failed(m_volumes, &ResourceFeed::volumesFailed);
    failed(m_networks, &ResourceFeed::networksFailed);
    for (views::ListPage* list : lists()) {
        connect(&list->messageBar(), &views::MessageBar::actionRequested, this, [this, list] {
            list->messageBar().hide();
            m_session.resources.refresh();
        });
        connect(list, &views::ListPage::selectionChanged, this, &MainWindow::updateActions);
    }
    for (const actions::ResourceActions* each :
        std::initializer_list<const actions::ResourceActions*> { &m_session.containerActions,
            &m_session.imageActions, &m_session.volumeActions, &m_session.networkActions })
        connect(
            each, &actions::ResourceActions::permissionsChanged, this, &MainWindow::updateActions);
}

void MainWindow::connectSettings()
{
    using views::SettingsPage;
    connect(&m_colorScheme, &theme::SystemColorScheme::prefersDarkChanged,
        &theme::Theme::instance(), &theme::Theme::setSystemPrefersDark);
    connect(m_settingsPage, &SettingsPage::modeChosen, this, &MainWindow::setMode);
    connect(m_settingsPage, &SettingsPage::textScaleChosen, this, &MainWindow::setTextScale);
    connect(m_settingsPage, &SettingsPage::languageChosen, this, &MainWindow::setLanguage);
    connect(m_settingsPage, &SettingsPage::systemFontChosen, this, [this](bool uses) {
        m_settings.setUsesSystemFont(uses);
        theme::Theme::instance().setUsesSystemFont(uses);
    });
    connect(m_settingsPage, &SettingsPage::notificationsChosen, this,
        [this](bool notifies) { m_settings.setNotifies(notifies); });
    connect(m_settingsPage, &SettingsPage::reducedMotionChosen, this, [this](bool reduces) {
        m_settings.setReducesMotion(reduces);
        theme::Theme::instance().setReducesMotion(reduces);
    });
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void MainWindow::restore()
{
    resize(defaultSize(*screen()));
    restoreGeometry(m_settings.geometry());
    for (views::ListPage* list : lists())
        list->table().restoreColumns(m_settings.columns(list->name()));
    showAppearance();
}

void MainWindow::showAppearance()
{
    m_settingsPage->setAppearance(
        { m_settings.themeMode(), m_settings.language(), m_settings.textScalePercent(),
            m_settings.usesSystemFont(), m_settings.reducesMotion(), m_settings.notifies() });
}

void MainWindow::setMode(theme::Mode mode)
{
    m_settings.setThemeMode(mode);
    theme::Theme::instance().setMode(mode);
    showAppearance();
}

void MainWindow::setLanguage(const QString& code)
{
    m_settings.setLanguage(code);
    m_language.apply(code);
    showAppearance();
}

void MainWindow::setTextScale(int percent)
{
    theme::Theme::instance().setScalePercent(percent);
    m_settings.setTextScalePercent(theme::Theme::instance().scalePercent());
    showAppearance();
}

void MainWindow::retranslate()
{
    setWindowTitle(tr("Portlight"));
    m_actions.retranslate();
    m_menus->retranslate();
    m_session.containers.retranslate();
    m_session.images.retranslate();
    m_session.volumes.retranslate();
    m_session.networks.retranslate();
    m_session.tasks.retranslate();
    onEngineStatus();
    onInfo();
}

} // namespace portlight::shell
