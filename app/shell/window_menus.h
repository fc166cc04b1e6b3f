#pragma once

#include <QList>
#include <QObject>

class QAction;
class QMenu;
class QMenuBar;

namespace portlight::shell {

class MainActions;

/// The menu bar: every action with its shortcut, and pages by Ctrl+1… .
class WindowMenus : public QObject {
    Q_OBJECT

public:
    WindowMenus(MainActions& actions, QMenuBar& bar);

    void retranslate();
    /// Hides the menus and pages of what the engine does not have.
    void setSupport(bool hasVolumes, bool hasNetworks);
    /// The actions that show the pages, in their order.
    const QList<QAction*>& pages() const { return m_pages; }
    /// The menu of a row of that page.
    QMenu* containerMenu() const { return m_container; }
    QMenu* imageMenu() const { return m_image; }
    QMenu* volumeMenu() const { return m_volume; }
    QMenu* networkMenu() const { return m_network; }

signals:
    void pageRequested(const QString& page);

private:
    QMenu* addMenu(QMenuBar& bar, const QList<QAction*>& actions);

    QMenu* m_file;
    QMenu* m_container;
    QMenu* m_image;
    QMenu* m_volume;
    QMenu* m_network;
    QMenu* m_view;
    QMenu* m_engine;
    QMenu* m_help;
    QList<QAction*> m_pages;
};

} // namespace portlight::shell
