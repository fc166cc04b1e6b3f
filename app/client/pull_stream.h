#pragma once

#include "app/client/event_stream.h"

namespace portlight::client {

/// One line of what the engine tells while it pulls.
struct PullProgress {
    QString layer; ///< what it is about: a layer's short digest; empty: the image as a whole
    QString status; ///< the engine's English words, such as "Downloading"
    qint64 bytes = 0;
    qint64 total = 0; ///< 0: not known
};

/// POST /images/create: an image on its way from a registry. ended() after a success; failed() also
/// for what the engine reports in the stream. Deleting it gives the pull up.
class PullStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

signals:
    void progressed(const portlight::client::PullProgress& progress);
};

} // namespace portlight::client
