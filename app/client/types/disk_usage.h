#pragma once

#include <QMetaType>

namespace portlight::client {

/// GET /system/df in sums; bytes.
struct DiskUsage {
    qint64 imageBytes = 0; ///< layers, shared ones once
    qint64 containerBytes = 0; ///< what containers wrote into their own layers
    qint64 volumeBytes = 0;
    qint64 unusedImageBytes = 0; ///< of images that no container has, what they share left out
    qint64 unusedVolumeBytes = 0;

    qint64 total() const { return imageBytes + containerBytes + volumeBytes; }
    bool operator==(const DiskUsage&) const = default;
};

} // namespace portlight::client
