#include "app/shell/main_actions.h"

#include "app/shell/engine_session.h"
#include "app/theme/icons.h"

#include <QKeySequence>

namespace portlight::shell {

using actions::ContainerAction;
using actions::ImageAction;

MainActions::MainActions(QObject* parent)
    : QObject(parent)
{
    // Single letters are meant for tables only: they work where the action was added to a widget
    // that has the focus.
    const auto inTable = Qt::WidgetShortcut;
    newContainer = add("newContainer", "plus", QKeySequence::New);
    pullImage = add("pullImage", "pull");
    openArchive = add("openArchive", "archive", QKeySequence::Open);
    importArchive = add("importArchive", "import");
    exportImages = add("exportImages", "export", Qt::CTRL | Qt::Key_E);
    exportArchive = add("exportArchive", "export");
    quit = add("quit", "close", Qt::CTRL | Qt::Key_Q);
    openContainer = add("openContainer", "info");
    showLogs = add("showLogs", "log", Qt::Key_L, inTable);
    showTerminal = add("showTerminal", "terminal", Qt::Key_T, inTable);
    showInspect = add("showInspect", "inspect", Qt::Key_I, inTable);
    startOrStop = add("startOrStop", "play", Qt::Key_Space, inTable);
    start = add("start", "play");
    stop = add("stop", "stop");
    restart = add("restart", "restart");
    kill = add("kill", "kill");
    removeContainer = add("removeContainer", "trash", Qt::Key_Delete, inTable);
    runImage = add("runImage", "play");
    removeImage = add("removeImage", "trash", Qt::Key_Delete, inTable);
    newVolume = add("newVolume", "plus");
    removeVolume = add("removeVolume", "trash", Qt::Key_Delete, inTable);
    newNetwork = add("newNetwork", "plus");
    removeNetwork = add("removeNetwork", "trash", Qt::Key_Delete, inTable);
    palette = add("palette", "search", Qt::CTRL | Qt::Key_K);
    back = add("back", "back", Qt::ALT | Qt::Key_Left);
    forward = add("forward", "forward", Qt::ALT | Qt::Key_Right);
    refresh = add("refresh", "refresh", Qt::Key_F5);
    focusFilter = add("focusFilter", "search", Qt::Key_Slash, inTable);
    find = add("find", "search", QKeySequence::Find);
    larger = add("larger", "plus", Qt::CTRL | Qt::Key_Plus);
    larger->setShortcuts({ Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal });
    smaller = add("smaller", "close", Qt::CTRL | Qt::Key_Minus);
    normalSize = add("normalSize", "check", Qt::CTRL | Qt::Key_0);
    toggleDark = add("toggleDark", "moon", Qt::CTRL | Qt::SHIFT | Qt::Key_D);
    tryAgain = add("tryAgain", "refresh");
    startEngine = add("startEngine", "play");
    stopEngine = add("stopEngine", "stop");
    copyDetails = add("copyDetails", "copy");
    shortcuts = add("shortcuts", "info", Qt::Key_F1);
    about = add("about", "info");
    clearFilter = add("clearFilter", "filter-off");
    retranslate();
}

QAction* MainActions::add(const char* name, const char* iconName, const QKeySequence& shortcut,
    Qt::ShortcutContext context)
{
    auto* action = new QAction(this);
    action->setObjectName(QString::fromLatin1(name));
    action->setProperty("iconName", QString::fromLatin1(iconName));
    action->setIcon(theme::icon(QString::fromLatin1(iconName)));
    action->setShortcut(shortcut);
    action->setShortcutContext(context);
    m_all.append(action);
    return action;
}

QList<QAction*> MainActions::all() const
{
    return m_all;
}

void MainActions::retranslate()
{
    newContainer->setText(tr("&New container…"));
    pullImage->setText(tr("&Pull image…"));
    openArchive->setText(tr("&Open archive…"));
    importArchive->setText(tr("&Import image…"));
    exportImages->setText(tr("&Export image…"));
    exportArchive->setText(tr("Export images…"));
    quit->setText(tr("&Quit"));
    openContainer->setText(tr("Show &details"));
    showLogs->setText(tr("Show &logs"));
    showTerminal->setText(tr("Open &terminal"));
    showInspect->setText(tr("&Inspect"));
    startOrStop->setText(tr("Start or stop"));
    start->setText(actions::ContainerActions::title(ContainerAction::Start));
    stop->setText(actions::ContainerActions::title(ContainerAction::Stop));
    restart->setText(actions::ContainerActions::title(ContainerAction::Restart));
    kill->setText(actions::ContainerActions::title(ContainerAction::Kill));
    removeContainer->setText(tr("Delete…", "containers"));
    runImage->setText(tr("Run…", "image"));
    removeImage->setText(tr("Delete…", "images"));
    newVolume->setText(tr("&New volume…"));
    removeVolume->setText(tr("Delete…", "volumes"));
    newNetwork->setText(tr("&New network…"));
    removeNetwork->setText(tr("Delete…", "networks"));
    palette->setText(tr("Find &anything…"));
    back->setText(tr("Back"));
    forward->setText(tr("Forward"));
    refresh->setText(tr("&Refresh"));
    focusFilter->setText(tr("Search in list"));
    find->setText(tr("&Find"));
    larger->setText(tr("Larger text"));
    smaller->setText(tr("Smaller text"));
    normalSize->setText(tr("Normal text size"));
    toggleDark->setText(tr("Switch between light and dark"));
    tryAgain->setText(tr("Try again"));
    startEngine->setText(tr("Start engine"));
    stopEngine->setText(tr("Stop engine"));
    copyDetails->setText(tr("Copy details"));
    shortcuts->setText(tr("Keyboard &shortcuts"));
    about->setText(tr("&About Portlight"));
    clearFilter->setText(tr("Clear filter"));
}

void MainActions::apply(QAction* action, const actions::Permission& permission)
{
    action->setEnabled(permission.isAllowed);
    // Without a reason Qt's default comes back: the action's own text.
    action->setToolTip(permission.isAllowed ? QString() : permission.reason);
}

void MainActions::update(const EngineSession& session, const Selection& selection)
{
    const auto container = [&](ContainerAction action) {
        return session.containerActions.permission(action, selection.containers);
    };
    apply(start, container(ContainerAction::Start));
    apply(stop, container(ContainerAction::Stop));
    apply(restart, container(ContainerAction::Restart));
    apply(kill, container(ContainerAction::Kill));
    apply(removeContainer, container(ContainerAction::Remove));
    startOrStop->setEnabled(start->isEnabled() || stop->isEnabled());
    for (QAction* action : { openContainer, showLogs, showTerminal, showInspect })
        apply(action,
            { selection.containers.size() == 1,
                selection.containers.isEmpty() ? tr("Select a container first")
                                               : tr("Select one container only") });
    const actions::Permission engine = session.containerActions.enginePermission();
    for (QAction* action : { newContainer, importArchive, exportArchive, newVolume, newNetwork })
        apply(action, engine);
    apply(pullImage,
        session.pulls.isSupported()
            ? engine
            : actions::Permission { false, tr("This engine cannot pull.") });
    const auto image = [&](ImageAction action) {
        return session.imageActions.permission(action, selection.images);
    };
    apply(exportImages, image(ImageAction::Export));
    apply(runImage, image(ImageAction::Run));
    apply(removeImage, image(ImageAction::Remove));
    apply(removeVolume, session.volumeActions.removePermission(selection.volumes));
    apply(removeNetwork, session.networkActions.removePermission(selection.networks));
}

} // namespace portlight::shell
