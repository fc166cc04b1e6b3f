#include "tests/support/local_registry.h"

#include "engine/base/syscalls.h"
#include "tests/support/programs.h"

#include <QDeadlineTimer>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>

namespace portlight::test {

namespace {

constexpr int kPatienceMs = 20'000;

Result<void> run(const QStringList& words)
{
    const Ran ran = runProgram(words);
    if (ran.exitCode != 0)
        return makeError(
            Errc::Unavailable, words.front().toStdString() + ": " + ran.err.toStdString());
    return success();
}

Result<void> needs(const char* program, const char* package)
{
    if (QStandardPaths::findExecutable(program).isEmpty())
        return makeError(
            Errc::Unavailable, std::string(program) + " is missing; install " + package);
    return success();
}

int freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

bool answers(int port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, static_cast<quint16>(port));
    return socket.waitForConnected(200);
}

QStringList credentials(LocalRegistry::Kind kind, const char* option)
{
    if (kind == LocalRegistry::Kind::Plain)
        return {};
    return { option, QString(LocalRegistry::kUser) + ":" + QString(LocalRegistry::kPassword) };
}

} // namespace

Result<std::unique_ptr<LocalRegistry>> LocalRegistry::start(Kind kind)
{
    PL_TRY(needs("docker-registry", "docker-registry"));
    PL_TRY(needs("skopeo", "skopeo"));
    std::unique_ptr<LocalRegistry> registry(new LocalRegistry);
    registry->m_kind = kind;
    registry->m_port = freePort();
    std::string config = "version: 0.1\nstorage: {filesystem: {rootdirectory: "
        + registry->path("storage") + "}}\nhttp: {addr: \"" + registry->address() + "\"";
    if (kind == Kind::TlsWithPassword) {
        PL_TRY(needs("htpasswd", "apache2-utils"));
        PL_TRY(needs("openssl", "openssl"));
        PL_TRY(run({ "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-keyout", QString::fromStdString(registry->path("key.pem")), "-out",
            QString::fromStdString(registry->certificate()), "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1" }));
        const Ran hashed = runProgram({ "htpasswd", "-Bbn", kUser, kPassword });
        if (hashed.exitCode != 0)
            return makeError(Errc::Unavailable, "htpasswd: " + hashed.err.toStdString());
        PL_TRY(writeFileDurably(registry->path("htpasswd"), hashed.out.toStdString()));
        config += ", tls: {certificate: " + registry->certificate()
            + ", key: " + registry->path("key.pem")
            + "}}\nauth: {htpasswd: {realm: test, path: " + registry->path("htpasswd") + "}}\n";
    } else {
        config += "}\n";
    }
    PL_TRY(writeFileDurably(registry->path("config.yml"), config));
    registry->m_process.setStandardOutputFile(QProcess::nullDevice());
    registry->m_process.setStandardErrorFile(QString::fromStdString(registry->path("log")));
    registry->m_process.start(
        "docker-registry", { "serve", QString::fromStdString(registry->path("config.yml")) });
    QDeadlineTimer deadline(kPatienceMs);
    while (!answers(registry->m_port)) {
        if (deadline.hasExpired() || registry->m_process.state() == QProcess::NotRunning)
            return makeError(Errc::Unavailable, "docker-registry does not answer");
        registry->m_process.waitForFinished(20);
    }
    return registry;
}

LocalRegistry::~LocalRegistry()
{
    m_process.kill();
    m_process.waitForFinished(kPatienceMs);
}

std::string LocalRegistry::blobFile(const std::string& digest) const
{
    const std::string hex = digest.substr(digest.find(':') + 1);
    return path("storage") + "/docker/registry/v2/blobs/sha256/" + hex.substr(0, 2) + "/" + hex
        + "/data";
}

Result<void> LocalRegistry::fill(const std::string& ociArchive, const std::string& name) const
{
    return run(QStringList {
                   "skopeo", "--insecure-policy", "copy", "-q", "--all", "--dest-tls-verify=false" }
        + credentials(m_kind, "--dest-creds")
        + QStringList { QString::fromStdString("oci-archive:" + ociArchive),
            QString::fromStdString("docker://" + address() + "/" + name) });
}

Result<std::string> LocalRegistry::digestOf(const std::string& name) const
{
    const Ran ran = runProgram(
        QStringList { "skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}" }
        + credentials(m_kind, "--creds")
        + QStringList { QString::fromStdString("docker://" + address() + "/" + name) });
    if (ran.exitCode != 0)
        return makeError(Errc::NotFound, "skopeo: " + ran.err.toStdString());
    return ran.out.trimmed().toStdString();
}

} // namespace portlight::test
