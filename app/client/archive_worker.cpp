#include "app/client/archive_worker.h"

#include "app/client/json_decode.h"

#include <QDir>
#include <QFileInfo>

#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::client {

namespace {

constexpr qint64 kBlockBytes = 64 * 1024;
constexpr qint64 kMostUnsent = 4 * kBlockBytes;
constexpr qint64 kReportIntervalMs = 100;

/// Makes a rename last: the directory's own entry is on disk after this.
void syncDirectory(const QString& path)
{
    const int directory =
        ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return;
    ::fsync(directory);
    ::close(directory);
}

/// Mode of a file that a program makes without care. umask(2) could tell only by changing it, under
/// the feet of other threads.
mode_t newFileMode()
{
    static const mode_t mask = [] {
        constexpr mode_t kUsual = 022;
        QFile status(QStringLiteral("/proc/self/status"));
        if (!status.open(QIODevice::ReadOnly))
            return kUsual;
        const QList<QByteArray> lines = status.readAll().split('\n');
        for (const QByteArray& line : lines)
            if (line.startsWith("Umask:"))
                return mode_t(line.mid(qsizetype(qstrlen("Umask:"))).trimmed().toUInt(nullptr, 8));
        return kUsual;
    }();
    return 0666 & ~mask;
}

} // namespace

ArchiveWorker::ArchiveWorker(QString socketPath, QString filePath)
    : m_socketPath(std::move(socketPath))
    , m_filePath(std::move(filePath))
{
}

StreamRequest& ArchiveWorker::open()
{
    m_request = std::make_unique<StreamRequest>(m_socketPath, nullptr);
    connect(m_request.get(), &StreamRequest::failed, this, &ArchiveWorker::fail);
    return *m_request;
}

void ArchiveWorker::fail(const ApiError& error)
{
    if (std::exchange(m_isOver, true))
        return;
    if (m_request)
        m_request->connection().abort();
    release();
    emit failed(error);
}

void ArchiveWorker::failFile(const QString& what, const QString& reason)
{
    fail({ ApiError::Cause::LocalFile, 0,
        QStringLiteral("%1 '%2': %3").arg(what, m_filePath, reason) });
}

void ArchiveWorker::cancel()
{
    fail({ ApiError::Cause::Cancelled, 0, QStringLiteral("cancelled") });
}

void ArchiveWorker::report(qint64 bytes, qint64 total, bool isLast)
{
    if (!isLast && m_sinceReport.isValid() && m_sinceReport.elapsed() < kReportIntervalMs)
        return;
    m_sinceReport.start();
    emit progressed(bytes, total);
}

LoadWorker::LoadWorker(QString socketPath, QString filePath, QByteArray target)
    : ArchiveWorker(std::move(socketPath), std::move(filePath))
    , m_target(std::move(target))
{
}

