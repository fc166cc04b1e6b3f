#pragma once

#include "app/client/types/host_report.h"
#include "app/session/connection.h"
#include "app/views/pages/engine_notice.h"

class QAction;

namespace portlight::shell {

/// The engine's state in a few translated words, for the rail.
QString engineStateText(const session::ConnectionStatus& status);

/// What is known of it, for pages: what happened, what Portlight does by itself, what was found on
/// this computer that keeps it away (@p obstacles) with what mends it, the raw words.
views::EngineNotice engineNotice(const session::ConnectionStatus& status, const QString& address,
    const QList<client::HostFeature>& obstacles, const QList<QAction*>& actions);

/// The raw words alone, to be copied.
QString engineDetails(const session::ConnectionStatus& status, const QString& address);

} // namespace portlight::shell
