#pragma once

#include "engine/base/digest.h"
#include "engine/base/result.h"
#include "engine/image/layer_unpacker.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

/// A layer to unpack: one for each chain id, however many images have it.
struct LayerWork {
    std::string chainId;
    std::string diffId; ///< empty: unpackLayerFile() fills it in
    std::string blobDigest; ///< of blobFile; the same as diffId where it is not compressed
    std::string blobFile;
    std::int64_t blobBytes = 0;
    std::string directory; ///< made by unpackLayerFile(); empty: already in the store
    UnpackedLayer result;
};

/// Bytes of the blob that are done.
using LayerReport = std::function<void(const LayerWork&, std::int64_t bytes, bool isDone)>;

/// Unpacks work.blobFile into work.directory and compares it with the diff_id. @p maxBytes bounds
/// what it may write. Errors: as unpackLayer(), and InvalidArgument for other content than the
/// diff_id says.
Result<void> unpackLayerFile(LayerWork& work, std::int64_t maxBytes,
    const std::atomic<bool>* isCancelled, const LayerReport& report);

/// Runs @p work for each of @p count items on at most @p width threads and gives the first failure;
/// what was not begun then is not.
Result<void> forEachInParallel(
    std::size_t count, std::size_t width, const std::function<Result<void>(std::size_t)>& work);

/// What may still be written below @p directory: its file system's free space without a reserve
/// that keeps the engine's own state writable. Bytes.
Result<std::int64_t> roomIn(const std::string& directory);

/// image-spec config.md, Layer ChainID.
std::string chainIdOf(const std::string& parentChainId, const std::string& diffId);

} // namespace portlight::image
