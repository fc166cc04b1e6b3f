#include "app/actions/archive_tasks.h"

#include "app/models/format.h"

#include <QFileInfo>

#include <algorithm>

namespace portlight::actions {

ArchiveTasks::ArchiveTasks(client::EngineClient& client, TaskList& tasks, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_tasks(tasks)
{
    connect(&tasks, &TaskList::cancelRequested, this, [this](int id) {
        if (client::ArchiveTransfer* transfer = m_transfers.value(id))
            transfer->cancel();
    });
}

int ArchiveTasks::importArchive(const QString& path)
{
    const int id = m_tasks.add(tr("Import %1").arg(QFileInfo(path).fileName()));
    m_tasks.setMessage(id, tr("Sending"));
    client::ArchiveTransfer* transfer = m_client.loadArchive(path, this);
    follow(id, transfer);
    connect(transfer, &client::ArchiveTransfer::progressed, this,
        [this, id](qint64 bytes, qint64 total) {
            // The engine unpacks when it has everything; how far it is, it does not say.
            if (bytes == total)
                m_tasks.setMessage(id, tr("Unpacking"));
        });
    connect(
        transfer, &client::ArchiveTransfer::finished, this, [this, id](const QStringList& images) {
            m_transfers.take(id)->deleteLater();
            m_tasks.end(id, TaskState::Succeeded,
                images.isEmpty() ? tr("Imported")
                                 : tr("Imported %1").arg(images.join(QStringLiteral(", "))));
            emit imported(id, images);
        });
    connect(transfer, &client::ArchiveTransfer::failed, this,
        [this, id, path](const client::ApiError& error) {
            fail(id, error);
            if (error.cause != client::ApiError::Cause::Cancelled)
                emit importFailed(id, path, error);
        });
    return id;
}

int ArchiveTasks::exportImages(
    const QStringList& references, const QString& path, client::ArchiveFormat format)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    const int id = m_tasks.add(tr("Export %1").arg(QFileInfo(path).fileName()));
    const bool isTaken = std::any_of(m_exportPaths.begin(), m_exportPaths.end(),
        [&absolute](const QString& other) { return other == absolute; });
    if (isTaken) {
        m_tasks.end(id, TaskState::Failed, tr("Another export writes this file just now."));
        return id;
    }
    m_exportPaths.insert(id, absolute);
    client::ArchiveTransfer* transfer = m_client.saveImages(references, absolute, format, this);
    follow(id, transfer);
    connect(transfer, &client::ArchiveTransfer::finished, this, [this, id, absolute] {
        m_transfers.take(id)->deleteLater();
        m_exportPaths.remove(id);
        const Task* task = m_tasks.find(id);
        m_tasks.end(id, TaskState::Succeeded,
            tr("Wrote %1").arg(models::format::bytes(task != nullptr ? task->bytes : 0)));
        emit exported(id, absolute);
    });
    connect(transfer, &client::ArchiveTransfer::failed, this,
        [this, id, absolute](const client::ApiError& error) {
            fail(id, error);
            if (error.cause != client::ApiError::Cause::Cancelled)
                emit exportFailed(id, absolute, error);
        });
    return id;
}

void ArchiveTasks::follow(int taskId, client::ArchiveTransfer* transfer)
{
    m_transfers.insert(taskId, transfer);
    connect(transfer, &client::ArchiveTransfer::progressed, this,
        [this, taskId](qint64 bytes, qint64 total) { m_tasks.setProgress(taskId, bytes, total); });
    connect(transfer, &client::ArchiveTransfer::engineReported, this,
        [this, taskId](const QString& line) { m_tasks.appendLog(taskId, line); });
}

void ArchiveTasks::fail(int taskId, const client::ApiError& error)
{
    m_transfers.take(taskId)->deleteLater();
    m_exportPaths.remove(taskId);
    const bool wasCancelled = error.cause == client::ApiError::Cause::Cancelled;
    m_tasks.end(taskId, wasCancelled ? TaskState::Cancelled : TaskState::Failed,
        wasCancelled ? tr("Cancelled") : error.message);
}

} // namespace portlight::actions
