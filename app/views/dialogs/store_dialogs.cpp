#include "app/views/dialogs/store_dialogs.h"

#include "app/actions/docker_command.h"
#include "app/actions/store_actions.h"
#include "app/views/dialogs/field.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>

namespace portlight::views {

namespace {

QLineEdit* edit(const char* name)
{
    auto* line = new QLineEdit;
    line->setObjectName(QLatin1String(name));
    return line;
}

} // namespace

NewVolumeDialog::NewVolumeDialog(const QStringList& taken, QWidget* parent)
    : Dialog(parent)
    , m_taken(taken)
    , m_name(edit("volumeName"))
    , m_nameField(new Field(m_name))
{
    setObjectName(QStringLiteral("newVolumeDialog"));
    content()->addWidget(m_nameField);
    content()->addStretch(1);
    connect(m_name, &QLineEdit::textChanged, this, &NewVolumeDialog::validate);
    connect(primary(), &QPushButton::clicked, this, [this] {
        setBusy(true);
        emit createRequested(m_name->text().trimmed());
    });
    retranslate();
}

void NewVolumeDialog::validate()
{
    const QString name = m_name->text().trimmed();
    QString complaint;
    if (!name.isEmpty() && !actions::isValidContainerName(name))
        complaint = tr("Two or more letters, digits, “_”, “.” or “-”, the first a letter or digit");
    else if (m_taken.contains(name))
        complaint = tr("A volume named “%1” exists already").arg(name);
    m_nameField->setComplaint(complaint);
    setObstacle(complaint);
}

void NewVolumeDialog::retranslate()
{
    setHeading(tr("New volume"));
    m_nameField->setLabel(tr("Name"));
    m_name->setPlaceholderText(tr("Made up by the engine"));
    primary()->setText(tr("Create", "volume"));
    validate();
}

NewNetworkDialog::NewNetworkDialog(const QStringList& taken, QWidget* parent)
    : Dialog(parent)
    , m_taken(taken)
    , m_name(edit("networkName"))
    , m_subnet(edit("networkSubnet"))
    , m_gateway(edit("networkGateway"))
    , m_internal(new QCheckBox)
    , m_nameField(new Field(m_name))
    , m_subnetField(new Field(m_subnet))
    , m_gatewayField(new Field(m_gateway))
{
    setObjectName(QStringLiteral("newNetworkDialog"));
    m_internal->setObjectName(QStringLiteral("networkInternal"));
    auto* range = new QHBoxLayout;
    range->setSpacing(16);
    range->addWidget(m_subnetField, 1);
    range->addWidget(m_gatewayField, 1);
    content()->addWidget(m_nameField);
    content()->addLayout(range);
    content()->addWidget(m_internal);
    content()->addStretch(1);
    for (QLineEdit* line : { m_name, m_subnet, m_gateway })
        connect(line, &QLineEdit::textChanged, this, &NewNetworkDialog::validate);
    connect(primary(), &QPushButton::clicked, this, [this] {
        setBusy(true);
        emit createRequested(request());
    });
    retranslate();
}

client::CreateNetworkRequest NewNetworkDialog::request() const
{
    return { m_name->text().trimmed(), m_subnet->text().trimmed(), m_gateway->text().trimmed(),
        m_internal->isChecked() };
}

void NewNetworkDialog::validate()
{
    const client::CreateNetworkRequest wanted = request();
    QString name;
    if (!wanted.name.isEmpty() && !actions::isValidContainerName(wanted.name))
        name = tr("Two or more letters, digits, “_”, “.” or “-”, the first a letter or digit");
    else if (m_taken.contains(wanted.name))
        name = tr("A network named “%1” exists already").arg(wanted.name);
    QString subnet;
    if (!wanted.subnet.isEmpty() && !actions::isSubnet(wanted.subnet))
        subnet = tr("An address and a length, such as 10.20.0.0/24");
    QString gateway;
    if (!wanted.gateway.isEmpty() && wanted.subnet.isEmpty())
        gateway = tr("Needs a subnet");
    else if (!wanted.gateway.isEmpty() && subnet.isEmpty()
        && !actions::isInSubnet(wanted.gateway, wanted.subnet))
        gateway = tr("An address inside the subnet");
    m_nameField->setComplaint(name);
    m_subnetField->setComplaint(subnet);
    m_gatewayField->setComplaint(gateway);
    const bool isWrong = !name.isEmpty() || !subnet.isEmpty() || !gateway.isEmpty();
    setObstacle(wanted.name.isEmpty() ? tr("Name the network")
            : isWrong                 ? tr("A field needs attention")
                                      : QString());
}

void NewNetworkDialog::retranslate()
{
    setHeading(tr("New network"));
    m_nameField->setLabel(tr("Name"));
    m_subnetField->setLabel(tr("Subnet"));
    m_subnet->setPlaceholderText(tr("Chosen by the engine"));
    m_gatewayField->setLabel(tr("Gateway"));
    m_gateway->setPlaceholderText(tr("First address of the subnet"));
    m_internal->setText(tr("Internal: containers reach each other, but nothing outside"));
    primary()->setText(tr("Create", "network"));
    validate();
}

} // namespace portlight::views
