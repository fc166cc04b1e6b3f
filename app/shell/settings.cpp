#include "app/shell/settings.h"

#include <QDir>

namespace portlight::shell {

namespace {

constexpr int kDefaultScale = 100;

} // namespace

theme::Mode Settings::themeMode() const
{
    const QString mode = m_store.value(QStringLiteral("appearance/theme")).toString();
    if (mode == QLatin1String("light"))
        return theme::Mode::Light;
    return mode == QLatin1String("dark") ? theme::Mode::Dark : theme::Mode::System;
}

void Settings::setThemeMode(theme::Mode mode)
{
    QString word = QStringLiteral("system");
    if (mode == theme::Mode::Light)
        word = QStringLiteral("light");
    else if (mode == theme::Mode::Dark)
        word = QStringLiteral("dark");
    m_store.setValue(QStringLiteral("appearance/theme"), word);
}

QString Settings::language() const
{
    const QString language = m_store.value(QStringLiteral("appearance/language")).toString();
    const bool isKnown = language == QLatin1String("en") || language == QLatin1String("zh_CN");
    return isKnown ? language : QString();
}

void Settings::setLanguage(const QString& language)
{
    m_store.setValue(QStringLiteral("appearance/language"), language);
}

int Settings::textScalePercent() const
{
    const int percent =
        m_store.value(QStringLiteral("appearance/textScale"), kDefaultScale).toInt();
    return percent >= 70 && percent <= 200 ? percent : kDefaultScale;
}

void Settings::setTextScalePercent(int percent)
{
    m_store.setValue(QStringLiteral("appearance/textScale"), percent);
}

bool Settings::usesSystemFont() const
{
    return m_store.value(QStringLiteral("appearance/systemFont"), false).toBool();
}

void Settings::setUsesSystemFont(bool uses)
{
    m_store.setValue(QStringLiteral("appearance/systemFont"), uses);
}

bool Settings::reducesMotion() const
{
    return m_store.value(QStringLiteral("appearance/reduceMotion"), false).toBool();
}

void Settings::setReducesMotion(bool reduces)
{
    m_store.setValue(QStringLiteral("appearance/reduceMotion"), reduces);
}

QString Settings::page() const
{
    return m_store.value(QStringLiteral("window/page"), QStringLiteral("overview")).toString();
}

void Settings::setPage(const QString& page)
{
    m_store.setValue(QStringLiteral("window/page"), page);
}

QByteArray Settings::geometry() const
{
    return m_store.value(QStringLiteral("window/geometry")).toByteArray();
}

void Settings::setGeometry(const QByteArray& geometry)
{
    m_store.setValue(QStringLiteral("window/geometry"), geometry);
}

QByteArray Settings::columns(const QString& name) const
{
    return m_store.value(QStringLiteral("columns/") + name).toByteArray();
}

void Settings::setColumns(const QString& name, const QByteArray& state)
{
    m_store.setValue(QStringLiteral("columns/") + name, state);
}

bool Settings::wasCloseExplained() const
{
    return m_store.value(QStringLiteral("window/closeExplained"), false).toBool();
}

void Settings::setCloseExplained()
{
    m_store.setValue(QStringLiteral("window/closeExplained"), true);
}

QVariantList Settings::recentArchives() const
{
    return m_store.value(QStringLiteral("files/recentArchives")).toList();
}

void Settings::setRecentArchives(const QVariantList& saved)
{
    m_store.setValue(QStringLiteral("files/recentArchives"), saved);
}

bool Settings::notifies() const
{
    return m_store.value(QStringLiteral("notifications/enabled"), true).toBool();
}

void Settings::setNotifies(bool notifies)
{
    m_store.setValue(QStringLiteral("notifications/enabled"), notifies);
}

QString Settings::lastDirectory() const
{
    return m_store.value(QStringLiteral("files/lastDirectory"), QDir::homePath()).toString();
}

void Settings::setLastDirectory(const QString& path)
{
    m_store.setValue(QStringLiteral("files/lastDirectory"), path);
}

} // namespace portlight::shell
