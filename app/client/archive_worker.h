#pragma once

#include "app/client/archive_transfer.h"
#include "app/client/stream_demux.h"
#include "app/client/stream_request.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryFile>

#include <memory>

namespace portlight::client {

/// The half of a transfer that works: lives in the transfer's thread, owns file and connection.
class ArchiveWorker : public QObject {
    Q_OBJECT
public:
    ArchiveWorker(QString socketPath, QString filePath);

    virtual void start() = 0;
    void cancel();

signals:
    void progressed(qint64 bytes, qint64 total);
    void engineReported(const QString& line);
    void finished(const QStringList& images);
    void failed(const portlight::client::ApiError& error);

protected:
    StreamRequest& open();
    void fail(const ApiError& error);
    void failFile(const QString& what, const QString& reason);
    /// At most ten a second, the last one always.
    void report(qint64 bytes, qint64 total, bool isLast = false);
    virtual void release() { }

    QString m_socketPath;
    QString m_filePath;
    std::unique_ptr<StreamRequest> m_request;
    bool m_isOver = false;

private:
    QElapsedTimer m_sinceReport;
};

/// POST /images/load from a file.
class LoadWorker : public ArchiveWorker {
    Q_OBJECT
public:
    LoadWorker(QString socketPath, QString filePath, QByteArray target);
    void start() override;

private:
    void sendMore();
    void takeLines(const QList<QByteArray>& lines);
    void finish();

    QByteArray m_target;
    QFile m_file;
    qint64 m_sent = 0;
    qint64 m_size = 0;
    LineSplitter m_splitter;
    QStringList m_images;
    std::optional<ApiError> m_engineError;
};

/// GET /images/get into a file.
class SaveWorker : public ArchiveWorker {
    Q_OBJECT
public:
    SaveWorker(QString socketPath, QString filePath, QByteArray target);
    void start() override;

private:
    void take(const QByteArray& bytes);
    void finish();
    void release() override { m_file.reset(); }

    QByteArray m_target;
    std::unique_ptr<QTemporaryFile> m_file; ///< removes itself until it has its final name
    qint64 m_received = 0;
    qint64 m_total = -1;
};

} // namespace portlight::client
