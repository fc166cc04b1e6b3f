#pragma once

#include <QDBusMessage>
#include <QObject>

namespace portlight::theme {

/// Follows the desktop's light/dark preference: `org.freedesktop.appearance color-scheme` of the
/// settings portal, asked for asynchronously (Qt 6.4 has no QStyleHints::colorScheme). Without a
/// session bus or portal it stays silent and the palette's own lightness decides.
class SystemColorScheme : public QObject {
    Q_OBJECT

public:
    explicit SystemColorScheme(QObject* parent = nullptr);

    /// Asks once and subscribes; returns at once, answers come by prefersDarkChanged.
    void start();

signals:
    void prefersDarkChanged(bool prefersDark);

private slots:
    // Takes the whole message: a slot with a QDBusVariant parameter fails to connect in Qt 6.4.
    void onSettingChanged(const QDBusMessage& message);

private:
    void accept(const QVariant& value);
};

} // namespace portlight::theme
