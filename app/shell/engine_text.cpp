#include "app/shell/engine_text.h"

#include <QCoreApplication>

namespace portlight::shell {

using session::ConnectionState;

namespace {

constexpr int kShownLines = 6;

/// Gives free functions a translation context.
struct Text {
    Q_DECLARE_TR_FUNCTIONS(EngineText)
};

// A qualified return type hides the context from lupdate: the texts stand in functions of their
// own.
QString awayHeading()
{
    return Text::tr("The engine does not answer");
}

QString addressText(const QString& address)
{
    return Text::tr("Address: %1").arg(address);
}

QString obstacleText(const client::HostFeature& obstacle)
{
    return Text::tr("Found: %1").arg(obstacle.cause) + QLatin1Char('\n')
        + Text::tr("What mends it: %1").arg(obstacle.fix);
}

QString awayText(const session::ConnectionStatus& status)
{
    const QString fact = Text::tr("Containers that were running go on without it, and nothing is "
                                  "lost. The list comes back by itself as soon as it answers.");
    const QString next = status.secondsToRetry > 0
        ? Text::tr("Next attempt in %n second(s).", nullptr, status.secondsToRetry)
        : Text::tr("Trying again now…");
    return fact + QLatin1Char('\n') + next;
}

} // namespace

QString engineStateText(const session::ConnectionStatus& status)
{
    switch (status.state) {
    case ConnectionState::Idle:
        return Text::tr("Engine not contacted");
    case ConnectionState::Connecting:
        return Text::tr("Looking for the engine…");
    case ConnectionState::Starting:
        return Text::tr("Starting the engine…");
    case ConnectionState::Running:
        return Text::tr("Engine running");
    case ConnectionState::Unreachable:
        return Text::tr("Engine away");
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

views::EngineNotice engineNotice(const session::ConnectionStatus& status, const QString& address,
    const QList<client::HostFeature>& obstacles, const QList<QAction*>& actions)
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
    notice.away.heading = awayHeading();
    notice.away.text = awayText(status);
    QStringList raw { addressText(address), status.reason };
    for (const client::HostFeature& obstacle : obstacles)
        raw.append(obstacleText(obstacle));
    raw +=
        status.engineOutput.mid(std::max<qsizetype>(0, status.engineOutput.size() - kShownLines));
    raw.removeAll(QString());
    notice.away.detail = raw.join(QLatin1Char('\n'));
    notice.away.actions = actions;
    return notice;
}

} // namespace portlight::shell
