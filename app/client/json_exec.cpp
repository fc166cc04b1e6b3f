#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <QJsonDocument>

namespace portlight::client::json {

using L1 = QLatin1String;

QByteArray encodeExec(const ExecOptions& options)
{
    QJsonObject body { { L1("AttachStdin"), true }, { L1("AttachStdout"), true },
        { L1("AttachStderr"), true }, { L1("Tty"), true },
        { L1("Cmd"), QJsonArray::fromStringList(options.command) },
        { L1("Env"), QJsonArray { QStringLiteral("TERM=xterm-256color") } },
        { L1("ConsoleSize"), QJsonArray { options.rows, options.columns } } };
    if (!options.user.isEmpty())
        body[L1("User")] = options.user;
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

Expected<std::optional<int>> decodeExecExit(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonValue code = (*parsed)[L1("ExitCode")]; // null while it runs
    return code.isDouble() ? std::optional<int>(code.toInt()) : std::nullopt;
}

} // namespace portlight::client::json
