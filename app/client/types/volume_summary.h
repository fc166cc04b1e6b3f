#pragma once

#include <QDateTime>
#include <QHash>
#include <QMetaType>
#include <QString>

#include <optional>

namespace portlight::client {

/// One volume of GET /volumes.
struct VolumeSummary {
    QString name; ///< names it for good; volumes have no other id
    QString driver;
    QString mountPoint; ///< directory on the engine's host
    QDateTime created; ///< UTC; invalid when the engine does not say
    QHash<QString, QString> labels;
    std::optional<qint64> sizeBytes; ///< only when the engine has measured it

    /// Made for one container and named by the engine: 64 hexadecimal digits.
    bool isAnonymous() const
    {
        return labels.contains(QStringLiteral("com.docker.volume.anonymous"));
    }
    bool operator==(const VolumeSummary&) const = default;
};

inline const QString& idOf(const VolumeSummary& volume)
{
    return volume.name;
}

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::VolumeSummary)
