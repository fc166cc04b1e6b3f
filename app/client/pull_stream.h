#pragma once

#include "app/client/event_stream.h"

#include <QJsonObject>

namespace portlight::client {

/// One line of what the engine tells while it moves an image.
struct PullProgress {
    QString layer; ///< what it is about: a layer's short digest; empty: the image as a whole
    QString status; ///< the engine's English words, such as "Downloading"
    qint64 bytes = 0;
    qint64 total = 0; ///< 0: not known
    QString text; ///< a line of its own, such as "Loaded image: NAME"; mostly empty
    QJsonObject aux; ///< what came of it, as the call describes; mostly empty
};

/// An image on its way: pulled, pushed, imported or exported. ended() after a success; failed()
/// also for what the engine reports in the stream. Deleting it gives the work up.
class PullStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

signals:
    void progressed(const portlight::client::PullProgress& progress);
};

} // namespace portlight::client
