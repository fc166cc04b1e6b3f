#pragma once

#include "app/client/engine_client.h"
#include "app/session/engine_process.h"

#include <QObject>
#include <QStringList>

#include <memory>

namespace portlight::session {

/// The window's relation to its engine.
enum class ConnectionState {
    Idle, ///< open() was not called yet, or close() was
    Connecting, ///< asking whether an engine answers
    Starting, ///< none did; ours was started and is coming up
    Running, ///< an engine answers
    Unreachable, ///< nothing answers; tried again with back-off, in this state
};

struct ConnectionStatus {
    ConnectionState state = ConnectionState::Idle;
    client::EngineVersion version; ///< of the running engine
    QString reason; ///< Unreachable: one sentence
    QStringList engineOutput; ///< Unreachable: the last lines of our engine, may be empty
    int secondsToRetry = 0; ///< Unreachable: until the next attempt, 0 while it is under way

    bool operator==(const ConnectionStatus&) const = default;
};

/// State machine that finds the engine, starts it when none answers, notices when it goes away and
/// comes back with back-off (0.5 s doubling to 15 s). A lost engine that this program started is
/// started again, at most three times a minute.
///
///     Idle ─open─> Connecting ─answers─> Running ─lost─> Connecting
///                     └─silence─> Starting ─answers─> Running
///                                     └─ended or 20 s─> Unreachable ─retry()─> Connecting
///
/// The attempts that a timer makes leave it Unreachable until one has an answer.
class Connection : public QObject {
    Q_OBJECT
public:
    /// @p client must outlive this object; @p process is null when this program may not start an
    /// engine, for example a remote one.
    Connection(client::EngineClient& client, std::unique_ptr<EngineProcess> process,
        QObject* parent = nullptr);
    ~Connection() override;

    const ConnectionStatus& status() const;
    bool isRunning() const { return status().state == ConnectionState::Running; }
    client::EngineClient& client() const;
    /// The engine that this program may start; null when it may not.
    EngineProcess* process() const;

    void open();
    void close();
    /// The next attempt now.
    void retry();
    /// Ends the engine that this program started and does not start it again until retry() or
    /// open(). Containers go on running.
    void stopEngine();
    /// For feeds whose connection broke: look now whether the engine is still there.
    void check();

signals:
    void statusChanged(const portlight::session::ConnectionStatus& status);
    /// An engine answers, for the first time or again: what is shown must be read anew.
    void engineFound();
    /// It does not answer any more: what is shown is out of date.
    void engineLost();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::session

Q_DECLARE_METATYPE(portlight::session::ConnectionStatus)
