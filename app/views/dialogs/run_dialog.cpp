#include "app/views/dialogs/run_dialog.h"

#include "app/actions/docker_command.h"
#include "app/actions/run_text.h"
#include "app/theme/theme.h"
#include "app/views/dialogs/field.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSpinBox>

#include <algorithm>
#include <thread>

namespace portlight::views {

namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;
/// The engine refuses less: a process needs about this to start at all.
constexpr double kMinMemoryMebibytes = 6;
constexpr int kBestWidth = 760;
constexpr int kBestHeight = 780;
constexpr int kTextHeight = 64;

// A line edit that is named for tests and screen readers alike.
QLineEdit* edit(const char* name)
{
    auto* line = new QLineEdit;
    line->setObjectName(QLatin1String(name));
    return line;
}

/// The same for several lines of text.
QPlainTextEdit* text(const char* name)
{
    auto* several = new QPlainTextEdit;
    several->setObjectName(QLatin1String(name));
    several->setFont(theme::font(theme::FontRole::Mono));
    several->setTabChangesFocus(true);
    several->setMinimumHeight(kTextHeight);
    return several;
}

} // namespace

RunDialog::RunDialog(const models::ImageModel& images, const models::ContainerModel& containers,
    const models::NetworkModel& networks, RunSupport support, QWidget* parent)
    : Dialog(parent)
    , m_containers(containers)
    , m_support(support)
    , m_form(new QVBoxLayout)
    , m_image(new QComboBox)
    , m_name(edit("runName"))
    , m_command(edit("runCommand"))
    , m_workingDirectory(edit("runWorkingDirectory"))
    , m_user(edit("runUser"))
    , m_ports(text("runPorts"))
    , m_mounts(text("runMounts"))
    , m_environment(text("runEnvironment"))
    , m_network(new QComboBox)
    , m_restart(new QComboBox)
    , m_memory(new QDoubleSpinBox)
    , m_cpus(new QDoubleSpinBox)
    , m_pids(new QSpinBox)
    , m_tty(new QCheckBox)
    , m_stdin(new QCheckBox)
    , m_removesItself(new QCheckBox)
    , m_starts(new QCheckBox)
    , m_docker(text("runDockerCommand"))
    , m_copy(new IconButton(QStringLiteral("copy")))
    , m_dockerLabel(new TextLabel(theme::FontRole::Body, TextColor::Text2))
{
    setObjectName(QStringLiteral("runDialog"));
    nameInputs();
    m_image->setEditable(true);
    m_image->setInsertPolicy(QComboBox::NoInsert);
    m_image->addItems(images.suggestions());
    m_image->setCurrentIndex(-1);
    m_image->completer()->setFilterMode(Qt::MatchContains);
    m_image->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_starts->setChecked(true);

    auto* inside = new QWidget;
    inside->setLayout(m_form);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setSpacing(12);
    auto* scroll = new QScrollArea;
    scroll->setProperty("flatTable", true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setWidget(inside);
    inside->setAutoFillBackground(false); // setWidget has switched it on
    content()->addWidget(scroll, 1);
    buildFields();
    buildConnections(networks);
    buildLimits();
    buildCommand();
    connect(&containers, &QAbstractItemModel::rowsInserted, this, &RunDialog::validate);
    connect(&containers, &QAbstractItemModel::rowsRemoved, this, &RunDialog::validate);
    connect(primary(), &QPushButton::clicked, this, [this] {
        setBusy(true);
        emit createRequested(request(), m_starts->isChecked());
    });
    retranslate();
    const int room = parent ? parent->height() - 48 : kBestHeight;
    resize(kBestWidth, std::min(kBestHeight, room));
}

void RunDialog::nameInputs()
{
    m_image->setObjectName(QStringLiteral("runImage"));
    m_network->setObjectName(QStringLiteral("runNetwork"));
    m_restart->setObjectName(QStringLiteral("runRestart"));
    m_starts->setObjectName(QStringLiteral("runStarts"));
    m_removesItself->setObjectName(QStringLiteral("runRemovesItself"));
    m_tty->setObjectName(QStringLiteral("runTty"));
    m_stdin->setObjectName(QStringLiteral("runStdin"));
}

void RunDialog::buildFields()
{
    m_imageField = new Field(m_image);
    m_nameField = new Field(m_name);
    m_commandField = new Field(m_command);
    m_workingDirectoryField = new Field(m_workingDirectory);
    m_userField = new Field(m_user);
    m_portsField = new Field(m_ports);
    m_mountsField = new Field(m_mounts);
    m_environmentField = new Field(m_environment);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(12);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->addWidget(m_imageField, 0, 0);
    grid->addWidget(m_nameField, 0, 1);
    grid->addWidget(m_commandField, 1, 0, 1, 2);
    grid->addWidget(m_portsField, 2, 0, 1, m_support.hasVolumes ? 1 : 2);
    if (m_support.hasVolumes)
        grid->addWidget(
            m_mountsField, 2, m_support.hasNetworks ? 1 : 0, 1, m_support.hasNetworks ? 1 : 2);
    else
        m_mountsField->setParent(this); // hidden, so that request() can read it all the same
    grid->addWidget(m_environmentField, 3, 0, 1, 2);
    grid->addWidget(m_workingDirectoryField, 4, 0);
    grid->addWidget(m_userField, 4, 1);
    m_form->addLayout(grid, 1);
    m_portsField->setVisible(m_support.hasNetworks);
    m_mountsField->setVisible(m_support.hasVolumes);
    for (QLineEdit* line : { m_name, m_command, m_workingDirectory, m_user })
        connect(line, &QLineEdit::textChanged, this, &RunDialog::validate);
    connect(m_image, &QComboBox::currentTextChanged, this, &RunDialog::validate);
    for (QPlainTextEdit* several : { m_ports, m_mounts, m_environment })
        connect(several, &QPlainTextEdit::textChanged, this, &RunDialog::validate);
}

void RunDialog::buildConnections(const models::NetworkModel& networks)
{
    m_network->addItem(QString(), QString());
    for (const QString& name : networks.names())
        m_network->addItem(name, name);
    // The words of the Engine API, HostConfig.RestartPolicy.
    for (const char* policy : { "", "on-failure", "unless-stopped", "always" })
        m_restart->addItem(QString(), QString::fromLatin1(policy));
    m_networkField = new Field(m_network);
    m_restartField = new Field(m_restart);
    m_networkField->setVisible(m_support.hasNetworks);
    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    row->addWidget(m_networkField, 1);
    row->addWidget(m_restartField, 1);
    m_form->addLayout(row);
    for (QComboBox* box : { m_network, m_restart })
        connect(box, &QComboBox::currentIndexChanged, this, &RunDialog::validate);
}

void RunDialog::buildLimits()
{
    m_memory->setObjectName(QStringLiteral("runMemory"));
    m_memory->setRange(0, 1024 * 1024);
    m_memory->setDecimals(0);
    m_memory->setSingleStep(64);
    m_cpus->setObjectName(QStringLiteral("runCpus"));
    m_cpus->setRange(0, std::max(1U, std::thread::hardware_concurrency()));
    m_cpus->setDecimals(2);
    m_cpus->setSingleStep(0.25);
    m_pids->setObjectName(QStringLiteral("runPids"));
    m_pids->setRange(0, 4'194'304);
    m_pids->setSingleStep(50);
    m_memoryField = new Field(m_memory);
    m_cpusField = new Field(m_cpus);
    m_pidsField = new Field(m_pids);
    auto* limits = new QHBoxLayout;
    limits->setSpacing(16);
    for (Field* field : { m_memoryField, m_cpusField, m_pidsField })
        limits->addWidget(field, 1);
    m_form->addLayout(limits);
    auto* flags = new QHBoxLayout;
    flags->setSpacing(16);
    for (QCheckBox* box : { m_tty, m_stdin, m_removesItself, m_starts }) {
        flags->addWidget(box);
        connect(box, &QCheckBox::toggled, this, &RunDialog::validate);
    }
    flags->addStretch(1);
    m_form->addLayout(flags);
    for (QDoubleSpinBox* box : { m_memory, m_cpus })
        connect(box, &QDoubleSpinBox::valueChanged, this, &RunDialog::validate);
    connect(m_pids, &QSpinBox::valueChanged, this, &RunDialog::validate);
}

void RunDialog::buildCommand()
{
    m_docker->setReadOnly(true);
    m_docker->setFixedHeight(kTextHeight);
    auto* head = new QHBoxLayout;
    head->addWidget(m_dockerLabel);
    head->addStretch(1);
    head->addWidget(m_copy);
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(m_docker);
    content()->addLayout(column);
    m_dockerLabel->setBuddy(m_docker);
    connect(m_copy, &IconButton::clicked, this,
        [this] { QApplication::clipboard()->setText(m_docker->toPlainText()); });
}

void RunDialog::setImage(const QString& reference)
{
    m_image->setCurrentText(reference);
    m_name->setFocus();
}

client::CreateContainerRequest RunDialog::request() const
{
    client::CreateContainerRequest request;
    request.image = m_image->currentText().trimmed();
    request.name = m_name->text().trimmed();
    request.command = actions::splitCommand(m_command->text()).value_or(QStringList());
    request.workingDirectory = m_workingDirectory->text().trimmed();
    request.user = m_user->text().trimmed();
    request.environment = actions::parseEnvironment(m_environment->toPlainText()).entries;
    fillRequestOptions(request);
    return request;
}

void RunDialog::fillRequestOptions(client::CreateContainerRequest& request) const
{
    if (m_support.hasNetworks) {
        request.ports = actions::parsePorts(m_ports->toPlainText()).entries;
        request.networkMode = m_network->currentData().toString();
    }
    if (m_support.hasVolumes)
        request.mounts = actions::parseMounts(m_mounts->toPlainText()).entries;
    request.restartPolicy = m_restart->currentData().toString();
    request.hasTty = m_tty->isChecked();
    request.opensStdin = m_stdin->isChecked();
    request.removesItself = m_removesItself->isChecked();
    if (m_memory->value() > 0)
        request.limits.memoryBytes = qint64(m_memory->value() * kMebibyte);
    if (m_cpus->value() > 0)
        request.limits.cpuCores = m_cpus->value();
    if (m_pids->value() > 0)
        request.limits.pids = m_pids->value();
}

bool RunDialog::isNameTaken(const QString& name) const
{
    for (int row = 0; row < m_containers.rowCount(); ++row)
        if (m_containers.row(row).summary.name == name)
            return true;
    return false;
}

QString RunDialog::nameComplaint() const
{
    const QString name = m_name->text().trimmed();
    if (name.isEmpty())
        return {};
    if (!actions::isValidContainerName(name))
        return tr("Two or more letters, digits, “_”, “.” or “-”, the first a letter or digit");
    return isNameTaken(name) ? tr("A container named “%1” exists already").arg(name) : QString();
}

void RunDialog::validate()
{
    m_nameField->setComplaint(nameComplaint());
    m_commandField->setComplaint(
        actions::splitCommand(m_command->text()) ? QString() : tr("A quote is not closed"));
    const auto environment = actions::parseEnvironment(m_environment->toPlainText());
    m_environmentField->setComplaint(environment.badLine.isEmpty()
            ? QString()
            : tr("“%1” is not of the form NAME=value").arg(environment.badLine));
    const auto notOfForm = [](const QString& line, const QString& form) {
        return line.isEmpty() ? QString() : tr("“%1” is not of the form %2").arg(line, form);
    };
    m_portsField->setComplaint(notOfForm(actions::parsePorts(m_ports->toPlainText()).badLine,
        QStringLiteral("[[IP:]HOST:]PORT[/udp]")));
    m_mountsField->setComplaint(notOfForm(actions::parseMounts(m_mounts->toPlainText()).badLine,
        QStringLiteral("SOURCE:/PATH[:ro]")));
    const bool isTorn = m_removesItself->isChecked() && m_restart->currentIndex() > 0;
    m_restartField->setComplaint(
        isTorn ? tr("Does not go together with “Remove when it exits”") : QString());
    const QString directory = m_workingDirectory->text().trimmed();
    m_workingDirectoryField->setComplaint(
        directory.isEmpty() || directory.startsWith(QLatin1Char('/')) ? QString()
                                                                      : tr("Starts with “/”"));
    const bool isTooSmall = m_memory->value() > 0 && m_memory->value() < kMinMemoryMebibytes;
    m_memoryField->setComplaint(isTooSmall ? tr("At least 6 MiB") : QString());
    m_docker->setPlainText(actions::dockerRunCommand(request()));
    primary()->setText(m_starts->isChecked() ? tr("Run") : tr("Create"));
    setObstacle(obstacle());
}

QString RunDialog::obstacle() const
{
    if (m_image->currentText().trimmed().isEmpty())
        return tr("Choose an image");
    return hasComplaint() ? tr("A field needs attention") : QString();
}

bool RunDialog::hasComplaint() const
{
    for (const Field* field : { m_nameField, m_commandField, m_portsField, m_mountsField,
             m_environmentField, m_workingDirectoryField, m_restartField, m_memoryField })
        if (field->hasComplaint())
            return true;
    return false;
}

void RunDialog::retranslate()
{
    setHeading(tr("New container"));
    m_imageField->setLabel(tr("Image"));
    m_image->lineEdit()->setPlaceholderText(tr("Choose one or type its name"));
    m_nameField->setLabel(tr("Name"));
    m_name->setPlaceholderText(tr("Made up by the engine"));
    m_commandField->setLabel(tr("Command"));
    m_command->setPlaceholderText(tr("As the image says"));
    m_workingDirectoryField->setLabel(tr("Working directory"));
    m_workingDirectory->setPlaceholderText(tr("As the image says"));
    m_userField->setLabel(tr("User"));
    m_user->setPlaceholderText(tr("As the image says"));
    m_portsField->setLabel(tr("Ports"));
    m_ports->setPlaceholderText(tr("8080:80, one a line"));
    m_mountsField->setLabel(tr("Volumes and folders"));
    m_mounts->setPlaceholderText(tr("data:/var/lib/data, one a line"));
    m_networkField->setLabel(tr("Network"));
    m_network->setItemText(0, tr("Default"));
    m_restartField->setLabel(tr("Restart"));
    m_restart->setItemText(0, tr("Never", "restart policy"));
    m_restart->setItemText(1, tr("When it fails", "restart policy"));
    m_restart->setItemText(2, tr("Unless it was stopped", "restart policy"));
    m_restart->setItemText(3, tr("Always", "restart policy"));
    m_environmentField->setLabel(tr("Environment"));
    m_environment->setPlaceholderText(tr("NAME=value, one a line; paste an env file"));
    m_memoryField->setLabel(tr("Memory limit"));
    m_memory->setSuffix(QStringLiteral(" MiB"));
    m_cpusField->setLabel(tr("CPU limit"));
    m_cpus->setSuffix(tr(" cores"));
    m_pidsField->setLabel(tr("Process limit"));
    for (QAbstractSpinBox* box :
        std::initializer_list<QAbstractSpinBox*> { m_memory, m_cpus, m_pids })
        box->setSpecialValueText(tr("No limit"));
    m_tty->setText(tr("Terminal"));
    m_stdin->setText(tr("Keep input open"));
    m_removesItself->setText(tr("Remove when it exits"));
    m_starts->setText(tr("Start it"));
    m_dockerLabel->setText(tr("The same as a command"));
    m_copy->setName(tr("Copy command"));
    validate();
}

} // namespace portlight::views
