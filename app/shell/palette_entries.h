#pragma once

#include "app/theme/theme.h"
#include "app/views/dialogs/palette.h"

class QAction;

namespace portlight::shell {

class EngineSession;
class MainActions;

/// Where the palette leads.
struct PaletteTargets {
    std::function<void(const QString& page)> showPage;
    std::function<void(const QString& id)> showContainer;
    /// Shows @p page with the row @p id selected.
    std::function<void(const QString& page, const QString& id)> showRow;
    std::function<void(const QString& code)> setLanguage;
    std::function<void(theme::Mode mode)> setMode;
};

/// Everything that can be found: the actions that are possible now first, then pages, objects of
/// the engine and settings. @p pages are the actions that show pages.
QList<views::PaletteEntry> paletteEntries(const EngineSession& session, const MainActions& actions,
    const QList<QAction*>& pages, const PaletteTargets& targets);

} // namespace portlight::shell
