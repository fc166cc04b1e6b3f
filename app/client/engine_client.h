#pragma once

#include "app/client/archive_transfer.h"
#include "app/client/container_streams.h"
#include "app/client/event_stream.h"
#include "app/client/exec_stream.h"
#include "app/client/pull_stream.h"
#include "app/client/request_handle.h"
#include "app/client/types/archive_report.h"
#include "app/client/types/container_details.h"
#include "app/client/types/create_container_request.h"
#include "app/client/types/disk_usage.h"
#include "app/client/types/engine_address.h"
#include "app/client/types/engine_info.h"
#include "app/client/types/expected.h"
#include "app/client/types/file_entry.h"
#include "app/client/types/host_report.h"
#include "app/client/types/image_details.h"
#include "app/client/types/metrics_history.h"
#include "app/client/types/network_summary.h"
#include "app/client/types/process_table.h"
#include "app/client/types/volume_summary.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace portlight::client {

/// The Engine API of one engine, asynchronous: no call blocks, all are to be made in the thread of
/// this object and answer there, later, through the event loop.
///
/// Each call takes a context object and a callback. The callback runs once, unless the context or
/// this client is gone or the handle was cancelled before. Names and ids are interchangeable where
/// a parameter is called @p reference. Small calls share a few keep-alive connections; each stream
/// and transfer has its own.
///
/// The version of the API is negotiated by the first call after a lost connection (GET /_ping):
/// the engine's newest within 1.24–1.50.
class EngineClient : public QObject {
    Q_OBJECT
public:
    template <typename T> using Callback = std::function<void(Expected<T>)>;

    explicit EngineClient(EngineAddress address, QObject* parent = nullptr);
    ~EngineClient() override;

    const EngineAddress& address() const;
    /// The negotiated version such as "1.50"; empty before the first answer.
    QString apiVersion() const;

    /// The engine's Api-Version header.
    RequestHandle ping(QObject* context, Callback<QString> done);
    RequestHandle version(QObject* context, Callback<EngineVersion> done);
    RequestHandle info(QObject* context, Callback<EngineInfo> done);
    /// Refused with isUnsupported() by engines other than Portlight's.
    RequestHandle hostReport(QObject* context, Callback<HostReport> done);

    /// All containers, stopped ones too; newest first as the engine sorts them.
    RequestHandle listContainers(QObject* context, Callback<QList<ContainerSummary>> done);
    RequestHandle inspectContainer(
        const QString& reference, QObject* context, Callback<ContainerDetails> done);
    RequestHandle createContainer(
        const CreateContainerRequest& request, QObject* context, Callback<CreatedContainer> done);
    /// Done also when it was running (304).
    RequestHandle startContainer(const QString& reference, QObject* context, Callback<Done> done);
    /// Asks it to end, kills it after @p grace (nullopt: as the container says, else 10 s). Done
    /// also when it was stopped (304).
    RequestHandle stopContainer(const QString& reference, std::optional<std::chrono::seconds> grace,
        QObject* context, Callback<Done> done);
    RequestHandle restartContainer(const QString& reference, QObject* context, Callback<Done> done);
    /// @p signal by name, such as "SIGKILL".
    RequestHandle killContainer(
        const QString& reference, const QString& signal, QObject* context, Callback<Done> done);
    /// @p force kills a running one first; @p withVolumes removes its anonymous volumes too.
    RequestHandle removeContainer(const QString& reference, bool force, bool withVolumes,
        QObject* context, Callback<Done> done);
    /// Answers with the exit code when it has ended; may take for ever.
    RequestHandle waitContainer(const QString& reference, QObject* context, Callback<int> done);

    /// Refused with isConflict() where it does not run.
    RequestHandle listProcesses(
        const QString& reference, QObject* context, Callback<ProcessTable> done);

