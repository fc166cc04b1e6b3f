#pragma once

#include "app/actions/resource_actions.h"
#include "app/models/image_model.h"

namespace portlight::actions {

enum class ImageAction { Run, Export, Remove };

/// What a user can do to images. Running and exporting need a dialog first: here they have only
/// their permission.
class ImageActions : public ResourceActions {
    Q_OBJECT
public:
    /// Both must outlive this object.
    ImageActions(
        client::EngineClient& client, models::ImageModel& model, QObject* parent = nullptr);

    static QString title(ImageAction action);
    Permission permission(ImageAction action, const QStringList& ids) const;
    Confirmation removeConfirmation(const QStringList& ids) const;

    /// Removes the images, their other references too; those in use stay. removed() says how it
    /// went.
    void remove(const QStringList& ids);
    /// What an export of @p ids is called with: a reference of each, else its id.
    QStringList exportReferences(const QStringList& ids) const;
    /// A file name such as "nginx-1.27.tar", "images.tar" for several.
    QString suggestedFileName(const QStringList& ids) const;

signals:
    void removed(const portlight::actions::ActionSummary& summary);

private:
    bool canRemove(const models::ImageRow& row) const;
    /// All of @p names must go, else a name of its own keeps the image.
    void removeNames(QStringList names, std::function<void(const Batch::Answer&)> done);

    models::ImageModel& m_model;
};

} // namespace portlight::actions
