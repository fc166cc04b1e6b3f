#include "tests/support/programs.h"

#include "engine/base/json.h"
#include "engine/base/syscalls.h"

#include <QProcess>
#include <QTemporaryDir>

#include <unistd.h>

namespace portlight::test {

Ran runProgram(const QStringList& words, const RunOptions& options)
{
    QProcess process;
    process.setProcessEnvironment(options.environment);
    QStringList command;
    // Not a child modifier of QProcess: it runs in a vforked child, where groups cannot be looked
    // up.
    if (options.user && options.user->uid != ::geteuid())
        command << "setpriv" << "--reuid" << QString::number(options.user->uid) << "--regid"
                << QString::number(options.user->gid) << "--init-groups" << "--";
    command << words;
    process.start(command.first(), command.mid(1));
    if (!process.waitForStarted(options.patienceMs))
        return { -1, {}, process.errorString().toUtf8() };
    process.write(options.input);
    process.closeWriteChannel();
    if (!process.waitForFinished(options.patienceMs)) {
        process.kill();
        process.waitForFinished(options.patienceMs);
        return { -1, process.readAllStandardOutput(),
            "did not end in time: " + process.readAllStandardError() };
    }
    return { process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
        process.readAllStandardOutput(), process.readAllStandardError() };
}

Ran runInNetworkOf(pid_t pid, const QStringList& words)
{
    QStringList command { "nsenter", "--target", QString::number(pid), "--net" };
    if (::geteuid() != 0) // its namespace belongs to a user namespace that this user made
        command << "--user" << "--preserve-credentials";
    return runProgram(command << "--" << words);
}

namespace {

Result<std::string> archiveBy(const std::string& script)
{
    constexpr int kPatienceMs = 600'000;
    const QString path = QStringLiteral(PORTLIGHT_SOURCE_DIR "/tests/support/");
    const Ran made = runProgram({ path + QString::fromStdString(script),
                                    QStringLiteral(PORTLIGHT_SOURCE_DIR "/build/cache") },
        { .patienceMs = kPatienceMs });
    if (made.exitCode != 0)
        return makeError(Errc::Unavailable, script + ": " + made.err.trimmed().toStdString());
    return made.out.trimmed().toStdString();
}

} // namespace

Result<std::string> nginxArchive()
{
    return archiveBy("make_nginx_archive");
}

Result<std::string> servicesArchive()
{
    return archiveBy("make_services_archive");
}

Result<std::string> imageIdBySkopeo(const std::string& source)
{
    const QTemporaryDir directory;
    const Ran copied = runProgram({ "skopeo", "--insecure-policy", "--tmpdir", directory.path(),
        "copy", "--quiet", QString::fromStdString(source), "dir:" + directory.filePath("copy") });
    if (copied.exitCode != 0)
        return makeError(Errc::InvalidArgument, "skopeo: " + copied.err.trimmed().toStdString());
    PL_TRY(const auto text, readFile(directory.filePath("copy/manifest.json").toStdString()));
    PL_TRY(const auto manifest, parseJson(text));
    return jsonString(jsonMember(manifest, "config"), "digest");
}

} // namespace portlight::test
