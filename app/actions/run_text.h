#pragma once

#include "app/client/types/create_container_request.h"

#include <QString>

namespace portlight::actions {

/// What a person types into the run dialog, a line each. Empty lines are skipped.
template <typename Entry> struct LinesOf {
    QList<Entry> entries;
    QString badLine; ///< the first line that is no such thing, empty: all are
};

/// `[ADDRESS:][HOST-PORT:]CONTAINER-PORT[/PROTOCOL]` as docker's -p takes it: "8080:80", "80",
/// "127.0.0.1:8080:80/tcp", "[::1]:53:53/udp". Protocols: tcp, udp, sctp.
LinesOf<client::PortMapping> parsePorts(const QString& text);

/// `SOURCE:/PATH[:ro|:rw]` as docker's -v takes it; SOURCE is an absolute path of the host or the
/// name of a volume.
LinesOf<client::BindMount> parseMounts(const QString& text);

} // namespace portlight::actions
