#pragma once

#include <QAction>
#include <QHash>
#include <QObject>

namespace portlight::actions {
struct Permission;
} // namespace portlight::actions

namespace portlight::shell {

class EngineSession;

/// What the actions would act on: ids of the page in sight, empty for all other kinds.
struct Selection {
    QStringList containers;
    QStringList images;
    QStringList volumes; ///< names
    QStringList networks;
};

/// Every action of the window, once: menus, buttons and tables share them, so that text, shortcut,
/// enabled state and the reason why not are the same everywhere.
class MainActions : public QObject {
    Q_OBJECT

public:
    explicit MainActions(QObject* parent);

    // File
    QAction* newContainer;
    QAction* pullImage;
    QAction* openArchive;
    QAction* importArchive;
    QAction* exportImages;
    QAction* exportArchive; ///< of images that its dialog asks for
    QAction* quit;
    // Container
    QAction* openContainer;
    QAction* showLogs;
    QAction* showTerminal;
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
    // Volume and network
    QAction* newVolume;
    QAction* removeVolume;
    QAction* newNetwork;
    QAction* removeNetwork;
    // View
    QAction* palette;
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
    void update(const EngineSession& session, const Selection& selection);

private:
    QAction* add(const char* name, const char* iconName, const QKeySequence& shortcut = {},
        Qt::ShortcutContext context = Qt::WindowShortcut);
    static void apply(QAction* action, const actions::Permission& permission);

    QList<QAction*> m_all;
};

} // namespace portlight::shell
