#pragma once

#include "app/client/engine_client.h"
#include "app/session/connection.h"

#include <QObject>

#include <memory>

namespace portlight::session {

/// Whole snapshots of containers, images, volumes and networks, read again when the event stream
/// says that they changed (60 ms after the first event, at least 250 ms apart, one request of a
/// kind under way) and once a minute in case an event was missed. Runs while the connection is
/// Running, by itself.
class ResourceFeed : public QObject {
    Q_OBJECT
public:
    /// @p connection must outlive this object.
    explicit ResourceFeed(Connection& connection, QObject* parent = nullptr);
    ~ResourceFeed() override;

    /// Reads all lists now.
    void refresh();

signals:
    void containersChanged(const QList<portlight::client::ContainerSummary>& snapshot);
    void imagesChanged(const QList<portlight::client::ImageSummary>& snapshot);
    void volumesChanged(const QList<portlight::client::VolumeSummary>& snapshot);
    void networksChanged(const QList<portlight::client::NetworkSummary>& snapshot);
    void eventReceived(const portlight::client::EngineEvent& event);
    /// The list could not be read; the last snapshot stands.
    void containersFailed(const portlight::client::ApiError& error);
    void imagesFailed(const portlight::client::ApiError& error);
    /// isUnsupported() where the engine has no such thing.
    void volumesFailed(const portlight::client::ApiError& error);
    void networksFailed(const portlight::client::ApiError& error);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::session