void LoadWorker::start()
{
    if (m_isOver)
        return;
    m_file.setFileName(m_filePath);
    if (!QFileInfo(m_filePath).isFile())
        return failFile(QStringLiteral("open"),
            QFileInfo::exists(m_filePath) ? QStringLiteral("not a regular file")
                                          : QStringLiteral("no such file"));
    if (!m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return failFile(QStringLiteral("open"), m_file.errorString());
    m_size = m_file.size();
    if (m_size == 0)
        return failFile(QStringLiteral("read"), QStringLiteral("the file is empty"));
    StreamRequest& request = open();
    connect(&request.connection(), &HttpConnection::bytesWritten, this, &LoadWorker::sendMore);
    connect(&request, &StreamRequest::bodyReceived, this, [this](const QByteArray& bytes) {
        QList<QByteArray> lines;
        if (m_splitter.feed(bytes, lines))
            takeLines(lines);
    });
    connect(&request, &StreamRequest::finished, this, &LoadWorker::finish);
    request.send({ "POST", m_target, "application/x-tar", {}, m_size });
    sendMore();
}

void LoadWorker::sendMore()
{
    HttpConnection& connection = m_request->connection();
    while (!m_isOver && m_sent < m_size && connection.bytesToWrite() < kMostUnsent) {
        const QByteArray block = m_file.read(std::min(kBlockBytes, m_size - m_sent));
        if (block.isEmpty())
            return failFile(QStringLiteral("read"), QStringLiteral("it became shorter meanwhile"));
        connection.write(block);
        m_sent += block.size();
        if (connection.bytesToWrite() == 0)
            break; // not connected yet: goes on when the first bytes are through
    }
    report(m_sent, m_size, m_sent == m_size);
}

void LoadWorker::takeLines(const QList<QByteArray>& lines)
{
    for (const QByteArray& line : lines) {
        const auto object = json::parseObject(line);
        if (!object)
            continue;
        const QString failure = (*object)[QLatin1String("error")].toString();
        if (!failure.isEmpty())
            m_engineError = ApiError { ApiError::Cause::Refused, 200, failure };
        QString text = (*object)[QLatin1String("stream")].toString().trimmed();
        for (const char* begin : { "Loaded image: ", "Loaded image ID: " })
            if (text.startsWith(QLatin1String(begin)))
                m_images.append(text.mid(qsizetype(qstrlen(begin))));
        if (text.isEmpty())
            text = (*object)[QLatin1String("status")].toString();
        if (!text.isEmpty())
            emit engineReported(text);
    }
}

void LoadWorker::finish()
{
    if (const QByteArray rest = m_splitter.takeRest(); !rest.isEmpty())
        takeLines({ rest });
    if (m_engineError)
        return fail(*m_engineError);
    if (!std::exchange(m_isOver, true))
        emit finished(m_images);
}

SaveWorker::SaveWorker(QString socketPath, QString filePath, QByteArray target)
    : ArchiveWorker(std::move(socketPath), std::move(filePath))
    , m_target(std::move(target))
{
}

void SaveWorker::start()
{
    if (m_isOver)
        return;
    const QFileInfo info(m_filePath);
    if (info.isDir())
        return failFile(QStringLiteral("write"), QStringLiteral("it is a directory"));
    if (info.isSymLink()) // write what it points to, and leave the link
        m_filePath = info.symLinkTarget();
    m_file = std::make_unique<QTemporaryFile>(m_filePath + QStringLiteral(".XXXXXX.part"));
    if (!m_file->open())
        return failFile(QStringLiteral("write"), m_file->errorString());
    StreamRequest& request = open();
    connect(&request, &StreamRequest::opened, this,
        [this] { m_total = m_request->head().contentLength.value_or(-1); });
    connect(&request, &StreamRequest::bodyReceived, this, &SaveWorker::take);
    connect(&request, &StreamRequest::finished, this, &SaveWorker::finish);
    request.send({ "GET", m_target, {}, {}, std::nullopt });
}

void SaveWorker::take(const QByteArray& bytes)
{
    if (m_isOver)
        return;
    if (m_file->write(bytes) != bytes.size())
        return failFile(QStringLiteral("write"), m_file->errorString());
    m_received += bytes.size();
    report(m_received, m_total);
}

void SaveWorker::finish()
{
    if (m_isOver)
        return;
    if (m_received == 0)
        return fail(
            { ApiError::Cause::Protocol, 0, QStringLiteral("the engine sent an empty archive") });
    const QByteArray temporary = QFile::encodeName(m_file->fileName());
    if (!m_file->flush() || ::fchmod(m_file->handle(), newFileMode()) != 0
        || ::fsync(m_file->handle()) != 0)
        return failFile(QStringLiteral("write"), qt_error_string(errno));
    if (std::rename(temporary.constData(), QFile::encodeName(m_filePath).constData()) != 0)
        return failFile(QStringLiteral("replace"), qt_error_string(errno));
    m_file->setAutoRemove(false);
    syncDirectory(QFileInfo(m_filePath).absolutePath());
    m_isOver = true;
    m_file.reset();
    report(m_received, m_received, true);
    emit finished({});
}

} // namespace portlight::client
