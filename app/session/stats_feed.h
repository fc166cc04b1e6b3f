#pragma once

#include "app/client/engine_client.h"
#include "app/session/connection.h"

#include <QObject>

#include <chrono>
#include <memory>

namespace portlight::session {

/// Live figures of all running containers, read only while somebody looks.
class StatsFeed : public QObject {
    Q_OBJECT
public:
    enum class Availability {
        Unknown, ///< nobody asked yet, or no engine
        Available, ///< ticks come
        Unsupported, ///< the engine lacks /portlight/v1/stats
    };
    Q_ENUM(Availability)

    /// Somebody who looks. The stream runs while there is at least one; destroying it ends the
    /// interest. May outlive the feed.
    class Subscription {
    public:
        Subscription() = default;

    private:
        friend class StatsFeed;
        explicit Subscription(std::shared_ptr<void> token)
            : m_token(std::move(token))
        {
        }
        std::shared_ptr<void> m_token;
    };

    /// @p connection must outlive this object.
    explicit StatsFeed(Connection& connection,
        std::chrono::milliseconds interval = std::chrono::seconds(1), QObject* parent = nullptr);
    ~StatsFeed() override;

    [[nodiscard]] Subscription subscribe();
    Availability availability() const;

signals:
    void ticked(const portlight::client::StatsTick& tick);
    void availabilityChanged(portlight::session::StatsFeed::Availability availability);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::session
