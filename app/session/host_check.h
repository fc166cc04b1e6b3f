#pragma once

#include "app/client/types/host_report.h"

#include <QString>

namespace portlight::session {

/// Where host_check looks; tests give it files of their own.
struct HostPlaces {
    QString root; ///< put before every absolute path; empty: this computer
    QString userName;
    uint userId = 0; ///< 0: root, for whom most does not matter
    QString runtimeDir; ///< XDG_RUNTIME_DIR
    QString searchPath; ///< PATH
    QString socketPath; ///< of the engine
    QString engineProgram; ///< portlightd; empty: not started by this window
    QString dataRoot; ///< whose disk must have room

    /// Of this process.
    static HostPlaces own(const QString& socketPath, const QString& engineProgram);
};

/// What keeps an engine from starting or from being reached here, found without it: each with its
/// cause and the exact fix, both in English as the engine says them. Empty: nothing was found.
QList<client::HostFeature> hostObstacles(const HostPlaces& places);

} // namespace portlight::session
