#pragma once

#include "app/client/types/container_summary.h"

#include <QByteArray>
#include <QStringList>

namespace portlight::client {

/// A directory or file of elsewhere inside the container. Engine API, MountPoint.
struct MountInfo {
    QString type; ///< bind, volume or tmpfs
    QString source;
    QString destination;
    bool isWritable = false;

    bool operator==(const MountInfo&) const = default;
};

/// What a container may use at most; nullopt: no limit.
struct ResourceLimits {
    std::optional<qint64> memoryBytes;
    std::optional<qint64> memorySwapBytes; ///< memory and swap together
    std::optional<double> cpuCores; ///< 1.5 = one and a half cores
    std::optional<qint64> pids;

    bool operator==(const ResourceLimits&) const = default;
};

/// GET /containers/{id}/json.
struct ContainerDetails {
    QString id;
    QString name;
    QString image; ///< reference as given
    QString imageId;
    ContainerState state = ContainerState::Unknown;
    Health health = Health::None;
    qint64 pid = 0; ///< of its init on the host, 0 when it does not run
    std::optional<int> exitCode; ///< of the last run, when there was one
    bool wasOomKilled = false;
    QString startError; ///< why the last start failed, else empty
    QDateTime created; ///< invalid when the engine gave none
    QDateTime started; ///< invalid when it never ran
    QDateTime finished; ///< invalid when it never ended
    int restartCount = 0;

    QStringList entrypoint;
    QStringList command;
    QStringList environment; ///< NAME=value
    QString workingDirectory;
    QString user;
    QString hostname;
    bool hasTty = false; ///< then its log is one raw stream without frames
    QString restartPolicy;
    QString networkMode;
    QString ipAddress; ///< of its first network, empty when it has none
    QString logPath;
    QList<PortMapping> ports;
    QList<MountInfo> mounts;
    ResourceLimits limits;
    QHash<QString, QString> labels;
    QByteArray rawJson; ///< what the engine answered, for the Inspect tab

    bool operator==(const ContainerDetails&) const = default;
};

} // namespace portlight::client
