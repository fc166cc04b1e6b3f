#include "app/client/types/engine_address.h"

#include <QFile>

#include <unistd.h>

namespace portlight::client {

namespace {
constexpr qsizetype kLongestSocketPath = 107; // sun_path holds 108 bytes with the final zero
}

std::optional<EngineAddress> EngineAddress::fromUrl(const QString& url)
{
    static const QString kScheme = QStringLiteral("unix://");
    if (!url.startsWith(kScheme))
        return std::nullopt;
    EngineAddress address { url.mid(kScheme.size()) };
    if (!address.socketPath.startsWith(QLatin1Char('/')) || address.socketPath.size() < 2
        || address.socketPath.contains(QChar::Null)
        || QFile::encodeName(address.socketPath).size() > kLongestSocketPath)
        return std::nullopt;
    return address;
}

EngineAddress EngineAddress::defaultForUser()
{
    if (::geteuid() == 0)
        return { QStringLiteral("/run/portlight/engine.sock") };
    QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (runtime.isEmpty())
        runtime = QStringLiteral("/run/user/%1").arg(::geteuid());
    return { runtime + QStringLiteral("/portlight/engine.sock") };
}

} // namespace portlight::client
