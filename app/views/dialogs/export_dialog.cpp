#include "app/views/dialogs/export_dialog.h"

#include "app/views/dialogs/field.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRadioButton>

namespace portlight::views {

namespace {

struct Method {
    const char* name; ///< as the engine calls it
    const char* ending;
};
constexpr Method kMethods[] = { { "none", ".tar" }, { "gzip", ".tar.gz" }, { "zstd", ".tar.zst" } };

} // namespace

ExportDialog::ExportDialog(const QStringList& references, const QStringList& all,
    const QString& suggestedPath, QWidget* parent)
    : Dialog(parent)
    , m_references(references)
    , m_images(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_choice(new QListWidget)
    , m_path(new QLineEdit(suggestedPath))
    , m_browse(new QPushButton)
    , m_formatLabel(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_docker(new QRadioButton)
    , m_oci(new QRadioButton)
    , m_compression(new QComboBox)
    , m_delta(new QComboBox)
{
    setObjectName(QStringLiteral("exportDialog"));
    m_choice->setObjectName(QStringLiteral("exportChoice"));
    m_path->setObjectName(QStringLiteral("exportPath"));
    m_browse->setObjectName(QStringLiteral("exportBrowse"));
    m_docker->setObjectName(QStringLiteral("exportDocker"));
    m_oci->setObjectName(QStringLiteral("exportOci"));
    m_compression->setObjectName(QStringLiteral("exportCompression"));
    m_delta->setObjectName(QStringLiteral("exportDelta"));
    m_docker->setChecked(true);
    m_images->setWordWrap(true);
    resize(560, 0);
    m_choice->setFixedHeight(140);
    for (const QString& reference : all) {
        auto* item = new QListWidgetItem(reference, m_choice);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Unchecked);
    }
    // Only hidden: shown before it has a parent, it would be a window of its own.
    if (references.isEmpty())
        m_images->hide();
    else
        m_choice->hide();
    for (std::size_t i = 0; i < std::size(kMethods); ++i)
        m_compression->addItem(QString());
    m_delta->addItem(QString());
    for (const QString& reference : all)
        if (!references.contains(reference))
            m_delta->addItem(reference);
    auto* row = new QWidget;
    row->setObjectName(QStringLiteral("exportPathRow"));
    auto* rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins(0, 0, 0, 0);
    rowLayout->setSpacing(8);
    rowLayout->addWidget(m_path, 1);
    rowLayout->addWidget(m_browse);
    row->setFocusProxy(m_path);
    composeForm(row);
    connect(m_browse, &QPushButton::clicked, this, &ExportDialog::browse);
    connect(m_path, &QLineEdit::textChanged, this, &ExportDialog::validate);
    connect(m_choice, &QListWidget::itemChanged, this, &ExportDialog::validate);
    connect(m_compression, &QComboBox::activated, this, &ExportDialog::fitEnding);
    connect(primary(), &QPushButton::clicked, this, [this] {
        emit exportRequested(order());
        accept();
    });
    retranslate();
}

void ExportDialog::composeForm(QWidget* pathRow)
{
    m_pathField = new Field(pathRow);
    m_compressionField = new Field(m_compression);
    m_deltaField = new Field(m_delta);
    for (QWidget* each : std::initializer_list<QWidget*> { m_images, m_choice, m_pathField,
             m_formatLabel, m_docker, m_oci, m_compressionField, m_deltaField })
        content()->addWidget(each);
}

QString ExportDialog::path() const
{
    return m_path->text().trimmed();
}

QStringList ExportDialog::chosen() const
{
    if (!m_references.isEmpty())
        return m_references;
    QStringList ticked;
    for (int row = 0; row < m_choice->count(); ++row)
        if (m_choice->item(row)->checkState() == Qt::Checked)
            ticked.append(m_choice->item(row)->text());
    return ticked;
}

client::ExportOrder ExportDialog::order() const
{
    client::ExportOrder order;
    order.references = chosen();
    order.path = path();
    order.format = m_oci->isChecked() ? client::ArchiveFormat::Oci : client::ArchiveFormat::Docker;
    order.compression = QLatin1String(kMethods[std::size_t(m_compression->currentIndex())].name);
    if (m_delta->currentIndex() > 0)
        order.leftOut.append(m_delta->currentText());
    return order;
}

// The ending says what is inside; one that the user made up stays.
void ExportDialog::fitEnding()
{
    QString text = path();
    for (const Method& method : { kMethods[1], kMethods[2], kMethods[0] })
        if (text.endsWith(QLatin1String(method.ending))) {
            text.chop(qsizetype(qstrlen(method.ending)));
            m_path->setText(
                text + QLatin1String(kMethods[std::size_t(m_compression->currentIndex())].ending));
            return;
        }
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
    const int count = int(chosen().size());
    setHeading(count == 0 ? tr("Export images") : tr("Export %n images", nullptr, count));
    setObstacle(count == 0 ? tr("Tick an image first") : complaint);
}

void ExportDialog::retranslate()
{
    m_images->setText(m_references.join(QStringLiteral(", ")));
    m_choice->setAccessibleName(tr("Images to export"));
    m_pathField->setLabel(tr("File"));
    m_path->setAccessibleName(tr("File"));
    m_browse->setText(tr("Browse…"));
    m_formatLabel->setText(tr("Format"));
    m_docker->setText(tr("Docker archive (docker load, podman, skopeo)"));
    m_oci->setText(tr("OCI archive (OCI image layout)"));
    m_compressionField->setLabel(tr("Compression"));
    m_compression->setAccessibleName(tr("Compression"));
    m_compression->setItemText(0, tr("None"));
    m_compression->setItemText(1, tr("gzip: every program reads it"));
    m_compression->setItemText(2, tr("zstd: smaller and much faster"));
    m_deltaField->setLabel(tr("The receiver has"));
    m_delta->setAccessibleName(tr("The receiver has"));
    m_delta->setItemText(0, tr("Nothing of it: write all layers"));
    m_deltaField->setHelp(
        tr("The layers of that image are left out: smaller, but of use only there."));
    primary()->setText(tr("Export", "button"));
    validate();
}

} // namespace portlight::views
