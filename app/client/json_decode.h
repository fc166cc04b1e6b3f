#pragma once

#include "app/client/exec_stream.h"
#include "app/client/pull_stream.h"
#include "app/client/types/archive_report.h"
#include "app/client/types/container_details.h"
#include "app/client/types/container_stats.h"
#include "app/client/types/create_container_request.h"
#include "app/client/types/disk_usage.h"
#include "app/client/types/engine_event.h"
#include "app/client/types/engine_info.h"
#include "app/client/types/expected.h"
#include "app/client/types/file_entry.h"
#include "app/client/types/host_report.h"
#include "app/client/types/image_details.h"
#include "app/client/types/metrics_history.h"
#include "app/client/types/network_summary.h"
#include "app/client/types/process_table.h"
#include "app/client/types/volume_summary.h"

#include <QByteArray>
#include <QJsonObject>

/// Bodies of the Engine API to values and back. What is missing takes its default; what is not
/// JSON, has another shape, or lacks what names the object is a Protocol error.
namespace portlight::client::json {

Expected<QJsonObject> parseObject(const QByteArray& body);
/// The failure that a refused answer stands for: its "message", else its text, else its status.
ApiError decodeError(int status, const QByteArray& body);

Expected<EngineVersion> decodeVersion(const QByteArray& body);
Expected<EngineInfo> decodeInfo(const QByteArray& body);
Expected<HostReport> decodeHostReport(const QByteArray& body);
Expected<EngineEvent> decodeEvent(const QByteArray& line);
Expected<MetricsHistory> decodeHistory(const QByteArray& body);
Expected<QList<RecordedContainer>> decodeRecordedContainers(const QByteArray& body);
Expected<DiskUsage> decodeDiskUsage(const QByteArray& body);
Expected<ProcessTable> decodeProcessTable(const QByteArray& body);
Expected<StatsTick> decodeStatsTick(const QByteArray& line);

Expected<QList<ContainerSummary>> decodeContainers(const QByteArray& body);
Expected<ContainerDetails> decodeContainer(const QByteArray& body);
Expected<CreatedContainer> decodeCreated(const QByteArray& body);
QByteArray encodeExec(const ExecOptions& options);
Expected<std::optional<int>> decodeExecExit(const QByteArray& body);
/// The "Id" of what was made.
Expected<QString> decodeId(const QByteArray& body);
Expected<int> decodeExitCode(const QByteArray& body);
QByteArray encodeCreate(const CreateContainerRequest& request);

Expected<QList<ImageSummary>> decodeImages(const QByteArray& body);
Expected<ImageDetails> decodeImage(const QByteArray& body);
Expected<QStringList> decodeRemovedImage(const QByteArray& body);
/// The "Config" object of an image, into the members that come from it.
void readImageConfig(const QJsonObject& config, ImageDetails& image);
Expected<ArchiveReport> decodeArchiveReport(const QByteArray& body);
Expected<FileListing> decodeArchiveLayer(const QByteArray& body);
/// A line of POST /images/create; a line with "error" is a Refused error.
Expected<PullProgress> decodePullProgress(const QByteArray& line);

Expected<QList<VolumeSummary>> decodeVolumes(const QByteArray& body);
/// The name of a volume that was made.
Expected<QString> decodeVolumeName(const QByteArray& body);
QByteArray encodeCreateVolume(const QString& name);
Expected<QList<NetworkSummary>> decodeNetworks(const QByteArray& body);
QByteArray encodeCreateNetwork(const CreateNetworkRequest& request);

/// The engine's times: RFC 3339 with up to nine decimals; its zero time (year 1) is invalid.
QDateTime decodeTime(const QString& text);

} // namespace portlight::client::json
