#include "app/shell/window_menus.h"

#include "app/shell/main_actions.h"
#include "app/shell/options.h"

#include <QMenu>
#include <QMenuBar>

namespace portlight::shell {

WindowMenus::WindowMenus(MainActions& a, QMenuBar& bar)
    : QObject(&bar)
    , m_file(addMenu(bar,
          { a.newContainer, a.pullImage, a.openArchive, a.importArchive, a.exportImages, nullptr,
              a.quit }))
    , m_container(addMenu(bar,
          { a.openContainer, a.showLogs, a.showTerminal, a.showInspect, nullptr, a.start, a.stop,
              a.restart, a.kill, a.startOrStop, nullptr, a.removeContainer }))
    , m_image(addMenu(bar, { a.runImage, a.exportImages, nullptr, a.removeImage }))
    , m_volume(addMenu(bar, { a.newVolume, nullptr, a.removeVolume }))
    , m_network(addMenu(bar, { a.newNetwork, nullptr, a.removeNetwork }))
    , m_view(addMenu(bar, { a.palette, nullptr }))
    , m_engine(addMenu(bar, { a.tryAgain, a.startEngine, a.stopEngine, a.copyDetails }))
    , m_help(addMenu(bar, { a.shortcuts, a.about }))
{
    m_container->setObjectName(QStringLiteral("containerMenu"));
    m_image->setObjectName(QStringLiteral("imageMenu"));
    m_volume->setObjectName(QStringLiteral("volumeMenu"));
    m_network->setObjectName(QStringLiteral("networkMenu"));
    const QStringList names = pageNames();
    for (int i = 0; i < names.size(); ++i) {
        QAction* action = m_view->addAction(QString());
        action->setObjectName(QStringLiteral("page.") + names.at(i));
        action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i)));
        const QString name = names.at(i);
        connect(action, &QAction::triggered, this, [this, name] { emit pageRequested(name); });
        m_pages.append(action);
    }
    m_view->addSeparator();
    for (QAction* action : { a.back, a.forward, a.refresh, a.focusFilter, a.find })
        m_view->addAction(action);
    m_view->addSeparator();
    for (QAction* action : { a.larger, a.smaller, a.normalSize, a.toggleDark })
        m_view->addAction(action);
    retranslate();
}

QMenu* WindowMenus::addMenu(QMenuBar& bar, const QList<QAction*>& actions)
{
    QMenu* menu = bar.addMenu(QString());
    menu->setToolTipsVisible(true); // the reason why an entry is disabled
    for (QAction* action : actions) {
        if (action)
            menu->addAction(action);
        else
            menu->addSeparator();
    }
    return menu;
}

void WindowMenus::setSupport(bool hasVolumes, bool hasNetworks)
{
    m_volume->menuAction()->setVisible(hasVolumes);
    m_network->menuAction()->setVisible(hasNetworks);
    for (QAction* page : std::as_const(m_pages)) {
        if (page->objectName() == QLatin1String("page.volumes"))
            page->setVisible(hasVolumes);
        else if (page->objectName() == QLatin1String("page.networks"))
            page->setVisible(hasNetworks);
    }
}

void WindowMenus::retranslate()
{
    m_file->setTitle(tr("&File"));
    m_container->setTitle(tr("&Container"));
    m_image->setTitle(tr("&Image"));
    m_volume->setTitle(tr("V&olume"));
    m_network->setTitle(tr("&Network"));
    m_view->setTitle(tr("&View"));
    m_engine->setTitle(tr("&Engine"));
    m_help->setTitle(tr("&Help"));
    const QStringList titles { tr("Overview"), tr("Containers"), tr("Images"), tr("Volumes"),
        tr("Networks"), tr("Logs"), tr("Monitor"), tr("Archives"), tr("Activity"), tr("Settings") };
    for (int i = 0; i < m_pages.size(); ++i)
        m_pages.at(i)->setText(titles.value(i));
}

} // namespace portlight::shell
