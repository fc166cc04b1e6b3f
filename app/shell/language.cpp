#include "app/shell/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>

namespace portlight::shell {

Language::Language(QObject* parent)
    : QObject(parent)
{
}

void Language::apply(const QString& code)
{
    const QLocale system = QLocale::system();
    QString language = code;
    if (language.isEmpty())
        language =
            system.language() == QLocale::Chinese ? QStringLiteral("zh_CN") : QStringLiteral("en");
    // In the user's own language his country's formats stand, else the language's usual ones.
    const QLocale wanted(language);
    const bool isSystems =
        wanted.language() == system.language() && system.name() != QLatin1String("C");
    QLocale::setDefault(isSystems ? system : wanted);

    QCoreApplication::removeTranslator(&m_own);
    QCoreApplication::removeTranslator(&m_qt);
    m_current = language;
    if (m_qt.load(QStringLiteral("qtbase_") + language,
            QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&m_qt);
    if (m_own.load(QStringLiteral(":/i18n/portlight_%1.qm").arg(language)))
        QCoreApplication::installTranslator(&m_own);
    emit changed();
}

} // namespace portlight::shell
