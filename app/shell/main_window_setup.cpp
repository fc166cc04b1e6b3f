#include "app/shell/main_window.h"

#include "app/shell/engine_text.h"
#include "app/shell/navigation.h"
#include "app/shell/status_line.h"
#include "app/shell/window_menus.h"
#include "app/views/log/log_panel.h"
#include "app/views/pages/activity_page.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/containers_page.h"
#include "app/views/pages/images_page.h"
#include "app/views/pages/settings_page.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/toast.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>
#include <QStackedWidget>

namespace portlight::shell {

using actions::ContainerAction;

namespace {

constexpr int kScaleStep = 10;

} // namespace

MainWindow::MainWindow(const Options& options, Language& language)
    : m_language(language)
    , m_session(options.address, options.mayStartEngine)
    , m_actions(this)
    , m_menuBar(new QMenuBar)
    , m_menus(new WindowMenus(m_actions, *m_menuBar))
    , m_navigation(new Navigation(m_actions.toggleDark))
    , m_pages(new QStackedWidget)
    , m_containers(new views::ContainersPage(m_session.containers,
          { m_actions.newContainer, m_actions.importArchive, m_actions.clearFilter,
              m_actions.containerActions(), m_actions.removeContainer }))
    , m_images(new views::ImagesPage(m_session.images,
          { m_actions.importArchive, m_actions.clearFilter, m_actions.runImage,
              m_actions.exportImages, m_actions.removeImage }))
    , m_container(new views::ContainerPage(m_session.containers, m_session.history,
          { m_actions.back, m_actions.containerActions(), m_actions.removeContainer }))
    , m_activity(new views::ActivityPage(m_session.tasks))
    , m_settingsPage(new views::SettingsPage)
    , m_status(new StatusLine(m_session))
{
    compose();
    m_toast = new views::Toast(this);
    m_presenter = new ContainerPresenter(m_session, *m_container);
    m_containerFlow = new ContainerFlow(m_session, *m_toast, *this);
    m_archiveFlow = new ArchiveFlow(m_session, m_settings, *m_toast, *this);
    connectSession();
    connectActions();
    connectSettings();
    restore();
    retranslate();
    visit(options.page.isEmpty() ? m_settings.page() : options.page);
    if (!options.archives.isEmpty())
        m_archiveFlow->import(options.archives);
}

void MainWindow::compose()
{
    setObjectName(QStringLiteral("mainWindow"));
    setMinimumSize(960, 600);
    setAcceptDrops(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    m_pages->setObjectName(QStringLiteral("pages"));
    for (QWidget* page : std::initializer_list<QWidget*> {
             m_containers, m_images, m_container, m_activity, m_settingsPage })
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
    for (QAction* action : { m_actions.startOrStop, m_actions.showLogs, m_actions.showInspect,
             m_actions.removeContainer, m_actions.focusFilter })
        m_containers->table().addAction(action);
    for (QAction* action : { m_actions.removeImage, m_actions.focusFilter })
        m_images->table().addAction(action);
}

void MainWindow::connectSession()
{
    connect(&m_session.connection, &session::Connection::statusChanged, this,
        &MainWindow::onEngineStatus);
    connect(&m_session.connection, &session::Connection::engineLost, this, [this] {
        // What is shown stays in sight only while it is true.
        m_containers->setLoaded(false);
        m_images->setLoaded(false);
    });
    connect(&m_session, &EngineSession::containersLoaded, this, [this] {
        m_containers->setLoaded(true);
        updateCounts();
        updateActions();
    });
    connect(&m_session, &EngineSession::imagesLoaded, this, [this] {
        m_images->setLoaded(true);
        updateCounts();
        updateActions();
    });
    connect(&m_session, &EngineSession::infoChanged, this, &MainWindow::onInfo);
    connect(&m_session.connection, &session::Connection::engineFound, this, [this] {
        m_session.client.hostReport(this, [this](client::Expected<client::HostReport> report) {
            if (report)
                m_settingsPage->setHostReport(*report);
        });
    });
    connect(&m_session.resources, &session::ResourceFeed::containersFailed, this,
        [this](const client::ApiError& error) {
            m_containers->messageBar().showMessage(theme::Tone::Warn,
                tr("The list of containers could not be read"), error.message, tr("Retry"));
        });
    connect(&m_session.resources, &session::ResourceFeed::imagesFailed, this,
        [this](const client::ApiError& error) {
            m_images->messageBar().showMessage(theme::Tone::Warn,
                tr("The list of images could not be read"), error.message, tr("Retry"));
        });
    for (views::ListPage* page : std::initializer_list<views::ListPage*> { m_containers, m_images })
        connect(&page->messageBar(), &views::MessageBar::actionRequested, this, [this, page] {
            page->messageBar().hide();
            m_session.resources.refresh();
        });
    connect(&m_session.containerActions, &actions::ContainerActions::permissionsChanged, this,
        &MainWindow::updateActions);
    connect(&m_session.imageActions, &actions::ImageActions::permissionsChanged, this,
        &MainWindow::updateActions);
    connect(
        &m_session.tasks, &actions::TaskList::runningCountChanged, this, &MainWindow::updateCounts);
    connect(&m_session.tasks, &actions::TaskList::taskEnded, this, [this](int id) {
        const actions::Task* task = m_session.tasks.find(id);
        if (task && task->state == actions::TaskState::Failed
            && m_pages->currentWidget() != m_activity)
            m_navigation->item(QStringLiteral("activity")).setFailed(true);
    });
    connect(m_containerFlow, &ContainerFlow::failed, this, &MainWindow::showMessage);
    connect(m_containerFlow, &ContainerFlow::showRequested, this, &MainWindow::showContainer);
    connect(m_archiveFlow, &ArchiveFlow::runRequested, m_containerFlow, &ContainerFlow::create);
}

void MainWindow::connectActions()
{
    connectContainerActions();
    connectViewActions();
    connect(
        m_actions.importArchive, &QAction::triggered, m_archiveFlow, &ArchiveFlow::askAndImport);
    connect(m_actions.exportImages, &QAction::triggered, this,
        [this] { m_archiveFlow->askAndExport(currentImages()); });
    connect(m_actions.runImage, &QAction::triggered, this, [this] {
        if (const auto* row = m_session.images.find(currentImages().value(0)))
            m_containerFlow->create(row->summary.displayName());
    });
    connect(m_actions.removeImage, &QAction::triggered, this,
        [this] { m_containerFlow->removeImages(currentImages()); });
    auto& connection = m_session.connection;
    connect(m_actions.tryAgain, &QAction::triggered, &connection, &session::Connection::retry);
    connect(m_actions.startEngine, &QAction::triggered, &connection, &session::Connection::retry);
    connect(
        m_actions.stopEngine, &QAction::triggered, &connection, &session::Connection::stopEngine);
    connect(m_actions.copyDetails, &QAction::triggered, this, [this] {
        QApplication::clipboard()->setText(
            engineDetails(m_session.connection.status(), m_session.client.address().socketPath));
    });
}

void MainWindow::connectContainerActions()
{
    const auto runOn = [this](QAction* action, ContainerAction what) {
        connect(action, &QAction::triggered, this,
            [this, what] { m_containerFlow->run(what, currentContainers()); });
    };
    runOn(m_actions.start, ContainerAction::Start);
    runOn(m_actions.stop, ContainerAction::Stop);
    runOn(m_actions.restart, ContainerAction::Restart);
    runOn(m_actions.kill, ContainerAction::Kill);
    runOn(m_actions.removeContainer, ContainerAction::Remove);
    connect(m_actions.startOrStop, &QAction::triggered, this,
        [this] { (m_actions.start->isEnabled() ? m_actions.start : m_actions.stop)->trigger(); });
    connect(
        m_actions.newContainer, &QAction::triggered, this, [this] { m_containerFlow->create({}); });
    using Tab = views::ContainerPage::Tab;
    connect(m_actions.openContainer, &QAction::triggered, this,
        [this] { showContainerTab(int(Tab::Overview)); });
    connect(m_actions.showLogs, &QAction::triggered, this,
        [this] { showContainerTab(int(Tab::Logs)); });
    connect(m_actions.showInspect, &QAction::triggered, this,
        [this] { showContainerTab(int(Tab::Inspect)); });
    connect(m_containers, &views::ListPage::opened, this, &MainWindow::showContainer);
    connect(m_images, &views::ListPage::opened, this, [this] { m_actions.runImage->trigger(); });
    connect(m_containers, &views::ListPage::menuRequested, this,
        [this](const QPoint& position) { m_menus->containerMenu()->popup(position); });
    connect(m_images, &views::ListPage::menuRequested, this,
        [this](const QPoint& position) { m_menus->imageMenu()->popup(position); });
    connect(m_containers, &views::ListPage::selectionChanged, this, &MainWindow::updateActions);
    connect(m_images, &views::ListPage::selectionChanged, this, &MainWindow::updateActions);
}

void MainWindow::connectViewActions()
{
    connect(m_menus, &WindowMenus::pageRequested, this, &MainWindow::showPage);
    connect(m_navigation, &Navigation::pageRequested, this, &MainWindow::showPage);
    connect(m_status, &StatusLine::activityRequested, this,
        [this] { showPage(QStringLiteral("activity")); });
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions.back, &QAction::triggered, this, [this] {
        if (m_historyIndex > 0)
            step(-1);
        else
            showPage(QStringLiteral("containers"));
    });
    connect(m_actions.forward, &QAction::triggered, this, [this] { step(1); });
    connect(m_actions.refresh, &QAction::triggered, this, [this] {
        m_session.resources.refresh();
        m_presenter->refresh();
        m_session.connection.check();
    });
    const auto search = [this] {
        if (views::ListPage* list = currentList())
            list->focusSearch();
    };
    connect(m_actions.focusFilter, &QAction::triggered, this, search);
    connect(m_actions.find, &QAction::triggered, this, [this, search] {
        if (m_pages->currentWidget() == m_container) {
            m_container->setTab(views::ContainerPage::Tab::Logs);
            m_container->log().focusSearch();
        } else {
            search();
        }
    });
    connect(m_actions.clearFilter, &QAction::triggered, this, [this] {
        if (views::ListPage* list = currentList())
            list->clearFilter();
    });
    connect(m_actions.shortcuts, &QAction::triggered, this, &MainWindow::showShortcuts);
    connect(m_actions.about, &QAction::triggered, this, &MainWindow::showAbout);
    auto& theme = theme::Theme::instance();
    connect(m_actions.larger, &QAction::triggered, this,
        [this, &theme] { setTextScale(theme.scalePercent() + kScaleStep); });
    connect(m_actions.smaller, &QAction::triggered, this,
        [this, &theme] { setTextScale(theme.scalePercent() - kScaleStep); });
    connect(m_actions.normalSize, &QAction::triggered, this, [this] { setTextScale(100); });
    connect(m_actions.toggleDark, &QAction::triggered, this, [this, &theme] {
        setMode(theme.tokens().isDark ? theme::Mode::Light : theme::Mode::Dark);
    });
}

void MainWindow::connectSettings()
{
    using views::SettingsPage;
    connect(&m_colorScheme, &theme::SystemColorScheme::prefersDarkChanged,
        &theme::Theme::instance(), &theme::Theme::setSystemPrefersDark);
    connect(m_settingsPage, &SettingsPage::modeChosen, this, &MainWindow::setMode);
    connect(m_settingsPage, &SettingsPage::textScaleChosen, this, &MainWindow::setTextScale);
    connect(m_settingsPage, &SettingsPage::languageChosen, this, [this](const QString& code) {
        m_settings.setLanguage(code);
        m_language.apply(code);
    });
    connect(m_settingsPage, &SettingsPage::systemFontChosen, this, [this](bool uses) {
        m_settings.setUsesSystemFont(uses);
        theme::Theme::instance().setUsesSystemFont(uses);
    });
    connect(m_settingsPage, &SettingsPage::reducedMotionChosen, this, [this](bool reduces) {
        m_settings.setReducesMotion(reduces);
        theme::Theme::instance().setReducesMotion(reduces);
    });
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void MainWindow::restore()
{
    resize(1280, 800);
    restoreGeometry(m_settings.geometry());
    m_containers->table().restoreColumns(m_settings.columns(QStringLiteral("containers")));
    m_images->table().restoreColumns(m_settings.columns(QStringLiteral("images")));
    showAppearance();
}

void MainWindow::showAppearance()
{
    m_settingsPage->setAppearance({ m_settings.themeMode(), m_settings.language(),
        m_settings.textScalePercent(), m_settings.usesSystemFont(), m_settings.reducesMotion() });
}

void MainWindow::setMode(theme::Mode mode)
{
    m_settings.setThemeMode(mode);
    theme::Theme::instance().setMode(mode);
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
    m_session.tasks.retranslate();
    onEngineStatus();
    onInfo();
}

} // namespace portlight::shell
