#pragma once

#include "app/actions/batch.h"
#include "app/actions/permission.h"
#include "app/client/engine_client.h"
#include "app/models/row_model.h"

#include <QObject>

namespace portlight::actions {

/// What the actions on every kind of object have in common.
class ResourceActions : public QObject {
    Q_OBJECT
public:
    /// Nothing is allowed without an engine.
    void setEngineAvailable(bool available);
    /// Allowed while the engine answers: for what needs no object yet, such as making one.
    Permission enginePermission() const;

signals:
    /// Permissions may differ from now on.
    void permissionsChanged();

protected:
    /// Both must outlive this object.
    ResourceActions(
        client::EngineClient& client, models::ResourceModel& model, QObject* parent = nullptr);

    client::EngineClient& client() const { return m_client; }
    bool isEngineAvailable() const { return m_isEngineAvailable; }
    /// It came or went; what was learnt of its abilities may no longer be true.
    virtual void engineChanged() { }
    /// @p summary with its text: what went well, as @p succeeded says it, and how many failed.
    static ActionSummary withText(ActionSummary summary, const QString& succeeded);
    /// Does what @p batch says, with the rows of @p model marked as @p activity meanwhile and with
    /// their failures afterwards. @p succeeded words the count; @p done comes last.
    template <typename Row>
    void runOnRows(models::RowModel<Row>& model, typename models::RowModel<Row>::Activity activity,
        Batch batch, std::function<QString(int)> succeeded,
        std::function<void(const ActionSummary&)> done);

private:
    client::EngineClient& m_client;
    bool m_isEngineAvailable = false;
};

template <typename Row>
void ResourceActions::runOnRows(models::RowModel<Row>& model,
    typename models::RowModel<Row>::Activity activity, Batch batch,
    std::function<QString(int)> succeeded, std::function<void(const ActionSummary&)> done)
{
    using Activity = typename models::RowModel<Row>::Activity;
    for (const BatchItem& item : std::as_const(batch.items))
        model.setActivity(item.id, activity);
    batch.answered = [&model](const BatchItem& item, const Batch::Answer& answer) {
        model.setActivity(item.id, Activity::None);
        if (!answer)
            model.setFailure(item.id, answer.error().message);
    };
    batch.finished = [succeeded, done](const ActionSummary& summary) {
        done(withText(summary, succeeded(summary.succeeded)));
    };
    runBatch(std::move(batch));
}

} // namespace portlight::actions
