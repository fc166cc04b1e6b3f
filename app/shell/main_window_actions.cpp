#include "app/shell/engine_text.h"
#include "app/shell/main_window.h"
#include "app/shell/navigation.h"
#include "app/shell/palette_entries.h"
#include "app/shell/status_line.h"
#include "app/shell/window_menus.h"
#include "app/views/dialogs/palette.h"
#include "app/views/dialogs/shortcuts_dialog.h"
#include "app/views/log/log_panel.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/containers_page.h"
#include "app/views/pages/images_page.h"
#include "app/views/pages/logs_page.h"
#include "app/views/pages/networks_page.h"
#include "app/views/pages/volumes_page.h"
#include "app/views/widgets/action_button.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMessageBox>
#include <QStackedWidget>

// What the window's actions do.
namespace portlight::shell {

using actions::ContainerAction;

namespace {

constexpr int kScaleStep = 10;

} // namespace

void MainWindow::connectActions()
{
    connectContainerActions();
    connectStoreActions();
    connectViewActions();
    connect(
        m_actions.importArchive, &QAction::triggered, m_archiveFlow, &ArchiveFlow::askAndImport);
    connect(m_actions.openArchive, &QAction::triggered, m_archiveFlow, &ArchiveFlow::askAndOpen);
    connect(
        m_actions.exportArchive, &QAction::triggered, m_archiveFlow, &ArchiveFlow::askAndExportAny);
    connect(m_actions.pullImage, &QAction::triggered, m_archiveFlow, &ArchiveFlow::askAndPull);
    connect(m_actions.exportImages, &QAction::triggered, this,
        [this] { m_archiveFlow->askAndExport(selection().images); });
    connect(m_actions.runImage, &QAction::triggered, this, [this] {
        if (const auto* row = m_session.images.find(selection().images.value(0)))
            m_containerFlow->create(row->summary.displayName());
    });
    connect(m_actions.removeImage, &QAction::triggered, this,
        [this] { m_containerFlow->removeImages(selection().images); });
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
            [this, what] { m_containerFlow->run(what, selection().containers); });
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
    connect(m_actions.showTerminal, &QAction::triggered, this,
        [this] { showContainerTab(int(Tab::Terminal)); });
    connect(m_actions.showInspect, &QAction::triggered, this,
        [this] { showContainerTab(int(Tab::Inspect)); });
    connect(m_containers, &views::ListPage::opened, this, &MainWindow::showContainer);
    connect(m_images, &views::ListPage::opened, this, [this] { m_actions.runImage->trigger(); });
    connect(m_containers, &views::ListPage::menuRequested, this,
        [this](const QPoint& position) { m_menus->containerMenu()->popup(position); });
    connect(m_images, &views::ListPage::menuRequested, this,
        [this](const QPoint& position) { m_menus->imageMenu()->popup(position); });
}

void MainWindow::connectStoreActions()
{
    connect(m_actions.newVolume, &QAction::triggered, m_storeFlow, &StoreFlow::newVolume);
    connect(m_actions.removeVolume, &QAction::triggered, this,
        [this] { m_storeFlow->removeVolumes(selection().volumes); });
    connect(m_actions.newNetwork, &QAction::triggered, m_storeFlow, &StoreFlow::newNetwork);
    connect(m_actions.removeNetwork, &QAction::triggered, this,
        [this] { m_storeFlow->removeNetworks(selection().networks); });
    connect(m_volumes, &views::ListPage::menuRequested, this,
        [this](const QPoint& position) { m_menus->volumeMenu()->popup(position); });
    connect(m_networks, &views::ListPage::menuRequested, this,
        [this](const QPoint& position) { m_menus->networkMenu()->popup(position); });
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
        } else if (m_pages->currentWidget() == m_logs) {
            m_logs->log().focusSearch();
        } else {
            search();
        }
    });
    connect(m_actions.clearFilter, &QAction::triggered, this, [this] {
        if (views::ListPage* list = currentList())
            list->clearFilter();
    });
    connect(m_actions.palette, &QAction::triggered, this, &MainWindow::showPalette);
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

void MainWindow::showShortcuts()
{
    QList<QPair<QString, QString>> list;
    QList<QAction*> actions = m_actions.all();
    for (QAction* action : findChildren<QAction*>())
        if (action->objectName().startsWith(QLatin1String("page.")))
            actions.append(action);
    for (const QAction* action : std::as_const(actions)) {
        if (action->shortcut().isEmpty() || !action->isVisible())
            continue;
        const QPair<QString, QString> entry { views::actionText(*action),
            action->shortcut().toString(QKeySequence::NativeText) };
        if (!list.contains(entry)) // "Delete… Del" stands for all kinds
            list.append(entry);
    }
    auto* dialog = new views::ShortcutsDialog(list, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::showPalette()
{
    PaletteTargets targets;
    targets.showPage = [this](const QString& page) { showPage(page); };
    targets.showContainer = [this](const QString& id) { showContainer(id); };
    targets.showRow = [this](const QString& page, const QString& id) {
        showPage(page);
        if (views::ListPage* list = currentList()) {
            list->clearFilter();
            list->selectId(id);
        }
    };
    targets.setLanguage = [this](const QString& code) { setLanguage(code); };
    targets.setMode = [this](theme::Mode mode) { setMode(mode); };
    m_palette->open(paletteEntries(m_session, m_actions, m_menus->pages(), targets));
}

void MainWindow::showAbout()
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Portlight"),
        tr("Portlight %1").arg(QApplication::applicationVersion()), QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(windowIcon().pixmap(48));
    box->setInformativeText(tr("A native dashboard for containers with an engine of its own. "
                               "Free software under the GNU GPL, version 3 or later."));
    box->open();
}

} // namespace portlight::shell
