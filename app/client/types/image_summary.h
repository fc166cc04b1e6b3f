#pragma once

#include <QDateTime>
#include <QMetaType>
#include <QString>
#include <QStringList>

namespace portlight::client {

/// One row of GET /images/json.
struct ImageSummary {
    QString id; ///< "sha256:" and 64 hexadecimal digits
    QStringList references; ///< repository:tag; empty for an image without a name
    QStringList digests; ///< repository@sha256:…
    QDateTime created; ///< UTC; invalid when the image does not say
    qint64 sizeBytes = 0; ///< of its layers, unpacked
    int containers = -1; ///< how many use it; -1: the engine did not count
    QString architecture; ///< empty when the engine does not say in the list

    /// The 12 digits that people read, without "sha256:".
    QString shortId() const { return id.mid(id.indexOf(QLatin1Char(':')) + 1, 12); }
    /// First reference, else the short id.
    QString displayName() const { return references.isEmpty() ? shortId() : references.first(); }
    bool operator==(const ImageSummary&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::ImageSummary)
