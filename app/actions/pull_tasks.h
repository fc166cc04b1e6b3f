#pragma once

#include "app/actions/task_list.h"
#include "app/client/engine_client.h"

#include <QHash>
#include <QObject>
#include <QPointer>

namespace portlight::actions {

/// Pulls of images as tasks, with a part for each layer.
class PullTasks : public QObject {
    Q_OBJECT
public:
    /// Both must outlive this object.
    PullTasks(client::EngineClient& client, TaskList& tasks, QObject* parent = nullptr);

    /// Starts the pull of @p reference and returns the task's id. Several run at once.
    int pull(const QString& reference);
    /// Whether the engine can pull at all; true until it says that it cannot.
    bool isSupported() const { return m_isSupported; }
    /// It may be another engine from now on.
    void forgetSupport();

signals:
    void pulled(int taskId, const QString& reference);
    void pullFailed(int taskId, const QString& reference, const portlight::client::ApiError& error);
    void supportChanged();

private:
    struct Layer {
        qint64 bytes = 0;
        qint64 total = 0;
    };
    struct Pull {
        QString reference;
        QPointer<client::PullStream> stream;
        QHash<QString, Layer> layers;
        std::optional<client::ApiError> error;
    };
    void take(int taskId, const client::PullProgress& progress);
    void finish(int taskId);

    client::EngineClient& m_client;
    TaskList& m_tasks;
    QHash<int, Pull> m_pulls;
    bool m_isSupported = true;
};

/// Whether @p text can be an image reference: [REGISTRY[:PORT]/]NAME[/NAME…][:TAG][@DIGEST].
bool isImageReference(const QString& text);

} // namespace portlight::actions
