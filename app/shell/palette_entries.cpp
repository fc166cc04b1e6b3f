#include "app/shell/palette_entries.h"

#include "app/shell/engine_session.h"
#include "app/shell/main_actions.h"
#include "app/views/widgets/action_button.h"

#include <QAction>
#include <QCollator>
#include <QCoreApplication>

#include <algorithm>

namespace portlight::shell {

namespace {

/// Gives free functions a translation context.
struct Text {
    Q_DECLARE_TR_FUNCTIONS(PaletteEntries)
};

using Entries = QList<views::PaletteEntry>;

void appendAction(Entries& entries, QAction* action)
{
    if (!action->isVisible())
        return;
    QString name = views::actionText(*action);
    // "Delete…" alone does not say of what.
    const QString object = action->objectName();
    if (object.startsWith(QLatin1String("remove")))
        name = Text::tr("Delete selected %1", "palette; %1: containers, images, …")
                   .arg(object.endsWith(QLatin1String("Image"))        ? Text::tr("images")
                           : object.endsWith(QLatin1String("Volume"))  ? Text::tr("volumes")
                           : object.endsWith(QLatin1String("Network")) ? Text::tr("networks")
                                                                       : Text::tr("containers"));
    const bool isEnabled = action->isEnabled();
    entries.append({ name,
        isEnabled ? action->shortcut().toString(QKeySequence::NativeText) : action->toolTip(),
        action->property("iconName").toString(), isEnabled, [action] { action->trigger(); } });
}

void appendObjects(Entries& entries, const EngineSession& session, const PaletteTargets& targets)
{
    const qsizetype first = entries.size();
    for (int row = 0; row < session.containers.rowCount(); ++row) {
        const client::ContainerSummary& container = session.containers.row(row).summary;
        entries.append({ container.name, Text::tr("Container"), QStringLiteral("container"), true,
            [show = targets.showContainer, id = container.id] { show(id); } });
    }
    const auto append = [&](const QString& name, const QString& kind, const char* icon,
                            const char* page, const QString& id) {
        entries.append({ name, kind, QLatin1String(icon), true,
            [show = targets.showRow, page = QString::fromLatin1(page), id] { show(page, id); } });
    };
    for (int row = 0; row < session.images.rowCount(); ++row) {
        const client::ImageSummary& image = session.images.row(row).summary;
        append(image.displayName(), Text::tr("Image"), "image", "images", image.id);
    }
    for (int row = 0; session.hasVolumes() && row < session.volumes.rowCount(); ++row) {
        const QString& name = session.volumes.row(row).summary.name;
        append(name, Text::tr("Volume"), "volume", "volumes", name);
    }
    for (int row = 0; session.hasNetworks() && row < session.networks.rowCount(); ++row) {
        const client::NetworkSummary& network = session.networks.row(row).summary;
        append(network.name, Text::tr("Network"), "network", "networks", network.id);
    }
    QCollator natural; // 2 before 10, as in the tables
    natural.setNumericMode(true);
    std::sort(entries.begin() + first, entries.end(),
        [&](const auto& a, const auto& b) { return natural.compare(a.text, b.text) < 0; });
}

void appendSettings(Entries& entries, const PaletteTargets& targets)
{
    const auto append = [&](const QString& text, const char* icon, std::function<void()> run) {
        entries.append({ text, Text::tr("Setting"), QLatin1String(icon), true, std::move(run) });
    };
    const auto mode = [&](const QString& text, const char* icon, theme::Mode value) {
        append(text, icon, [set = targets.setMode, value] { set(value); });
    };
    mode(Text::tr("Theme: as the system"), "settings", theme::Mode::System);
    mode(Text::tr("Theme: light"), "sun", theme::Mode::Light);
    mode(Text::tr("Theme: dark"), "moon", theme::Mode::Dark);
    const auto language = [&](const QString& text, const QString& code) {
        append(text, "settings", [set = targets.setLanguage, code] { set(code); });
    };
    // In the language itself, for those who cannot read the present one.
    language(QStringLiteral("Language: English"), QStringLiteral("en"));
    language(QStringLiteral("语言：简体中文 (Chinese)"), QStringLiteral("zh_CN"));
}

} // namespace

QList<views::PaletteEntry> paletteEntries(const EngineSession& session, const MainActions& actions,
    const QList<QAction*>& pages, const PaletteTargets& targets)
{
    Entries entries;
    Entries impossible;
    for (QAction* action : actions.all())
        if (action != actions.palette && action != actions.startOrStop)
            appendAction(action->isEnabled() ? entries : impossible, action);
    for (QAction* page : pages)
        if (page->isVisible())
            entries.append({ page->text(),
                Text::tr("Page, %1").arg(page->shortcut().toString(QKeySequence::NativeText)),
                QStringLiteral("forward"), true, [page] { page->trigger(); } });
    appendObjects(entries, session, targets);
    appendSettings(entries, targets);
    return entries + impossible;
}

} // namespace portlight::shell
