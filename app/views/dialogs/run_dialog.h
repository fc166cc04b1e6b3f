#pragma once

#include "app/client/types/create_container_request.h"
#include "app/models/container_model.h"
#include "app/models/image_model.h"
#include "app/views/dialogs/dialog.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace portlight::views {

class Field;
class IconButton;
class TextLabel;

/// Makes a container, and starts it: everything that matters on one page, checked while typing,
/// with the docker command that does the same shown live.
class RunDialog : public Dialog {
    Q_OBJECT

public:
    /// @p images suggests, @p containers knows the names in use; both must outlive the dialog.
    RunDialog(const models::ImageModel& images, const models::ContainerModel& containers,
        QWidget* parent);

    void setImage(const QString& reference);
    client::CreateContainerRequest request() const;
    /// Why it cannot be created at present; empty: it can.
    QString obstacle() const;

signals:
    void createRequested(const portlight::client::CreateContainerRequest& request, bool start);

protected:
    void retranslate() override;

private:
    void buildFields();
    void buildLimits();
    void buildCommand();
    void validate();
    QString nameComplaint() const;
    bool isNameTaken(const QString& name) const;

    const models::ContainerModel& m_containers;
    QComboBox* m_image;
    QLineEdit* m_name;
    QLineEdit* m_command;
    QLineEdit* m_workingDirectory;
    QLineEdit* m_user;
    QPlainTextEdit* m_environment;
    QDoubleSpinBox* m_memory;
    QDoubleSpinBox* m_cpus;
    QSpinBox* m_pids;
    QCheckBox* m_tty;
    QCheckBox* m_stdin;
    QCheckBox* m_removesItself;
    QCheckBox* m_starts;
    QPlainTextEdit* m_docker;
    IconButton* m_copy;
    TextLabel* m_dockerLabel;
    Field* m_imageField;
    Field* m_nameField;
    Field* m_commandField;
    Field* m_workingDirectoryField;
    Field* m_userField;
    Field* m_environmentField;
    Field* m_memoryField;
    Field* m_cpusField;
    Field* m_pidsField;
};

} // namespace portlight::views
