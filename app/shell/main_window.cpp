#include "app/shell/main_window.h"

#include "app/session/host_check.h"
#include "app/shell/engine_text.h"
#include "app/shell/logs_presenter.h"
#include "app/shell/monitor_presenter.h"
#include "app/shell/navigation.h"
#include "app/shell/overview_presenter.h"
#include "app/shell/status_line.h"
#include "app/shell/window_menus.h"
#include "app/views/log/log_panel.h"
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
#include <QCloseEvent>
#include <QDropEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QUrl>

namespace portlight::shell {

namespace {

constexpr int kFoldBelow = 1100;
const QString kContainerPlace = QStringLiteral("container/");

QStringList droppedArchives(const QMimeData& data)
{
    QStringList paths;
    for (const QUrl& url : data.urls())
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    return paths;
}

} // namespace

MainWindow::~MainWindow()
{
    // Pages and flows listen to the session, which dies before them as a member.
    m_session.disconnect();
    for (QObject* each : std::initializer_list<QObject*> { &m_session.containerActions,
             &m_session.imageActions, &m_session.volumeActions, &m_session.networkActions })
        each->disconnect(this);
    m_session.connection.disconnect(this);
    qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
}

void MainWindow::open()
{
    m_colorScheme.start();
    m_session.connection.open();
}

void MainWindow::handleRequest(const QString& page, const QStringList& archives)
{
    if (!page.isEmpty())
        showPage(page);
    if (!archives.isEmpty())
        openArchives(archives);
    setWindowState(windowState() & ~Qt::WindowMinimized);
    raise();
    activateWindow();
}

void MainWindow::showPage(const QString& page)
{
    visit(page);
}

void MainWindow::showContainer(const QString& id)
{
    if (!id.isEmpty())
        visit(kContainerPlace + id);
}

void MainWindow::openArchives(const QStringList& paths)
{
    showPage(QStringLiteral("archives"));
    m_archivePresenter->open(paths);
}

void MainWindow::visit(const QString& place)
{
    if (m_historyIndex >= 0 && m_history.at(m_historyIndex) == place) {
        showPlace(place);
        return;
    }
    m_history.resize(m_historyIndex + 1);
    m_history.append(place);
    m_historyIndex = int(m_history.size()) - 1;
    showPlace(place);
}

void MainWindow::step(int direction)
{
    const int next = m_historyIndex + direction;
    if (next < 0 || next >= m_history.size())
        return;
    m_historyIndex = next;
    showPlace(m_history.at(next));
}

void MainWindow::showPlace(const QString& place)
{
    const bool isContainer = place.startsWith(kContainerPlace);
    const QString page = isContainer ? QStringLiteral("containers") : place;
    if (isContainer) {
        m_presenter->show(place.mid(kContainerPlace.size()));
        m_pages->setCurrentWidget(m_container);
        m_container->setFocus();
    } else {
        m_presenter->hide();
        QWidget* shown = m_containers;
        for (views::ListPage* list : lists())
            if (list->name() == page)
                shown = list;
        if (page == QLatin1String("overview"))
            shown = m_overview;
        else if (page == QLatin1String("logs"))
            shown = m_logs;
        else if (page == QLatin1String("monitor"))
            shown = m_monitor;
        else if (page == QLatin1String("activity"))
            shown = m_activity;
        else if (page == QLatin1String("settings"))
            shown = m_settingsPage;
        else if (page == QLatin1String("archives"))
            shown = m_archivesPage;
        m_pages->setCurrentWidget(shown);
        if (views::ListPage* list = currentList())
            list->table().setFocus();
    }
    if (m_pages->currentWidget() == m_logs)
        m_logsPresenter->show();
    if (m_pages->currentWidget() == m_monitor)
        m_monitorPresenter->show();
    else
        m_monitorPresenter->hide();
    if (m_pages->currentWidget() == m_overview)
        m_overviewPresenter->show();
    else
        m_overviewPresenter->hide();
    if (page == QLatin1String("activity"))
        m_navigation->item(page).setFailed(false);
    m_navigation->setCurrentPage(page);
    m_settings.setPage(page);
    m_session.setWatching(isWatching());
    m_actions.back->setEnabled(m_historyIndex > 0);
    m_actions.forward->setEnabled(m_historyIndex + 1 < m_history.size());
    updateActions();
}

bool MainWindow::isWatching() const
{
    const QWidget* page = m_pages->currentWidget();
    return !isMinimized() && (page == m_overview || page == m_containers || page == m_container);
}

views::ListPage* MainWindow::currentList() const
{
    return qobject_cast<views::ListPage*>(m_pages->currentWidget());
}

QList<views::ListPage*> MainWindow::lists() const
{
    return { m_containers, m_images, m_volumes, m_networks };
}

Selection MainWindow::selection() const
{
    const QWidget* page = m_pages->currentWidget();
    if (page == m_container)
        return { { m_container->containerId() }, {}, {}, {} };
    if (page == m_containers)
        return { m_containers->selectedIds(), {}, {}, {} };
    if (page == m_images)
        return { {}, m_images->selectedIds(), {}, {} };
    if (page == m_volumes)
        return { {}, {}, m_volumes->selectedIds(), {} };
    if (page == m_networks)
        return { {}, {}, {}, m_networks->selectedIds() };
    return {};
}

void MainWindow::updateActions()
{
    m_actions.update(m_session, selection());
}

void MainWindow::updateCounts()
{
    const bool isKnown = m_session.connection.isRunning();
    const auto show = [&](const char* page, const QAbstractItemModel& model) {
        m_navigation->item(QLatin1String(page)).setCount(isKnown ? model.rowCount() : -1);
    };
    show("containers", m_session.containers);
    show("images", m_session.images);
    show("volumes", m_session.volumes);
    show("networks", m_session.networks);
    const int tasks = m_session.tasks.runningCount();
    m_navigation->item(QStringLiteral("activity")).setCount(tasks > 0 ? tasks : -1);
}

// What the engine does not have is not offered.
void MainWindow::onSupport()
{
    const bool hasVolumes = m_session.hasVolumes();
    const bool hasNetworks = m_session.hasNetworks();
    m_navigation->item(QStringLiteral("volumes")).setVisible(hasVolumes);
    m_navigation->item(QStringLiteral("networks")).setVisible(hasNetworks);
    m_menus->setSupport(hasVolumes, hasNetworks);
    const QWidget* page = m_pages->currentWidget();
    if ((page == m_volumes && !hasVolumes) || (page == m_networks && !hasNetworks))
        showPage(QStringLiteral("containers"));
}

void MainWindow::onEngineStatus()
{
    const session::ConnectionStatus& status = m_session.connection.status();
    const QString address = m_session.client.address().socketPath;
    QList<QAction*> offered { m_actions.tryAgain };
    if (m_session.connection.process())
        offered.append(m_actions.startEngine);
    offered.append(m_actions.copyDetails);
    QList<client::HostFeature> obstacles;
    if (status.state == session::ConnectionState::Unreachable) {
        const auto* own = m_session.connection.process();
        obstacles = session::hostObstacles(
            session::HostPlaces::own(address, own ? own->launch().program : QString()));
    }
    const views::EngineNotice notice = engineNotice(status, address, obstacles, offered);
    for (views::ListPage* list : lists())
        list->setEngine(notice);
    m_logs->setEngine(notice);
    m_monitor->setEngine(notice);
    m_overview->setEngine(notice);
    m_archivesPage->setEngine(notice);
    auto railState = Navigation::EngineState::Waiting;
    if (notice.state == views::EngineNotice::State::Running)
        railState = Navigation::EngineState::Running;
    else if (notice.state == views::EngineNotice::State::Away)
        railState = Navigation::EngineState::Away;
    m_navigation->setEngine(railState, engineStateText(status), engineDetails(status, address));
    const bool isRunning = m_session.connection.isRunning();
    auto* process = m_session.connection.process();
    m_actions.tryAgain->setEnabled(!isRunning);
    m_actions.startEngine->setEnabled(!isRunning && process);
    m_actions.stopEngine->setEnabled(process && process->isRunning());
    m_actions.copyDetails->setEnabled(!isRunning);
    updateCounts();
    updateActions();
}

void MainWindow::onInfo()
{
    const auto& info = m_session.info();
    if (!info)
        return;
    const session::ConnectionStatus& status = m_session.connection.status();
    m_settingsPage->setEngineFacts({
        { tr("Address"), m_session.client.address().toUrl() },
        { tr("Version"), tr("%1, API %2").arg(status.version.version, status.version.apiVersion) },
        { tr("Data"), info->dataRoot },
        { tr("Runs as"), info->isRootless ? tr("this user (rootless)") : tr("root") },
        { tr("Control groups"), tr("version %1, %2").arg(info->cgroupVersion, info->cgroupDriver) },
        { tr("Kernel"), info->kernel },
        { tr("System"), info->operatingSystem },
    });
}

void MainWindow::showMessage(const QString& text, const QString& detail)
{
    views::MessageBar* bar =
        m_pages->currentWidget() == m_container ? &m_container->messageBar() : nullptr;
    if (m_pages->currentWidget() == m_overview)
        bar = &m_overview->messageBar();
    if (views::ListPage* list = currentList())
        bar = &list->messageBar();
    if (!bar)
        bar = &m_containers->messageBar();
    bar->showMessage(theme::Tone::Bad, text, detail);
}

void MainWindow::showContainerTab(int tab)
{
    const QStringList ids = selection().containers;
    if (ids.size() != 1)
        return;
    m_container->setTab(views::ContainerPage::Tab(tab));
    showContainer(ids.constFirst());
}

void MainWindow::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), theme::theme().window);
    if (!std::exchange(m_wasPainted, true))
        emit painted();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_navigation->setFolded(width() < kFoldBelow);
}

void MainWindow::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    else if (event->type() == QEvent::WindowStateChange)
        m_session.setWatching(isWatching());
    QWidget::changeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!droppedArchives(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QStringList paths = droppedArchives(*event->mimeData());
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    openArchives(paths);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_settings.setGeometry(saveGeometry());
    for (views::ListPage* list : lists())
        m_settings.setColumns(list->name(), list->table().saveColumns());
    const int running = m_session.containers.runningCount();
    if (m_settings.wasCloseExplained() || running == 0) {
        event->accept();
        return;
    }
    // Said once: the next close is silent.
    event->ignore();
    m_settings.setCloseExplained();
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Close Portlight"),
        tr("%n container(s) keep running", nullptr, running), QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("closeNotice"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(tr("Closing the window stops neither containers nor the engine. This "
                               "is only said once."));
    QPushButton* close = box->addButton(tr("Close window"), QMessageBox::AcceptRole);
    box->setDefaultButton(close);
    connect(close, &QAbstractButton::clicked, this, &QWidget::close, Qt::QueuedConnection);
    box->open();
}

} // namespace portlight::shell
