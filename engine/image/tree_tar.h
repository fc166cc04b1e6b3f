#pragma once

#include "engine/base/fd.h"
#include "engine/image/byte_source.h"

#include <atomic>
#include <memory>

namespace portlight::image {

struct TreeTarOptions {
    /// The tree is the upper directory of an overlay: its whiteouts and opaque directories are
    /// written as a layer has them (image-spec layer.md).
    bool isOverlayUpper = false;
};

/// The tree below @p root as a tar, without the root itself: names sorted, hard links, xattrs and
/// devices kept, times to the nanosecond; sockets are left out, overlayfs' own xattrs too. Nothing
/// is followed out of the tree, and other file systems mounted in it are not entered. A thread of
/// its own reads ahead; letting the source go ends it. Errors come from next().
std::unique_ptr<ByteSource> treeTar(Fd root, TreeTarOptions options);

} // namespace portlight::image
