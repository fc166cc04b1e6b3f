#include "app/actions/image_actions.h"

#include "app/models/format.h"

#include <QRegularExpression>

namespace portlight::actions {

ImageActions::ImageActions(client::EngineClient& client, models::ImageModel& model, QObject* parent)
    : ResourceActions(client, model, parent)
    , m_model(model)
{
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

Permission ImageActions::permission(ImageAction action, const QStringList& ids) const
{
    if (!isEngineAvailable())
        return enginePermission();
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
    qint64 bytes = 0;
    for (const QString& id : ids)
        if (const models::ImageRow* row = m_model.find(id); row != nullptr && canRemove(*row)) {
            names.append(row->summary.references.isEmpty()
                    ? row->summary.shortId()
                    : row->summary.references.join(QStringLiteral(", ")));
            bytes += row->summary.sizeBytes;
        }
    const auto kept = int(ids.size() - names.size());
    Confirmation confirmation;
    confirmation.isNeeded = !names.isEmpty();
    confirmation.title = names.size() == 1 ? tr("Delete image “%1”?").arg(names.first())
                                           : tr("Delete %n image(s)?", nullptr, int(names.size()));
    confirmation.lost =
        tr("All names of it and the layers that no other image needs, up to %1. Import or pull it "
           "to have it again.")
            .arg(models::format::bytes(bytes));
    confirmation.kept = tr("Layers that other images need too, and archives that were exported.");
    if (kept > 0)
        confirmation.warning =
            tr("%n of the selected image(s) is used by a container and stays.", nullptr, kept);
    if (names.size() > 1) // one stands in the title
        confirmation.details = names.join(u'\n');
    confirmation.button = title(ImageAction::Remove);
    return confirmation;
}

bool ImageActions::canRemove(const models::ImageRow& row) const
{
    return row.usedBy == 0 && row.activity != models::ImageActivity::Removing;
}

void ImageActions::remove(const QStringList& ids)
{
    Batch batch;
    batch.atOnce = 1; // images share layers: one after the other says best which was the last
    for (const QString& id : ids)
        if (const models::ImageRow* row = m_model.find(id); row != nullptr && canRemove(*row))
            batch.items.append({ id, row->summary.displayName() });
    batch.begin = [this](const BatchItem& item, auto done) {
        const models::ImageRow* row = m_model.find(item.id);
        const bool hasNames = row != nullptr && !row->summary.references.isEmpty();
        removeNames(hasNames ? row->summary.references : QStringList { item.id }, std::move(done));
    };
    runOnRows<models::ImageRow>(
        m_model, models::ImageActivity::Removing, std::move(batch),
        [](int count) { return tr("%n deleted", "images", count); },
        [this](const ActionSummary& summary) { emit removed(summary); });
}

void ImageActions::removeNames(QStringList names, std::function<void(const Batch::Answer&)> done)
{
    const QString name = names.takeFirst();
    client().removeImage(name, false, this,
        [this, names, done = std::move(done)](const client::Expected<QStringList>& answer) {
            if (!answer)
                done(answer.error());
            else if (names.isEmpty())
                done(client::Done {});
            else
                removeNames(names, done);
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
