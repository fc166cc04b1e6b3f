#pragma once

#include "app/client/types/network_summary.h"
#include "app/views/dialogs/dialog.h"

class QCheckBox;
class QLineEdit;

namespace portlight::views {

class Field;

/// Asks for a new volume.
class NewVolumeDialog : public Dialog {
    Q_OBJECT

public:
    /// @p taken: names that exist.
    NewVolumeDialog(const QStringList& taken, QWidget* parent);

signals:
    /// Empty: the engine makes one up.
    void createRequested(const QString& name);

protected:
    void retranslate() override;

private:
    void validate();

    QStringList m_taken;
    QLineEdit* m_name;
    Field* m_nameField;
};

/// Asks for a new network: name, address range, way out.
class NewNetworkDialog : public Dialog {
    Q_OBJECT

public:
    /// @p taken: names that exist.
    NewNetworkDialog(const QStringList& taken, QWidget* parent);

signals:
    void createRequested(const portlight::client::CreateNetworkRequest& request);

protected:
    void retranslate() override;

private:
    void validate();
    client::CreateNetworkRequest request() const;

    QStringList m_taken;
    QLineEdit* m_name;
    QLineEdit* m_subnet;
    QLineEdit* m_gateway;
    QCheckBox* m_internal;
    Field* m_nameField;
    Field* m_subnetField;
    Field* m_gatewayField;
};

} // namespace portlight::views
