#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/image/byte_source.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace portlight::image {

struct UnpackOptions {
    /// What the layer may write at most; also bounds the uncompressed stream. Bytes.
    std::int64_t maxBytes = INT64_MAX;
    std::int64_t maxEntries = 4'000'000;
    /// Set by another thread to stop.
    const std::atomic<bool>* isCancelled = nullptr;
};

struct UnpackedLayer {
    std::int64_t sizeBytes = 0; ///< of the regular files, as the tar states them
    std::int64_t entries = 0;
    std::vector<std::string> notes; ///< what was left out and why (devices when rootless)
};

/// Unpacks one layer's tar (already decompressed) below @p root, an empty directory, in the form
/// overlayfs wants a lower directory in (image-spec layer.md; kernel overlayfs.rst, whiteouts and
/// opaque directories), independent of the layers below it:
/// - `.wh.x` becomes a character device 0:0 `x`, `.wh..wh..opq` the xattr overlay.opaque, in
///   `trusted.` for root and `user.` inside a user namespace;
/// - owners, modes with set-id bits, times to the nanosecond, xattrs and holes are kept; an
///   archive's own `*.overlay.*` xattrs and 0:0 devices are not taken, because they would forge
///   overlayfs' metadata.
/// Names are taken relative to @p root: a leading "/" is dropped, ".." is an error. Parents are
/// resolved with @p root as "/" (openat2), so that no link leads out of it.
/// Errors: InvalidArgument naming the entry for anything wrong in the archive, Forbidden for an
/// owner outside this user's subordinate ids, Cancelled, Internal for the disk.
/// The whole stream is read, also what follows the archive's end: its digest covers that.
Result<UnpackedLayer> unpackLayer(
    ByteSource& tar, const Fd& root, const UnpackOptions& options = {});

/// "trusted.overlay.opaque", or "user.overlay.opaque" inside a user namespace (mount option
/// userxattr).
const char* opaqueXattr();
/// True where this process is not in the machine's first user namespace.
bool isInUserNamespace();

} // namespace portlight::image
