#pragma once

#include "app/actions/task_list.h"
#include "app/client/engine_client.h"

#include <QHash>
#include <QObject>

#include <optional>

namespace portlight::actions {

/// Imports and exports of image archives as tasks; exports wait for each other.
class ArchiveTasks : public QObject {
    Q_OBJECT
public:
    /// Both must outlive this object.
    ArchiveTasks(client::EngineClient& client, TaskList& tasks, QObject* parent = nullptr);

    /// Starts the import of the archive @p path and returns the task's id. Several run at once.
    int importArchive(const QString& path);
    /// As importArchive(), but the engine reads the file itself, and takes only the images
    /// @p imageIds (all where there is none). @p expectedBytes: of the layers that are new, for the
    /// progress. An engine that cannot do it gets the archive sent, whole.
    int importPath(const QString& path, const QStringList& imageIds, qint64 expectedBytes);
    /// Queues the export: one is written at a time. Two exports into one file are refused: the
    /// second ends Failed at once. An engine that cannot write files itself has the archive
    /// fetched, which knows neither compression nor leaving out.
    int exportImages(const client::ExportOrder& order);

signals:
    /// @p images: what came in, as the engine names it.
    void imported(int taskId, const QStringList& images);
    void exported(int taskId, const QString& path);
    void importFailed(int taskId, const QString& path, const portlight::client::ApiError& error);
    void exportFailed(int taskId, const QString& path, const portlight::client::ApiError& error);

private:
    /// Work that the engine does by itself.
    struct Job {
        QString path;
        client::PullStream* stream = nullptr;
        QHash<QString, qint64> layerTotals;
        QHash<QString, qint64> layerBytes;
        qint64 expectedBytes = 0;
        QStringList images; ///< imports: what came in
        qint64 writtenBytes = 0; ///< exports
        qsizetype leftOut = 0;
        std::optional<client::ApiError> error;
    };
    void follow(int taskId, client::ArchiveTransfer* transfer);
    void followImport(int taskId, const QString& path, client::ArchiveTransfer* transfer);
    void followJob(int taskId, Job job, void (ArchiveTasks::*onEnd)(int));
    void takeImportLine(int taskId, const client::PullProgress& progress);
    void takeExportLine(int taskId, const client::PullProgress& progress);
    void endImport(int taskId);
    void endExport(int taskId);
    void fetchExport(int taskId, const client::ExportOrder& order);
    void startNextExport();
    void succeedExport(int taskId, const QString& text);
    void cancel(int taskId);
    void fail(int taskId, const client::ApiError& error);

    client::EngineClient& m_client;
    TaskList& m_tasks;
    QHash<int, client::ArchiveTransfer*> m_transfers;
    QHash<int, Job> m_jobs;
    QHash<int, client::ExportOrder> m_exports; ///< queued and running
    QList<int> m_queue; ///< exports that have not begun
    int m_runningExport = 0; ///< 0: none
};

} // namespace portlight::actions