    /// Sizes of everything; the engine may have to look through many files for it.
    RequestHandle diskUsage(QObject* context, Callback<DiskUsage> done);
    /// What the engine's recorder knows; isUnsupported() with engines other than Portlight's.
    /// Without ids: of all running containers.
    RequestHandle history(
        const HistoryQuery& query, QObject* context, Callback<MetricsHistory> done);
    /// Containers that the recorder knows, gone ones too; newest figures first.
    RequestHandle recordedContainers(QObject* context, Callback<QList<RecordedContainer>> done);

    RequestHandle listImages(QObject* context, Callback<QList<ImageSummary>> done);
    RequestHandle inspectImage(
        const QString& reference, QObject* context, Callback<ImageDetails> done);
    /// What went away: "Untagged: …" and "Deleted: …" lines. Refused with isConflict() while a
    /// container uses it.
    RequestHandle removeImage(
        const QString& reference, bool force, QObject* context, Callback<QStringList> done);

    RequestHandle listVolumes(QObject* context, Callback<QList<VolumeSummary>> done);
    /// The name; an empty @p name leaves it to the engine. Done also when it exists already.
    RequestHandle createVolume(const QString& name, QObject* context, Callback<QString> done);
    /// Refused with isConflict() while a container has it.
    RequestHandle removeVolume(const QString& name, QObject* context, Callback<Done> done);

    RequestHandle listNetworks(QObject* context, Callback<QList<NetworkSummary>> done);
    /// The id.
    RequestHandle createNetwork(
        const CreateNetworkRequest& request, QObject* context, Callback<QString> done);
    /// Refused with isConflict() or 403 while a container is connected to it.
    RequestHandle removeNetwork(const QString& reference, QObject* context, Callback<Done> done);

    /// Streams belong to @p parent and start from the event loop, after their signals could be
    /// connected. They must not outlive this client's thread, but may outlive the client.
    EventStream* events(QObject* parent);
    LogStream* logs(const QString& reference, const LogOptions& options, QObject* parent);
    StatsStream* stats(std::chrono::milliseconds interval, QObject* parent);
    ContainerStatsStream* containerStats(const QString& reference, QObject* parent);

    /// Starts a program with a terminal inside a running container.
    ExecStream* exec(const QString& reference, const ExecOptions& options, QObject* parent);
    RequestHandle resizeExec(
        const QString& id, int columns, int rows, QObject* context, Callback<Done> done);
    /// nullopt while it runs.
    RequestHandle execExitCode(
        const QString& id, QObject* context, Callback<std::optional<int>> done);

    /// Gets the image @p reference from its registry; without a tag its "latest".
    PullStream* pullImage(const QString& reference, QObject* parent);

    /// What the archive at @p path (absolute, on the engine's machine) holds. Reads it to its end,
    /// which takes a while for a large one. This and the next three are refused with
    /// isUnsupported() by engines other than Portlight's.
    RequestHandle inspectArchive(
        const QString& path, QObject* context, Callback<ArchiveReport> done);
    /// The files of the layer that is the archive's @p member.
    RequestHandle archiveLayer(
        const QString& path, const QString& member, QObject* context, Callback<FileListing> done);
    /// Has the engine read the archive itself; of @p imageIds only, or of all where there is none.
    PullStream* importArchive(const QString& path, const QStringList& imageIds, QObject* parent);
    /// Has the engine write the archive itself. The last line's aux: Path, Size, LeftOut (digests).
    PullStream* exportArchive(const ExportOrder& order, QObject* parent);

    /// Sends the archive at @p path to the engine. POST /images/load.
    ArchiveTransfer* loadArchive(const QString& path, QObject* parent);
    /// Writes @p references into the archive @p path, which is replaced only when the archive is
    /// whole and on disk. GET /images/get.
    ArchiveTransfer* saveImages(
        const QStringList& references, const QString& path, ArchiveFormat format, QObject* parent);

private:
    PullStream* post(const QByteArray& target, QObject* parent);

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::client
