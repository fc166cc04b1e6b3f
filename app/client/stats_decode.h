#pragma once

#include "app/client/types/container_stats.h"
#include "app/client/types/expected.h"

namespace portlight::client::json {

/// GET /containers/{id}/stats: cumulative counters to figures. Remembers the reading before.
class ContainerStatsDecoder {
public:
    struct Sample {
        QDateTime read;
        ContainerStats stats;
    };

    Expected<Sample> decode(const QByteArray& line);

private:
    qint64 m_cpuNanoseconds = -1;
    QDateTime m_read;
};

} // namespace portlight::client::json
