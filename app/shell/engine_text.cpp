#include "app/shell/engine_text.h"

#include <QCoreApplication>

namespace portlight::shell {

using session::ConnectionState;

namespace {

constexpr int kShownLines = 6;

QString tr(const char* text, int count = -1)
{
    return QCoreApplication::translate("EngineText", text, nullptr, count);
}

} // namespace

QString engineStateText(const session::ConnectionStatus& status)
{
    switch (status.state) {
    case ConnectionState::Idle:
        return tr(QT_TRANSLATE_NOOP("EngineText", "Engine not contacted"));
    case ConnectionState::Connecting:
        return tr(QT_TRANSLATE_NOOP("EngineText", "Looking for the engine…"));
    case ConnectionState::Starting:
        return tr(QT_TRANSLATE_NOOP("EngineText", "Starting the engine…"));
    case ConnectionState::Running:
        return tr(QT_TRANSLATE_NOOP("EngineText", "Engine running"));
    case ConnectionState::Unreachable:
        return tr(QT_TRANSLATE_NOOP("EngineText", "Engine away"));
    }
    return {};
}

QString engineDetails(const session::ConnectionStatus& status, const QString& address)
{
    QStringList lines { address, status.reason };
    lines += status.engineOutput;
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

views::EngineNotice engineNotice(
    const session::ConnectionStatus& status, const QString& address, const QList<QAction*>& actions)
{
    views::EngineNotice notice;
    if (status.state == ConnectionState::Running) {
        notice.state = views::EngineNotice::State::Running;
        return notice;
    }
    if (status.state != ConnectionState::Unreachable)
        return notice;
    notice.state = views::EngineNotice::State::Away;
    notice.away.iconName = QStringLiteral("engine-away");
    notice.away.iconColor = theme::IconColor::Bad;
    notice.away.heading = tr(QT_TRANSLATE_NOOP("EngineText", "The engine does not answer"));
    QString text = tr(QT_TRANSLATE_NOOP("EngineText",
                          "Portlight could not reach the engine at %1. Containers that were "
                          "running go on without "
                          "it."))
                       .arg(address);
    text += QLatin1Char(' ');
    if (status.secondsToRetry > 0)
        text += tr(QT_TRANSLATE_N_NOOP("EngineText", "It tries again in %n second(s)."),
            status.secondsToRetry);
    else
        text += tr(QT_TRANSLATE_NOOP("EngineText", "It is trying again now."));
    notice.away.text = text;
    QStringList raw { status.reason };
    raw +=
        status.engineOutput.mid(std::max<qsizetype>(0, status.engineOutput.size() - kShownLines));
    raw.removeAll(QString());
    notice.away.detail = raw.join(QLatin1Char('\n'));
    notice.away.actions = actions;
    return notice;
}

} // namespace portlight::shell
