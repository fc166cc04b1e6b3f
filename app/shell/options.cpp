#include "app/shell/options.h"

#include <QDir>
#include <QFileInfo>

#include <optional>

namespace portlight::shell {

namespace {

/// `--name value` and `--name=value`. Empty when @p argument is another option; moves @p index on
/// to a value of its own.
std::optional<QString> valueOf(const QString& name, const QStringList& arguments, qsizetype& index)
{
    const QString& argument = arguments.at(index);
    if (argument.startsWith(name + QLatin1Char('=')))
        return argument.mid(name.size() + 1);
    if (argument != name)
        return std::nullopt;
    return ++index < arguments.size() ? arguments.at(index) : QString();
}

} // namespace

QStringList pageNames()
{
    return { QStringLiteral("overview"), QStringLiteral("containers"), QStringLiteral("images"),
        QStringLiteral("volumes"), QStringLiteral("networks"), QStringLiteral("logs"),
        QStringLiteral("monitor"), QStringLiteral("archives"), QStringLiteral("activity"),
        QStringLiteral("settings") };
}

std::variant<Options, QString> parseOptions(const QStringList& arguments, const QString& directory)
{
    Options options;
    options.address = client::EngineAddress::defaultForUser();
    bool onlyFiles = false;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString argument = arguments.at(i);
        if (!onlyFiles && argument == QLatin1String("--")) {
            onlyFiles = true;
        } else if (onlyFiles || !argument.startsWith(QLatin1Char('-'))) {
            const QFileInfo file(QDir(directory), argument);
            if (!file.isFile() || !file.isReadable())
                return QStringLiteral("cannot read archive '%1'").arg(argument);
            options.archives.append(file.absoluteFilePath());
        } else if (const auto host = valueOf(QStringLiteral("--host"), arguments, i)) {
            const auto address = client::EngineAddress::fromUrl(*host);
            if (!address)
                return QStringLiteral("--host takes unix:///PATH, not '%1'").arg(*host);
            options.address = *address;
            options.mayStartEngine = *address == client::EngineAddress::defaultForUser();
        } else if (const auto page = valueOf(QStringLiteral("--page"), arguments, i)) {
            if (!pageNames().contains(*page))
                return QStringLiteral("--page takes one of %1, not '%2'")
                    .arg(pageNames().join(QStringLiteral(", ")), *page);
            options.page = *page;
        } else if (argument == QLatin1String("--milestones")) {
            options.printsMilestones = true;
        } else {
            return QStringLiteral("unknown option '%1'").arg(argument);
        }
    }
    return options;
}

QString usage()
{
    return QStringLiteral(
        "usage: portlight [--host unix:///PATH] [--page NAME] [--milestones] [ARCHIVE...]\n"
        "       portlight --help | --version\n"
        "  --host        the engine to connect to; without it the user's own, which is started\n"
        "                when it does not answer\n"
        "  --page        the page to show first: %1\n"
        "  --milestones  print how long after the start of the process the first frame was\n"
        "                painted, the engine answered and its containers were listed\n"
        "  ARCHIVE       image archives to look into and import\n")
        .arg(pageNames().join(QStringLiteral(", ")));
}

} // namespace portlight::shell
