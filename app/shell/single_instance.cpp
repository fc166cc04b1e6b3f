#include "app/shell/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QStandardPaths>

namespace portlight::shell {

namespace {

constexpr int kHandOverMs = 2000;
constexpr qsizetype kMaxMessage = 256 * 1024;

QString runtimeFolder()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    return folder.isEmpty() ? QDir::tempPath() : folder;
}

} // namespace

SingleInstance::SingleInstance(const QString& engineSocket, QObject* parent)
    : QObject(parent)
{
    // A digest keeps the path short enough for a socket, however long the engine's is.
    const QByteArray digest =
        QCryptographicHash::hash(engineSocket.toUtf8(), QCryptographicHash::Sha256)
            .toHex()
            .left(16);
    m_base =
        QStringLiteral("%1/portlight-window-%2").arg(runtimeFolder(), QString::fromLatin1(digest));
}

SingleInstance::~SingleInstance() = default;

bool SingleInstance::claim()
{
    m_lock = std::make_unique<QLockFile>(m_base + QStringLiteral(".lock"));
    m_lock->setStaleLockTime(0); // only a dead owner makes it stale, never its age
    if (!m_lock->tryLock(0))
        return false;
    QLocalServer::removeServer(m_base);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::receive);
    m_server.listen(m_base); // without it a second start just opens nothing: not worth failing for
    return true;
}

bool SingleInstance::handOver(const QString& page, const QStringList& archives)
{
    QLocalSocket socket;
    socket.connectToServer(m_base);
    if (!socket.waitForConnected(kHandOverMs))
        return false;
    const QJsonObject message { { QStringLiteral("page"), page },
        { QStringLiteral("archives"), QJsonArray::fromStringList(archives) } };
    socket.write(QJsonDocument(message).toJson(QJsonDocument::Compact));
    socket.flush();
    socket.disconnectFromServer();
    return socket.state() == QLocalSocket::UnconnectedState
        || socket.waitForDisconnected(kHandOverMs);
}

void SingleInstance::receive()
{
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        socket->setParent(this);
        socket->setReadBufferSize(kMaxMessage);
        connect(socket, &QLocalSocket::disconnected, this, [this, socket] {
            const QJsonObject message = QJsonDocument::fromJson(socket->readAll()).object();
            socket->deleteLater();
            if (message.isEmpty())
                return;
            QStringList archives;
            for (const auto& path : message.value(QStringLiteral("archives")).toArray())
                archives.append(path.toString());
            emit requested(message.value(QStringLiteral("page")).toString(), archives);
        });
    }
}

} // namespace portlight::shell
