#pragma once

#include "app/actions/container_actions.h"
#include "app/actions/image_actions.h"

#include <QAction>
#include <QHash>
#include <QObject>

namespace portlight::shell {

/// Every action of the window, once: menus, buttons and tables share them, so that text, shortcut,
/// enabled state and the reason why not are the same everywhere.
class MainActions : public QObject {
    Q_OBJECT

public:
    explicit MainActions(QObject* parent);

    // File
    QAction* newContainer;
    QAction* importArchive;
    QAction* exportImages;
    QAction* quit;
    // Container
    QAction* openContainer;
    QAction* showLogs;
    QAction* showInspect;
    QAction* startOrStop; ///< Space: whichever applies
    QAction* start;
    QAction* stop;
    QAction* restart;
    QAction* kill;
    QAction* removeContainer;
    // Image
    QAction* runImage;
    QAction* removeImage;
    // View
    QAction* back;
    QAction* forward;
    QAction* refresh;
    QAction* focusFilter;
    QAction* find;
    QAction* larger;
    QAction* smaller;
    QAction* normalSize;
    QAction* toggleDark;
    // Engine
    QAction* tryAgain;
    QAction* startEngine;
    QAction* stopEngine;
    QAction* copyDetails;
    // Help
    QAction* shortcuts;
    QAction* about;
    // State pages
    QAction* clearFilter;

    /// Those of a container's state, in the order of buttons and menus.
    QList<QAction*> containerActions() const { return { start, stop, restart, kill }; }
    /// Those with a shortcut, for the table of shortcuts.
    QList<QAction*> all() const;

    void retranslate();
    void update(const actions::ContainerActions& allowed, const QStringList& containerIds,
        const actions::ImageActions& allowedImages, const QStringList& imageIds);

private:
    QAction* add(const char* name, const char* iconName, const QKeySequence& shortcut = {},
        Qt::ShortcutContext context = Qt::WindowShortcut);
    static void apply(QAction* action, const actions::Permission& permission);

    QList<QAction*> m_all;
};

} // namespace portlight::shell
