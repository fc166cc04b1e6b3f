#pragma once

#include "app/client/types/engine_address.h"

#include <QObject>
#include <QStringList>

#include <memory>

namespace portlight::session {

/// How to start an engine. Empty texts are left to the engine's defaults.
struct EngineLaunch {
    QString program; ///< absolute; empty: no portlightd was found
    QString socketPath;
    QString dataRoot;
    QString stateDir;
    QString logPath; ///< takes the engine's output; made with mode 0600, older output is dropped

    /// portlightd beside this program, else on PATH; --data-root and --state-dir from
    /// PORTLIGHT_DATA_ROOT and PORTLIGHT_STATE_DIR; the log file beside the socket.
    static EngineLaunch forAddress(const client::EngineAddress& address);
    QStringList arguments() const;
};

/// Starts the engine as a process of its own session, so that it outlives the window, and tells
/// when it ends. Destroying this object leaves the engine running.
class EngineProcess : public QObject {
    Q_OBJECT
public:
    explicit EngineProcess(EngineLaunch launch, QObject* parent = nullptr);
    ~EngineProcess() override;

    const EngineLaunch& launch() const;
    /// Whether an engine that this object started is still there.
    bool isRunning() const;
    qint64 processId() const;

    /// Returns at once; startFailed says, later, why nothing was started. No-op while isRunning().
    void start();
    /// SIGTERM to the engine that this object started; ended() follows. No-op when none runs.
    void stop();
    /// The last @p count lines that the engine wrote, read from the log file.
    QStringList lastLines(int count = 20) const;

signals:
    void started(qint64 processId);
    void startFailed(const QString& reason);
    /// @p reason: in words, such as "ended with code 2" or "was ended by signal 9".
    void ended(const QString& reason);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::session
