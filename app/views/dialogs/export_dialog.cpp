#include "app/views/dialogs/export_dialog.h"

#include "app/views/dialogs/field.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>

namespace portlight::views {

ExportDialog::ExportDialog(
    const QStringList& references, const QString& suggestedPath, QWidget* parent)
    : Dialog(parent)
    , m_references(references)
    , m_images(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_path(new QLineEdit(suggestedPath))
    , m_browse(new QPushButton)
    , m_formatLabel(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_docker(new QRadioButton)
    , m_oci(new QRadioButton)
{
    setObjectName(QStringLiteral("exportDialog"));
    m_path->setObjectName(QStringLiteral("exportPath"));
    m_browse->setObjectName(QStringLiteral("exportBrowse"));
    m_docker->setObjectName(QStringLiteral("exportDocker"));
    m_oci->setObjectName(QStringLiteral("exportOci"));
    m_docker->setChecked(true);
    m_images->setWordWrap(true);
    resize(560, 0);
    auto* row = new QWidget;
    row->setObjectName(QStringLiteral("exportPathRow"));
    auto* rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins(0, 0, 0, 0);
    rowLayout->setSpacing(8);
    rowLayout->addWidget(m_path, 1);
    rowLayout->addWidget(m_browse);
    row->setFocusProxy(m_path);
    m_pathField = new Field(row);
    content()->addWidget(m_images);
    content()->addWidget(m_pathField);
    content()->addWidget(m_formatLabel);
    content()->addWidget(m_docker);
    content()->addWidget(m_oci);
    connect(m_browse, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(m_path, &QLineEdit::textChanged, this, &ExportDialog::validate);
    connect(primary(), &QPushButton::clicked, this, [this] {
        emit exportRequested(path(), format());
        accept();
    });
    retranslate();
}

QString ExportDialog::path() const
{
    return m_path->text().trimmed();
}

client::ArchiveFormat ExportDialog::format() const
{
    return m_oci->isChecked() ? client::ArchiveFormat::Oci : client::ArchiveFormat::Docker;
}

void ExportDialog::browse()
{
    auto* dialog = new QFileDialog(this, tr("Export to"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDirectory(QFileInfo(path()).absolutePath());
    dialog->selectFile(QFileInfo(path()).fileName());
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

void ExportDialog::validate()
{
    const QFileInfo file(path());
    const QFileInfo directory(file.absolutePath());
    QString complaint;
    QString help;
    if (path().isEmpty() || file.isRelative())
        complaint = tr("Name a file with its whole path");
    else if (file.isDir())
        complaint = tr("This is a folder: name a file in it");
    else if (!directory.isDir())
        complaint = tr("The folder %1 does not exist").arg(directory.filePath());
    else if (!directory.isWritable())
        complaint = tr("No permission to write into %1").arg(directory.filePath());
    else if (file.exists())
        help = tr("The file exists and will be replaced when the export is complete");
    m_pathField->setHelp(help);
    m_pathField->setComplaint(complaint);
    setObstacle(complaint);
}

void ExportDialog::retranslate()
{
    const int count = int(m_references.size());
    setHeading(tr("Export %n images", nullptr, count));
    m_images->setText(m_references.join(QStringLiteral(", ")));
    m_pathField->setLabel(tr("File"));
    m_path->setAccessibleName(tr("File"));
    m_browse->setText(tr("Browse…"));
    m_formatLabel->setText(tr("Format"));
    m_docker->setText(tr("Docker archive (docker load, podman, skopeo)"));
    m_oci->setText(tr("OCI archive (OCI image layout)"));
    primary()->setText(tr("Export", "button"));
    validate();
}

} // namespace portlight::views
