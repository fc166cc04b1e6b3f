#include "app/actions/docker_command.h"

#include <QRegularExpression>

namespace portlight::actions {

namespace {

QString quoted(const QString& word)
{
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-]+$"));
    if (plain.match(word).hasMatch())
        return word;
    QString inside = word;
    inside.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

QString memoryWord(qint64 bytes)
{
    constexpr qint64 kMebibyte = 1024 * 1024;
    if (bytes % kMebibyte == 0)
        return QString::number(bytes / kMebibyte) + QLatin1Char('m');
    return QString::number(bytes) + QLatin1Char('b');
}

QString portWord(const client::PortMapping& port)
{
    QString word;
    if (!port.hostAddress.isEmpty())
        word += port.hostAddress + QLatin1Char(':');
    if (port.hostPort != 0)
        word += QString::number(port.hostPort) + QLatin1Char(':');
    word += QString::number(port.containerPort);
    return port.protocol == QStringLiteral("tcp") ? word : word + QLatin1Char('/') + port.protocol;
}

void appendLimits(QStringList& words, const client::ResourceLimits& limits)
{
    if (limits.memoryBytes)
        words << QStringLiteral("-m") << memoryWord(*limits.memoryBytes);
    if (limits.memorySwapBytes)
        words << QStringLiteral("--memory-swap") << memoryWord(*limits.memorySwapBytes);
    if (limits.cpuCores)
        words << QStringLiteral("--cpus") << QString::number(*limits.cpuCores);
    if (limits.pids)
        words << QStringLiteral("--pids-limit") << QString::number(*limits.pids);
}

void appendOption(QStringList& words, const char* option, const QString& value)
{
    if (!value.isEmpty())
        words << QLatin1String(option) << value;
}

} // namespace

QString dockerRunCommand(const client::CreateContainerRequest& request)
{
    QStringList words { QStringLiteral("docker"), QStringLiteral("run"), QStringLiteral("-d") };
    if (request.removesItself)
        words << QStringLiteral("--rm");
    if (request.opensStdin)
        words << QStringLiteral("-i");
    if (request.hasTty)
        words << QStringLiteral("-t");
    appendOption(words, "--name", request.name);
    appendOption(words, "--hostname", request.hostname);
    appendOption(words, "-u", request.user);
    appendOption(words, "-w", request.workingDirectory);
    appendOption(words, "--restart", request.restartPolicy);
    appendOption(words, "--network", request.networkMode);
    for (const QString& entry : request.environment)
        words << QStringLiteral("-e") << entry;
    for (const client::PortMapping& port : request.ports)
        words << QStringLiteral("-p") << portWord(port);
    for (const client::BindMount& mount : request.mounts)
        words << QStringLiteral("-v")
              << mount.source + QLatin1Char(':') + mount.destination
                + (mount.isReadOnly ? QStringLiteral(":ro") : QString());
    appendLimits(words, request.limits);
    if (!request.entrypoint.isEmpty())
        words << QStringLiteral("--entrypoint") << request.entrypoint.first();
    // Nothing chosen yet: a placeholder, as usage texts write it, instead of an empty word.
    words << (request.image.isEmpty() ? QStringLiteral("IMAGE") : request.image)
          << request.entrypoint.mid(1) << request.command;
    for (QString& word : words)
        word = quoted(word);
    return words.join(QLatin1Char(' '));
}

std::optional<QStringList> splitCommand(const QString& text)
{
    QStringList words;
    QString word;
    bool hasWord = false;
    QChar quote;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const QChar c = text.at(at);
        if (c == QLatin1Char('\\') && quote != QLatin1Char('\'') && at + 1 < text.size()) {
            word += text.at(++at);
            hasWord = true;
        } else if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else
                word += c;
        } else if (c == QLatin1Char('\'') || c == QLatin1Char('"')) {
            quote = c;
            hasWord = true;
        } else if (c.isSpace()) {
            if (hasWord)
                words.append(std::exchange(word, {}));
            hasWord = false;
        } else {
            word += c;
            hasWord = true;
        }
    }
    if (!quote.isNull())
        return std::nullopt;
    if (hasWord)
        words.append(word);
    return words;
}

EnvironmentText parseEnvironment(const QString& text)
{
    EnvironmentText result;
    static const QRegularExpression entry(QStringLiteral("^([^\\s=]+)=(.*)$"));
    const QStringList lines = text.split(QLatin1Char('\n'));
    for (const QString& raw : lines) {
        QString line = raw.trimmed();
        if (line.isEmpty() || line.startsWith(QLatin1Char('#')))
            continue;
        if (line.startsWith(QStringLiteral("export ")))
            line = line.mid(7).trimmed();
        const auto match = entry.match(line);
        if (!match.hasMatch()) {
            result.badLine = line;
            return result;
        }
        QString value = match.captured(2);
        const bool isQuoted = value.size() >= 2 && value.front() == value.back()
            && (value.front() == QLatin1Char('"') || value.front() == QLatin1Char('\''));
        if (isQuoted)
            value = value.mid(1, value.size() - 2);
        result.entries.append(match.captured(1) + QLatin1Char('=') + value);
    }
    return result;
}

bool isValidContainerName(const QString& name)
{
    static const QRegularExpression valid(QStringLiteral("^[a-zA-Z0-9][a-zA-Z0-9_.-]+$"));
    return valid.match(name).hasMatch();
}

} // namespace portlight::actions
