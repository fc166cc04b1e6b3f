#pragma once

#include "app/shell/archive_flow.h"
#include "app/shell/archive_presenter.h"
#include "app/shell/container_flow.h"
#include "app/shell/container_presenter.h"
#include "app/shell/engine_session.h"
#include "app/shell/language.h"
#include "app/shell/main_actions.h"
#include "app/shell/options.h"
#include "app/shell/settings.h"
#include "app/shell/store_flow.h"
#include "app/theme/system_color_scheme.h"

#include <QWidget>

class QMenuBar;
class QStackedWidget;

namespace portlight::views {
class ActivityPage;
class ArchivesPage;
class ContainerPage;
class ContainersPage;
class ImagesPage;
class ListPage;
class LogsPage;
class MonitorPage;
class NetworksPage;
class OverviewPage;
class Palette;
class SettingsPage;
class Toast;
class VolumesPage;
} // namespace portlight::views

namespace portlight::shell {

class EventNotices;
class LogsPresenter;
class MonitorPresenter;
class Navigation;
class OverviewPresenter;
class StatusLine;
class TerminalPresenter;
class WindowMenus;

/// The window: rail, pages, menus, status, and the joins between session and pages. It paints its
/// first frame before the engine was asked for anything.
class MainWindow : public QWidget {
    Q_OBJECT

public:
    /// @p language must outlive the window.
    MainWindow(const Options& options, Language& language);
    ~MainWindow() override;

    EngineSession& session() { return m_session; }
    /// Contacts the engine; called once the first frame is out.
    void open();
    /// From a second start: shows @p page (unless empty), looks into @p archives, comes to the
    /// front.
    void handleRequest(const QString& page, const QStringList& archives);
    void showPage(const QString& page);
    void showContainer(const QString& id);
    /// Looks into the first of @p paths on the page Archives.
    void openArchives(const QStringList& paths);

signals:
    void painted();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void compose();
    void connectSession();
    void connectLists();
    void connectOverview();
    void connectActions();
    void connectContainerActions();
    void connectStoreActions();
    void connectViewActions();
    void connectSettings();
    void restore();
    void retranslate();
    void onEngineStatus();
    void onInfo();
    void visit(const QString& place);
    void step(int direction);
    void showPlace(const QString& place);
    void updateActions();
    void updateCounts();
    void showContainerTab(int tab);
    void onSupport();
    Selection selection() const;
    views::ListPage* currentList() const;
    QList<views::ListPage*> lists() const;
    void showMessage(const QString& text, const QString& detail);
    void setMode(theme::Mode mode);
    void setLanguage(const QString& code);
    void setTextScale(int percent);
    void showAppearance();
    void showShortcuts();
    void showPalette();
    void showAbout();
    bool isWatching() const;

    Settings m_settings;
    Language& m_language;
    EngineSession m_session;
    MainActions m_actions;
    theme::SystemColorScheme m_colorScheme;
    QStringList m_history; ///< places visited: a page's name or "container/ID"
    int m_historyIndex = -1;
    QMenuBar* m_menuBar;
    WindowMenus* m_menus;
    Navigation* m_navigation;
    QStackedWidget* m_pages;
    views::OverviewPage* m_overview;
    views::ContainersPage* m_containers;
    views::ImagesPage* m_images;
    views::VolumesPage* m_volumes;
    views::NetworksPage* m_networks;
    views::ContainerPage* m_container;
    views::LogsPage* m_logs;
    views::MonitorPage* m_monitor;
    views::ArchivesPage* m_archivesPage;
    views::ActivityPage* m_activity;
    views::SettingsPage* m_settingsPage;
    StatusLine* m_status;
    views::Toast* m_toast;
    views::Palette* m_palette;
    ContainerPresenter* m_presenter;
    TerminalPresenter* m_terminals;
    EventNotices* m_notices;
    LogsPresenter* m_logsPresenter;
    MonitorPresenter* m_monitorPresenter;
    OverviewPresenter* m_overviewPresenter;
    ContainerFlow* m_containerFlow;
    StoreFlow* m_storeFlow;
    ArchiveFlow* m_archiveFlow;
    ArchivePresenter* m_archivePresenter;
    bool m_wasPainted = false;
};

} // namespace portlight::shell
