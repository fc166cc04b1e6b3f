#pragma once

#include "app/client/types/archive_format.h"
#include "app/client/types/image_details.h"

#include <QList>
#include <QMetaType>
#include <QStringList>

namespace portlight::client {

/// A layer of an image that stands in an archive.
struct ArchivedLayer {
    QString diffId;
    QString digest; ///< of its bytes in the archive
    QString member; ///< its path in the archive
    QString mediaType;
    qint64 sizeBytes = 0; ///< in the archive
    bool isPresent = false; ///< the engine has it unpacked already
    bool isLeftOut = false; ///< of a delta archive: not in it, the engine has it
    QString createdBy;

    bool operator==(const ArchivedLayer&) const = default;
};

struct ArchivedImage {
    QString manifestDigest;
    ImageDetails details; ///< rawJson: the settings as they stand in the archive, indented
    QList<ArchivedLayer> layers; ///< lowest first
    bool isPresent = false;

    qint64 sizeBytes() const
    {
        qint64 sum = 0;
        for (const ArchivedLayer& layer : layers)
            sum += layer.sizeBytes;
        return sum;
    }
    bool operator==(const ArchivedImage&) const = default;
};

/// POST /portlight/v1/archives/inspect: what an archive holds. The engine has compared every digest
/// in it with the bytes.
struct ArchiveReport {
    QString format; ///< "docker-archive", "oci-archive", "docker-archive+oci"
    QString compression; ///< of the whole: "none", "gzip", "zstd", "other"
    qint64 bytes = 0; ///< of all members, inflated
    qint64 newBytes = 0; ///< of what an import would add
    QList<ArchivedImage> images;

    bool operator==(const ArchiveReport&) const = default;
};

/// What an export is to be.
struct ExportOrder {
    QStringList references;
    QString path; ///< absolute
    ArchiveFormat format = ArchiveFormat::Docker;
    QString compression = QStringLiteral("none"); ///< or "gzip", "zstd"
    QStringList leftOut; ///< images whose layers the receiver has: they are left out

    bool operator==(const ExportOrder&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::ExportOrder)
