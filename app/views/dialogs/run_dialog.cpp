#include "app/views/dialogs/run_dialog.h"

#include "app/actions/docker_command.h"
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
#include <QSpinBox>

#include <thread>

namespace portlight::views {

namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;
/// The engine refuses less: a process needs about this to start at all.
constexpr double kMinMemoryMebibytes = 6;

// A line edit that is named for tests and screen readers alike.
QLineEdit* edit(const char* name)
{
    auto* line = new QLineEdit;
    line->setObjectName(QLatin1String(name));
    return line;
}

} // namespace

RunDialog::RunDialog(
    const models::ImageModel& images, const models::ContainerModel& containers, QWidget* parent)
    : Dialog(parent)
    , m_containers(containers)
    , m_image(new QComboBox)
    , m_name(edit("runName"))
    , m_command(edit("runCommand"))
    , m_workingDirectory(edit("runWorkingDirectory"))
    , m_user(edit("runUser"))
    , m_environment(new QPlainTextEdit)
    , m_memory(new QDoubleSpinBox)
    , m_cpus(new QDoubleSpinBox)
    , m_pids(new QSpinBox)
    , m_tty(new QCheckBox)
    , m_stdin(new QCheckBox)
    , m_removesItself(new QCheckBox)
    , m_starts(new QCheckBox)
    , m_docker(new QPlainTextEdit)
    , m_copy(new IconButton(QStringLiteral("copy")))
    , m_dockerLabel(new TextLabel(theme::FontRole::Body, TextColor::Text2))
{
    setObjectName(QStringLiteral("runDialog"));
    m_image->setObjectName(QStringLiteral("runImage"));
    m_image->setEditable(true);
    m_image->setInsertPolicy(QComboBox::NoInsert);
    m_image->addItems(images.suggestions());
    m_image->setCurrentIndex(-1);
    m_image->completer()->setFilterMode(Qt::MatchContains);
    m_image->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_environment->setObjectName(QStringLiteral("runEnvironment"));
    m_docker->setObjectName(QStringLiteral("runDockerCommand"));
    m_starts->setObjectName(QStringLiteral("runStarts"));
    m_removesItself->setObjectName(QStringLiteral("runRemovesItself"));
    m_tty->setObjectName(QStringLiteral("runTty"));
    m_stdin->setObjectName(QStringLiteral("runStdin"));
    m_starts->setChecked(true);
    resize(720, 640);
    buildFields();
    buildLimits();
    buildCommand();
    connect(&containers, &QAbstractItemModel::rowsInserted, this, &RunDialog::validate);
    connect(&containers, &QAbstractItemModel::rowsRemoved, this, &RunDialog::validate);
    connect(primary(), &QPushButton::clicked, this, [this] {
        setBusy(true);
        emit createRequested(request(), m_starts->isChecked());
    });
    retranslate();
}

void RunDialog::buildFields()
{
    m_imageField = new Field(m_image);
    m_nameField = new Field(m_name);
    m_commandField = new Field(m_command);
    m_workingDirectoryField = new Field(m_workingDirectory);
    m_userField = new Field(m_user);
    m_environmentField = new Field(m_environment);
    for (QPlainTextEdit* text : { m_environment, m_docker }) {
        text->setFont(theme::font(theme::FontRole::Mono));
        text->setTabChangesFocus(true);
    }
    m_environment->setMinimumHeight(72);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(12);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->addWidget(m_imageField, 0, 0);
    grid->addWidget(m_nameField, 0, 1);
    grid->addWidget(m_commandField, 1, 0, 1, 2);
    grid->addWidget(m_workingDirectoryField, 2, 0);
    grid->addWidget(m_userField, 2, 1);
    grid->addWidget(m_environmentField, 3, 0, 1, 2);
    content()->addLayout(grid, 1);
    for (QLineEdit* line : { m_name, m_command, m_workingDirectory, m_user })
        connect(line, &QLineEdit::textChanged, this, &RunDialog::validate);
    connect(m_image, &QComboBox::currentTextChanged, this, &RunDialog::validate);
    connect(m_environment, &QPlainTextEdit::textChanged, this, &RunDialog::validate);
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
    content()->addLayout(limits);
    auto* flags = new QHBoxLayout;
    flags->setSpacing(16);
    for (QCheckBox* box : { m_tty, m_stdin, m_removesItself, m_starts }) {
        flags->addWidget(box);
        connect(box, &QCheckBox::toggled, this, &RunDialog::validate);
    }
    flags->addStretch(1);
    content()->addLayout(flags);
    for (QDoubleSpinBox* box : { m_memory, m_cpus })
        connect(box, &QDoubleSpinBox::valueChanged, this, &RunDialog::validate);
    connect(m_pids, &QSpinBox::valueChanged, this, &RunDialog::validate);
}

void RunDialog::buildCommand()
{
    m_docker->setReadOnly(true);
    m_docker->setFixedHeight(64);
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
    request.hasTty = m_tty->isChecked();
    request.opensStdin = m_stdin->isChecked();
    request.removesItself = m_removesItself->isChecked();
    if (m_memory->value() > 0)
        request.limits.memoryBytes = qint64(m_memory->value() * kMebibyte);
    if (m_cpus->value() > 0)
        request.limits.cpuCores = m_cpus->value();
    if (m_pids->value() > 0)
        request.limits.pids = m_pids->value();
    return request;
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
    for (const Field* field :
        { m_nameField, m_commandField, m_environmentField, m_workingDirectoryField, m_memoryField })
        if (field->hasComplaint())
            return tr("A field needs attention");
    return {};
}

void RunDialog::retranslate()
{
    setHeading(tr("New container"));
    m_imageField->setLabel(tr("Image"));
    m_nameField->setLabel(tr("Name"));
    m_name->setPlaceholderText(tr("Made up by the engine"));
    m_commandField->setLabel(tr("Command"));
    m_command->setPlaceholderText(tr("As the image says"));
    m_workingDirectoryField->setLabel(tr("Working directory"));
    m_workingDirectory->setPlaceholderText(tr("As the image says"));
    m_userField->setLabel(tr("User"));
    m_user->setPlaceholderText(tr("As the image says"));
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
