#include "app/actions/image_actions.h"

#include <QRegularExpression>

#include <memory>

namespace portlight::actions {

/// One removal of a selection: the references and ids that are still to go.
struct ImageActions::Batch {
    struct Item {
        QString id;
        QStringList names; ///< all must go, else a name of its own keeps the image
    };
    QList<Item> waiting;
    ActionSummary summary;
};

ImageActions::ImageActions(client::EngineClient& client, models::ImageModel& model, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_model(model)
{
    const auto notify = [this] { emit permissionsChanged(); };
    connect(&model, &QAbstractItemModel::rowsInserted, this, notify);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, notify);
    connect(&model, &QAbstractItemModel::modelReset, this, notify);
    connect(&model, &QAbstractItemModel::dataChanged, this, notify);
}

void ImageActions::setEngineAvailable(bool available)
{
    if (std::exchange(m_isEngineAvailable, available) != available)
        emit permissionsChanged();
}

QString ImageActions::title(ImageAction action)
{
    switch (action) {
    case ImageAction::Run:
        return tr("Run…", "action on an image");
    case ImageAction::Export:
        return tr("Export…", "action on images");
    case ImageAction::Remove:
        return tr("Delete", "action on images");
    }
    return {};
}

Permission ImageActions::importPermission() const
{
    return m_isEngineAvailable ? Permission { true, {} }
                               : Permission { false, tr("The engine does not answer.") };
}

Permission ImageActions::permission(ImageAction action, const QStringList& ids) const
{
    if (!m_isEngineAvailable)
        return { false, tr("The engine does not answer.") };
    int known = 0;
    int used = 0;
    int busy = 0;
    for (const QString& id : ids)
        if (const models::ImageRow* row = m_model.find(id)) {
            ++known;
            used += row->usedBy > 0 ? 1 : 0;
            busy += row->activity == models::ImageActivity::Removing ? 1 : 0;
        }
    if (known == 0)
        return { false, tr("No image is selected.") };
    if (busy == known)
        return { false, tr("It is being deleted.") };
    if (action == ImageAction::Run && known > 1)
        return { false, tr("Select one image to run.") };
    if (action == ImageAction::Remove && used == known)
        return { false, tr("A container uses it. Delete the container first.") };
    return { true, {} };
}

Confirmation ImageActions::removeConfirmation(const QStringList& ids) const
{
    QStringList names;
    for (const QString& id : ids)
        if (const models::ImageRow* row = m_model.find(id); row != nullptr && row->usedBy == 0)
            names.append(row->summary.references.isEmpty()
                    ? row->summary.shortId()
                    : row->summary.references.join(QStringLiteral(", ")));
    Confirmation confirmation;
    confirmation.isNeeded = !names.isEmpty();
    confirmation.title = names.size() == 1 ? tr("Delete image “%1”?").arg(names.first())
                                           : tr("Delete %n image(s)?", nullptr, int(names.size()));
    confirmation.text = tr("All names of it and the layers that no other image needs are lost. "
                           "Images that a container uses are kept.");
    confirmation.details = names.join(u'\n');
    confirmation.button = title(ImageAction::Remove);
    return confirmation;
}

void ImageActions::remove(const QStringList& ids)
{
    auto batch = std::make_shared<Batch>();
    for (const QString& id : ids) {
        const models::ImageRow* row = m_model.find(id);
        if (row == nullptr || row->usedBy > 0 || row->activity == models::ImageActivity::Removing)
            continue;
        const QStringList& references = row->summary.references;
        batch->waiting.append({ id, references.isEmpty() ? QStringList { id } : references });
        m_model.setActivity(id, models::ImageActivity::Removing);
    }
    removeNext(batch);
}

void ImageActions::removeNext(const std::shared_ptr<Batch>& batch)
{
    if (batch->waiting.isEmpty()) {
        const int failed = int(batch->summary.failures.size());
        QStringList parts;
        if (batch->summary.succeeded > 0 || failed == 0)
            parts.append(tr("%n deleted", "images", batch->summary.succeeded));
        if (failed > 0)
            parts.append(tr("%n failed", "images", failed));
        batch->summary.text = parts.join(tr(", ", "between parts of a summary"));
        emit removed(batch->summary);
        return;
    }
    Batch::Item& item = batch->waiting.first();
    const QString name = item.names.takeFirst();
    m_client.removeImage(
        name, false, this, [this, batch, name](const client::Expected<QStringList>& answer) {
            const Batch::Item& current = batch->waiting.first();
            const QString id = current.id;
            if (answer && !current.names.isEmpty()) {
                removeNext(batch);
                return;
            }
            batch->waiting.removeFirst();
            m_model.setActivity(id, models::ImageActivity::None);
            if (answer) {
                ++batch->summary.succeeded;
            } else {
                batch->summary.failures.append({ id, name, answer.error() });
                m_model.setFailure(id, answer.error().message);
            }
            removeNext(batch);
        });
}

QStringList ImageActions::exportReferences(const QStringList& ids) const
{
    QStringList references;
    for (const QString& id : ids)
        if (const models::ImageRow* row = m_model.find(id))
            references +=
                row->summary.references.isEmpty() ? QStringList { id } : row->summary.references;
    return references;
}

QString ImageActions::suggestedFileName(const QStringList& ids) const
{
    const models::ImageRow* row = ids.size() == 1 ? m_model.find(ids.first()) : nullptr;
    if (row == nullptr)
        return QStringLiteral("images.tar");
    // Without the registry and folders in front of the name.
    QString name = row->summary.displayName();
    name = name.mid(name.lastIndexOf(u'/') + 1);
    static const QRegularExpression unfit(QStringLiteral("[^A-Za-z0-9._-]+"));
    name.replace(unfit, QStringLiteral("-"));
    return name + QStringLiteral(".tar");
}

} // namespace portlight::actions
