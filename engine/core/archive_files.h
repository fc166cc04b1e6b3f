#pragma once

#include "engine/core/archive_report_cache.h"
#include "engine/core/caller_rights.h"
#include "engine/core/progress_job.h"
#include "engine/image/archive_inspector.h"
#include "engine/image/archive_writer.h"
#include "engine/image/decompress.h"
#include "engine/image/layer_files.h"

#include <optional>
#include <string>
#include <vector>

/// Archives by their path on this machine, reached with the caller's own rights; blocking.
namespace portlight::core {

struct ExportRequest {
    std::vector<std::string> references;
    std::vector<std::string> leftOut; ///< digests of blobs, or images whose layers the receiver has
    std::string path; ///< absolute
    image::ArchiveFormat format = image::ArchiveFormat::Docker;
    image::Compression compression = image::Compression::None; ///< of the whole archive
    Caller caller;
};

struct ExportProgress {
    std::int64_t currentBytes = 0;
    std::int64_t totalBytes = 0; ///< before compression
};

struct ExportedFile {
    std::string path;
    std::int64_t sizeBytes = 0;
    std::vector<std::string> leftOut; ///< digests of layers that the receiver must have
};

/// The archive's bytes: of a file, or of a directory that holds an OCI layout.
/// @p identity, where given, is the file's; a directory has none.
/// Errors: InvalidArgument for a path that is not absolute; NotFound, Forbidden as open(2).
Result<std::unique_ptr<image::ByteSource>> openArchive(
    const std::string& path, const Caller& caller, std::optional<FileIdentity>* identity = nullptr);

/// Writes the archive under a temporary name beside @p request.path, syncs and renames it: it is
/// whole or not there. Errors: as openArchive(), exportArchive(); Cancelled.
Result<ExportedFile> writeArchiveFile(image::ContentStore& content,
    std::vector<image::ExportedImage> images, const std::vector<std::string>& leftOutBlobs,
    const ExportRequest& request, const std::function<void(const ExportProgress&)>& report,
    const std::atomic<bool>& isCancelled);

} // namespace portlight::core
