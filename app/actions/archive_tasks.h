#pragma once

#include "app/actions/task_list.h"
#include "app/client/engine_client.h"

#include <QHash>
#include <QObject>

namespace portlight::actions {

/// Imports and exports of image archives as tasks.
class ArchiveTasks : public QObject {
    Q_OBJECT
public:
    /// Both must outlive this object.
    ArchiveTasks(client::EngineClient& client, TaskList& tasks, QObject* parent = nullptr);

    /// Starts the import of the archive @p path and returns the task's id. Several run at once.
    int importArchive(const QString& path);
    /// Starts the export of @p references into @p path. Two exports into one file at a time are
    /// refused: the second ends Failed at once.
    int exportImages(
        const QStringList& references, const QString& path, client::ArchiveFormat format);

signals:
    /// @p images: what came in, as the engine names it.
    void imported(int taskId, const QStringList& images);
    void exported(int taskId, const QString& path);
    void importFailed(int taskId, const QString& path, const portlight::client::ApiError& error);
    void exportFailed(int taskId, const QString& path, const portlight::client::ApiError& error);

private:
    void follow(int taskId, client::ArchiveTransfer* transfer);
    void fail(int taskId, const client::ApiError& error);

    client::EngineClient& m_client;
    TaskList& m_tasks;
    QHash<int, client::ArchiveTransfer*> m_transfers;
    QHash<int, QString> m_exportPaths;
};

} // namespace portlight::actions
