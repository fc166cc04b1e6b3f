#pragma once

#include <QMetaType>
#include <QString>
#include <QStringList>

namespace portlight::client {

/// GET /version.
struct EngineVersion {
    QString name; ///< such as "Portlight Engine"
    QString version; ///< of the program
    QString apiVersion; ///< newest Engine API it speaks, such as "1.50"
    QString minApiVersion; ///< oldest
    QString operatingSystem;
    QString architecture;
    QString kernel;

    bool operator==(const EngineVersion&) const = default;
};

/// GET /info, the part that the window shows.
struct EngineInfo {
    QString hostName;
    QString operatingSystem;
    QString kernel;
    QString architecture;
    int cpuCount = 0;
    qint64 memoryBytes = 0; ///< of the machine
    QString dataRoot;
    QString storageDriver;
    QString cgroupVersion; ///< "1" or "2"
    QString cgroupDriver;
    int containers = 0;
    int containersRunning = 0;
    int images = 0;
    bool isRootless = false;
    QStringList warnings; ///< the engine's own words

    bool operator==(const EngineInfo&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::EngineVersion)
