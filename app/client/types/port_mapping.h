#pragma once

#include <QString>

namespace portlight::client {

/// A port of a container and where the host offers it. Engine API, definitions Port and
/// PortBinding.
struct PortMapping {
    QString hostAddress; ///< empty: every address
    quint16 hostPort = 0; ///< 0: not published; in a create request: the engine chooses
    quint16 containerPort = 0;
    QString protocol = QStringLiteral("tcp");

    bool operator==(const PortMapping&) const = default;
};

} // namespace portlight::client
