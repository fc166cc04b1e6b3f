#pragma once

#include <QObject>
#include <QTranslator>

namespace portlight::shell {

/// The language of the window, switchable at run time: installing the translators sends
/// LanguageChange to every widget.
class Language : public QObject {
    Q_OBJECT

public:
    explicit Language(QObject* parent = nullptr);

    /// "en", "zh_CN", or empty for what the system asks for. Also sets the default QLocale.
    void apply(const QString& code);
    /// The language that is in use: "en" or "zh_CN".
    QString current() const { return m_current; }

signals:
    void changed();

private:
    QTranslator m_own;
    QTranslator m_qt;
    QString m_current;
};

} // namespace portlight::shell
