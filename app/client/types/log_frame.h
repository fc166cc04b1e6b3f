#pragma once

#include <QByteArray>
#include <QMetaType>

namespace portlight::client {

/// Where a container wrote. Engine API, ContainerAttach, stream format.
enum class LogSource : quint8 { Stdout, Stderr };

/// A piece of a container's output as it came: any number of lines, also parts of one.
struct LogFrame {
    LogSource source = LogSource::Stdout;
    QByteArray bytes;

    bool operator==(const LogFrame&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::LogFrame)
