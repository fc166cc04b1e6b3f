#include "app/actions/archive_tasks.h"

#include "app/models/format.h"

#include <QFileInfo>

#include <QJsonArray>

#include <algorithm>
#include <numeric>
#include <utility>

namespace portlight::actions {

namespace {

/// What came in, by the lines in which the engine names it.
void collectImage(const QString& line, QStringList& images)
{
    for (const char* begin : { "Loaded image: ", "Loaded image ID: " })
        if (line.startsWith(QLatin1String(begin)))
            images.append(line.mid(qsizetype(qstrlen(begin))));
}

qint64 sum(const QHash<QString, qint64>& values)
{
    return std::accumulate(values.begin(), values.end(), qint64(0));
}

client::ApiError cancelled()
{
    return { client::ApiError::Cause::Cancelled, 0, QStringLiteral("cancelled") };
}

} // namespace

ArchiveTasks::ArchiveTasks(client::EngineClient& client, TaskList& tasks, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_tasks(tasks)
{
    connect(&tasks, &TaskList::cancelRequested, this, &ArchiveTasks::cancel);
}

void ArchiveTasks::cancel(int taskId)
{
    if (client::ArchiveTransfer* transfer = m_transfers.value(taskId)) {
        transfer->cancel(); // answers with failed()
    } else if (const auto job = m_jobs.find(taskId); job != m_jobs.end()) {
        delete job->stream; // the engine sees the connection close, and stops
        m_jobs.erase(job);
        fail(taskId, cancelled());
    } else if (m_queue.contains(taskId)) {
        fail(taskId, cancelled());
    }
}

int ArchiveTasks::importArchive(const QString& path)
{
    const int id = m_tasks.add(tr("Import %1").arg(QFileInfo(path).fileName()), TaskKind::Archive);
    followImport(id, path, m_client.loadArchive(path, this));
    return id;
}

void ArchiveTasks::followImport(int taskId, const QString& path, client::ArchiveTransfer* transfer)
{
    m_tasks.setMessage(taskId, tr("Sending"));
    follow(taskId, transfer);
    connect(transfer, &client::ArchiveTransfer::progressed, this,
        [this, taskId](qint64 bytes, qint64 total) {
            // The engine unpacks when it has everything; how far it is, it does not say.
            if (bytes == total)
                m_tasks.setMessage(taskId, tr("Unpacking"));
        });
    connect(transfer, &client::ArchiveTransfer::finished, this,
        [this, taskId](const QStringList& images) {
            m_transfers.take(taskId)->deleteLater();
            m_tasks.end(taskId, TaskState::Succeeded,
                images.isEmpty() ? tr("Imported")
                                 : tr("Imported %1").arg(images.join(QStringLiteral(", "))));
            emit imported(taskId, images);
        });
    connect(transfer, &client::ArchiveTransfer::failed, this,
        [this, taskId, path](const client::ApiError& error) {
            fail(taskId, error);
            if (error.cause != client::ApiError::Cause::Cancelled)
                emit importFailed(taskId, path, error);
        });
}

int ArchiveTasks::importPath(const QString& path, const QStringList& imageIds, qint64 expectedBytes)
{
    const int id = m_tasks.add(tr("Import %1").arg(QFileInfo(path).fileName()), TaskKind::Archive);
    m_tasks.setMessage(id, tr("Reading"));
    Job job;
    job.path = path;
    job.expectedBytes = expectedBytes;
    job.stream = m_client.importArchive(path, imageIds, this);
    connect(job.stream, &client::PullStream::progressed, this,
        [this, id](const client::PullProgress& progress) { takeImportLine(id, progress); });
    followJob(id, std::move(job), &ArchiveTasks::endImport);
    return id;
}

void ArchiveTasks::followJob(int taskId, Job job, void (ArchiveTasks::*onEnd)(int))
{
    connect(job.stream, &client::EngineStream::failed, this,
        [this, taskId](const client::ApiError& error) {
            if (const auto found = m_jobs.find(taskId); found != m_jobs.end())
                found->error = error;
        });
    connect(job.stream, &client::EngineStream::ended, this,
        [this, taskId, onEnd] { (this->*onEnd)(taskId); });
    m_jobs.insert(taskId, std::move(job));
}

void ArchiveTasks::takeImportLine(int taskId, const client::PullProgress& progress)
{
    const auto job = m_jobs.find(taskId);
    if (job == m_jobs.end())
        return;
    if (!progress.text.isEmpty()) {
        m_tasks.appendLog(taskId, progress.text);
        collectImage(progress.text, job->images);
    }
    if (progress.layer.isEmpty())
        return;
    m_tasks.setMessage(taskId, tr("Unpacking"));
    m_tasks.setPart(taskId, { progress.layer, progress.status, progress.bytes, progress.total });
    job->layerTotals[progress.layer] = progress.total;
    job->layerBytes[progress.layer] = progress.bytes;
    m_tasks.setProgress(
        taskId, sum(job->layerBytes), std::max(job->expectedBytes, sum(job->layerTotals)));
}

void ArchiveTasks::endImport(int taskId)
{
    if (!m_jobs.contains(taskId))
        return;
    const Job job = m_jobs.take(taskId);
    job.stream->deleteLater();
    if (!job.error) {
        m_tasks.end(taskId, TaskState::Succeeded,
            tr("Imported %1").arg(job.images.join(QStringLiteral(", "))));
        emit imported(taskId, job.images);
    } else if (job.error->isUnsupported()) {
        followImport(taskId, job.path, m_client.loadArchive(job.path, this));
    } else {
        fail(taskId, *job.error);
        emit importFailed(taskId, job.path, *job.error);
    }
}

int ArchiveTasks::exportImages(const client::ExportOrder& given)
{
    client::ExportOrder order = given;
    order.path = QFileInfo(order.path).absoluteFilePath();
    const int id =
        m_tasks.add(tr("Export %1").arg(QFileInfo(order.path).fileName()), TaskKind::Archive);
    const bool isTaken = std::any_of(m_exports.begin(), m_exports.end(),
        [&order](const client::ExportOrder& other) { return other.path == order.path; });
    if (isTaken) {
        m_tasks.end(id, TaskState::Failed, tr("Another export writes this file just now."));
        return id;
    }
    m_exports.insert(id, order);
    m_queue.append(id);
    m_tasks.setMessage(id, tr("Waits for the export before it"));
    startNextExport();
    return id;
}

void ArchiveTasks::startNextExport()
{
    if (m_runningExport != 0 || m_queue.isEmpty())
        return;
    const int id = m_runningExport = m_queue.takeFirst();
    m_tasks.setMessage(id, tr("Writing"));
    Job job;
    job.path = m_exports.value(id).path;
    job.stream = m_client.exportArchive(m_exports.value(id), this);
    connect(job.stream, &client::PullStream::progressed, this,
        [this, id](const client::PullProgress& progress) { takeExportLine(id, progress); });
    followJob(id, std::move(job), &ArchiveTasks::endExport);
}

void ArchiveTasks::takeExportLine(int taskId, const client::PullProgress& progress)
{
    const auto job = m_jobs.find(taskId);
    if (job == m_jobs.end())
        return;
    if (progress.total > 0)
        m_tasks.setProgress(taskId, progress.bytes, progress.total);
    if (progress.aux.isEmpty())
        return;
    job->writtenBytes = qint64(progress.aux[QLatin1String("Size")].toDouble());
    job->leftOut = progress.aux[QLatin1String("LeftOut")].toArray().size();
}

void ArchiveTasks::endExport(int taskId)
{
    if (!m_jobs.contains(taskId))
        return;
    const Job job = m_jobs.take(taskId);
    job.stream->deleteLater();
    if (!job.error) {
        const QString size = models::format::bytes(job.writtenBytes);
        succeedExport(taskId,
            job.leftOut > 0
                ? tr("Wrote %1 without %n layers that the receiver has", nullptr, int(job.leftOut))
                      .arg(size)
                : tr("Wrote %1").arg(size));
    } else if (job.error->isUnsupported()) {
        fetchExport(taskId, m_exports.value(taskId));
    } else {
        fail(taskId, *job.error);
        emit exportFailed(taskId, job.path, *job.error);
    }
}

void ArchiveTasks::fetchExport(int taskId, const client::ExportOrder& order)
{
    if (order.compression != QLatin1String("none") || !order.leftOut.isEmpty()) {
        const client::ApiError error { client::ApiError::Cause::Refused, 501,
            tr("This engine writes archives neither compressed nor without layers: choose no "
               "compression and all layers.") };
        fail(taskId, error);
        emit exportFailed(taskId, order.path, error);
        return;
    }
    client::ArchiveTransfer* transfer =
        m_client.saveImages(order.references, order.path, order.format, this);
    follow(taskId, transfer);
    connect(transfer, &client::ArchiveTransfer::finished, this, [this, taskId] {
        m_transfers.take(taskId)->deleteLater();
        const Task* task = m_tasks.find(taskId);
        succeedExport(
            taskId, tr("Wrote %1").arg(models::format::bytes(task != nullptr ? task->bytes : 0)));
    });
    connect(transfer, &client::ArchiveTransfer::failed, this,
        [this, taskId, path = order.path](const client::ApiError& error) {
            fail(taskId, error);
            if (error.cause != client::ApiError::Cause::Cancelled)
                emit exportFailed(taskId, path, error);
        });
}

void ArchiveTasks::succeedExport(int taskId, const QString& text)
{
    const QString path = m_exports.take(taskId).path;
    m_runningExport = 0;
    m_tasks.end(taskId, TaskState::Succeeded, text);
    emit exported(taskId, path);
    startNextExport();
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
    if (client::ArchiveTransfer* transfer = m_transfers.take(taskId))
        transfer->deleteLater();
    m_exports.remove(taskId);
    m_queue.removeAll(taskId);
    const bool wasCancelled = error.cause == client::ApiError::Cause::Cancelled;
    m_tasks.end(taskId, wasCancelled ? TaskState::Cancelled : TaskState::Failed,
        wasCancelled ? tr("Cancelled") : error.message);
    if (std::exchange(m_runningExport, m_runningExport == taskId ? 0 : m_runningExport) == taskId)
        startNextExport();
}

} // namespace portlight::actions
