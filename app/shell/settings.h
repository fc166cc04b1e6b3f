#pragma once

#include "app/theme/theme.h"

#include <QByteArray>
#include <QSettings>
#include <QString>

namespace portlight::shell {

/// What the window remembers between runs, in the user's configuration directory. Unknown or broken
/// values read as the defaults.
class Settings {
public:
    theme::Mode themeMode() const;
    void setThemeMode(theme::Mode mode);
    /// Empty: follow the system; else "en" or "zh_CN".
    QString language() const;
    void setLanguage(const QString& language);
    int textScalePercent() const;
    void setTextScalePercent(int percent);
    bool usesSystemFont() const;
    void setUsesSystemFont(bool uses);
    bool reducesMotion() const;
    void setReducesMotion(bool reduces);

    QString page() const;
    void setPage(const QString& page);
    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    /// Header state of the table called @p name.
    QByteArray columns(const QString& name) const;
    void setColumns(const QString& name, const QByteArray& state);
    /// Whether the words "containers keep running" were shown on closing.
    bool wasCloseExplained() const;
    void setCloseExplained();
    /// Messages of the desktop.
    bool notifies() const;
    void setNotifies(bool notifies);
    /// As RecentArchives::save() makes it.
    QVariantList recentArchives() const;
    void setRecentArchives(const QVariantList& saved);
    QString lastDirectory() const;
    void setLastDirectory(const QString& path);

private:
    QSettings m_store;
};

} // namespace portlight::shell
