#pragma once

#include "app/client/types/api_error.h"
#include "app/client/types/archive_format.h"

#include <QObject>
#include <QStringList>

namespace portlight::client {

/// One archive on its way in or out, in a thread and on a connection of its own. Made by
/// EngineClient, runs at once. Exactly one of finished, failed is emitted, also after cancel()
/// (cause Cancelled). Deleting it before that cancels without a signal and waits for the thread.
class ArchiveTransfer : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// Stops as soon as possible; an export removes what it has written.
    virtual void cancel() = 0;

signals:
    /// At most ten times a second. @p total is -1 while it is not known (exports).
    void progressed(qint64 bytes, qint64 total);
    /// Imports: what the engine does with what it was sent, in its own words.
    void engineReported(const QString& line);
    /// @p images: what an import brought, as the engine names it; empty for an export.
    void finished(const QStringList& images);
    void failed(const portlight::client::ApiError& error);
};

} // namespace portlight::client
