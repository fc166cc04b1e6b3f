#pragma once

#include <QDateTime>
#include <QList>
#include <QString>

namespace portlight::client {

/// A file of a container, an image, a volume or a layer.
struct FileEntry {
    enum class Kind { File, Directory, Symlink, Device, Fifo, Socket };
    /// Against what lies below it: the image of a container, the lower layers of a layer.
    enum class Change { None, Added, Changed, Removed };

    QString path; ///< absolute inside its tree, such as "/etc/hosts"
    Kind kind = Kind::File;
    Change change = Change::None;
    qint64 sizeBytes = 0; ///< of files
    int mode = -1; ///< permission bits; -1: not known
    qint64 uid = -1; ///< -1: not known
    qint64 gid = -1;
    QString user; ///< the owner's name in its tree; may be empty
    QString group;
    QDateTime modified; ///< UTC; invalid when not known
    QString target; ///< of a link
    bool isOpaque = false; ///< a directory of a layer that hides what lay there before

    QString name() const { return path.mid(path.lastIndexOf(QLatin1Char('/')) + 1); }
    bool operator==(const FileEntry&) const = default;
};

/// Files in no certain order; there may be more than are listed.
struct FileListing {
    QList<FileEntry> entries;
    qint64 count = 0; ///< of all
};

} // namespace portlight::client
