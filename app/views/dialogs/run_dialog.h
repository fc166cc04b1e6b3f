#pragma once

#include "app/client/types/create_container_request.h"
#include "app/models/container_model.h"
#include "app/models/image_model.h"
#include "app/models/network_model.h"
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

/// Fields that an engine may have nothing for.
struct RunSupport {
    bool hasNetworks = true; ///< published ports, choice of the network
    bool hasVolumes = true;
};

/// Makes a container, and starts it: everything that matters on one page, checked while typing,
/// with the docker command that does the same shown live.
class RunDialog : public Dialog {
    Q_OBJECT

public:
    /// @p images and @p networks suggest, @p containers knows the names in use; all must outlive
    /// the dialog.
    RunDialog(const models::ImageModel& images, const models::ContainerModel& containers,
        const models::NetworkModel& networks, RunSupport support, QWidget* parent);

    void setImage(const QString& reference);
    client::CreateContainerRequest request() const;
    /// Why it cannot be created at present; empty: it can.
    QString obstacle() const;

signals:
    void createRequested(const portlight::client::CreateContainerRequest& request, bool start);

protected:
    void retranslate() override;

private:
    void nameInputs();
    void buildFields();
    void buildConnections(const models::NetworkModel& networks);
    void buildLimits();
    void buildCommand();
    void validate();
    QString nameComplaint() const;
    bool isNameTaken(const QString& name) const;

    bool hasComplaint() const;
    void fillRequestOptions(client::CreateContainerRequest& request) const;

    const models::ContainerModel& m_containers;
    RunSupport m_support;
    QBoxLayout* m_form; ///< inside the scroll area
    QComboBox* m_image;
    QLineEdit* m_name;
    QLineEdit* m_command;
    QLineEdit* m_workingDirectory;
    QLineEdit* m_user;
    QPlainTextEdit* m_ports;
    QPlainTextEdit* m_mounts;
    QPlainTextEdit* m_environment;
    QComboBox* m_network;
    QComboBox* m_restart;
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
    Field* m_portsField;
    Field* m_mountsField;
    Field* m_environmentField;
    Field* m_networkField;
    Field* m_restartField;
    Field* m_memoryField;
    Field* m_cpusField;
    Field* m_pidsField;
};

} // namespace portlight::views
