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
    /// The menu of a container's or an image's row.
    QMenu* containerMenu() const { return m_container; }
    QMenu* imageMenu() const { return m_image; }

signals:
    void pageRequested(const QString& page);

private:
    QMenu* addMenu(QMenuBar& bar, const QList<QAction*>& actions);

    QMenu* m_file;
    QMenu* m_container;
    QMenu* m_image;
    QMenu* m_view;
    QMenu* m_engine;
    QMenu* m_help;
    QList<QAction*> m_pages;
};

} // namespace portlight::shell
