#pragma once

#include "app/actions/permission.h"
#include "app/client/engine_client.h"
#include "app/models/image_model.h"

#include <QObject>

#include <memory>

namespace portlight::actions {

enum class ImageAction { Run, Export, Remove };

/// What a user can do to images. Running and exporting need a dialog first: here they have only
/// their permission.
class ImageActions : public QObject {
    Q_OBJECT
public:
    /// Both must outlive this object.
    ImageActions(
        client::EngineClient& client, models::ImageModel& model, QObject* parent = nullptr);

    void setEngineAvailable(bool available);
    static QString title(ImageAction action);
    Permission permission(ImageAction action, const QStringList& ids) const;
    Permission importPermission() const;
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
    void permissionsChanged();

private:
    struct Batch;
    void removeNext(const std::shared_ptr<Batch>& batch);

    client::EngineClient& m_client;
    models::ImageModel& m_model;
    bool m_isEngineAvailable = false;
};

} // namespace portlight::actions
