#pragma once

#include <QString>

#include <optional>

namespace portlight::client {

/// Where an engine listens: a Unix socket of this machine.
struct EngineAddress {
    QString socketPath; ///< absolute

    /// `unix:///PATH`; nullopt for anything else, and for paths longer than the kernel takes (107
    /// bytes).
    static std::optional<EngineAddress> fromUrl(const QString& url);
    /// `/run/portlight/engine.sock` for root, `$XDG_RUNTIME_DIR/portlight/engine.sock` for others
    /// (`/run/user/UID` when the variable is not set).
    static EngineAddress defaultForUser();

    QString toUrl() const { return QStringLiteral("unix://") + socketPath; }
    bool operator==(const EngineAddress&) const = default;
};

} // namespace portlight::client
