#include "app/views/archive/archive_inspector.h"

#include "app/models/format.h"
#include "app/views/archive/archive_facts.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/chip.h"
#include "app/views/widgets/facts_card.h"
#include "app/views/widgets/text_label.h"
#include "app/views/widgets/tree_view.h"

#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>

namespace portlight::views {

using models::ArchiveModel;
using models::FileTreeModel;

namespace {

enum Tab { SummaryTab, FilesTab, ConfigTab };

} // namespace

ArchiveInspector::ArchiveInspector(QWidget* parent)
    : QWidget(parent)
    , m_name(new ElidedLabel(theme::FontRole::Heading))
    , m_format(new Chip)
    , m_verified(new Chip)
    , m_summary(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_import(new QPushButton)
    , m_tree(new TreeView(
          { ArchiveModel::IconNameRole, ArchiveModel::MonoRole, ArchiveModel::DimRole }))
    , m_tabs(new QTabWidget)
    , m_facts(new FactsCard)
    , m_filesNote(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_fileTree(new TreeView(
          { FileTreeModel::IconNameRole, FileTreeModel::MonoRole, FileTreeModel::DimRole }))
    , m_config(new QPlainTextEdit)
{
    setObjectName(QStringLiteral("archiveInspector"));
    m_tree->setObjectName(QStringLiteral("archiveTree"));
    m_tree->setModel(&m_model);
    m_tree->header()->setSectionResizeMode(ArchiveModel::NameColumn, QHeaderView::Stretch);
    m_tree->header()->resizeSection(ArchiveModel::SizeColumn, 76);
    m_tree->header()->resizeSection(ArchiveModel::StateColumn, 108);
    auto* splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(m_tree);
    splitter->addWidget(makeTabs());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({ 500, 500 });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(makeHead());
    layout->addWidget(splitter, 1);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &ArchiveInspector::showCurrent);
    connect(m_tabs, &QTabWidget::currentChanged, this, &ArchiveInspector::showFiles);
    connect(&m_model, &ArchiveModel::checkedChanged, this, &ArchiveInspector::updateImport);
    connect(m_import, &QPushButton::clicked, this, [this] {
        // All of it is asked for as all, so that images without a difference stay so too.
        const QStringList ids = m_model.checkedIds();
        emit importRequested(ids, m_model.newBytes());
    });
    retranslate();
}

QWidget* ArchiveInspector::makeHead()
{
    m_name->setObjectName(QStringLiteral("archiveName"));
    m_summary->setObjectName(QStringLiteral("archiveSummary"));
    m_import->setObjectName(QStringLiteral("archiveImport"));
    setButtonKind(*m_import, ButtonKind::Primary);
    auto* chips = new QHBoxLayout;
    chips->setSpacing(8);
    chips->addWidget(m_format);
    chips->addWidget(m_verified);
    chips->addStretch(1);
    m_summary->setWordWrap(true);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(6);
    texts->addWidget(m_name);
    texts->addLayout(chips);
    texts->addWidget(m_summary);
    auto* head = new QWidget;
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    layout->addLayout(texts, 1);
    layout->addWidget(m_import, 0, Qt::AlignTop);
    return head;
}

QWidget* ArchiveInspector::makeTabs()
{
    m_tabs->setObjectName(QStringLiteral("archiveTabs"));
    m_fileTree->setObjectName(QStringLiteral("archiveFiles"));
    m_fileTree->setModel(&m_files);
    m_fileTree->applyColumns(FileTreeModel::columnInfo);
    for (const int column : { FileTreeModel::ModeColumn, FileTreeModel::OwnerColumn,
             FileTreeModel::ModifiedColumn }) // no room: they are in the tooltip
        m_fileTree->hideColumn(column);
    m_filesNote->setObjectName(QStringLiteral("archiveFilesNote"));
    m_filesNote->setWordWrap(true);
    m_config->setObjectName(QStringLiteral("archiveConfig"));
    m_config->setReadOnly(true);
    m_config->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_config->setFont(theme::font(theme::FontRole::Mono));
    auto* files = new QWidget;
    auto* layout = new QVBoxLayout(files);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_filesNote);
    layout->addWidget(m_fileTree, 1);
    m_tabs->addTab(m_facts, {});
    m_tabs->addTab(files, {});
    m_tabs->addTab(m_config, {});
    return m_tabs;
}

void ArchiveInspector::show(
    const QString& path, qint64 fileBytes, const client::ArchiveReport& report)
{
    m_path = path;
    m_fileBytes = fileBytes;
    m_member.clear();
    m_shownMember.clear();
    m_files.clear();
    m_model.setReport(report);
    if (report.images.size() == 1)
        m_tree->expandAll();
    m_tree->setCurrentIndex(m_model.index(0, 0));
    retranslate();
}

void ArchiveInspector::markImported(const QStringList& ids)
{
    m_model.markImported(ids);
    updateSummary();
    showCurrent();
}

void ArchiveInspector::showCurrent()
{
    const QModelIndex current = m_tree->currentIndex();
    const client::ArchivedImage* image = m_model.imageOf(current);
    const client::ArchivedLayer* layer = m_model.layerOf(current);
    m_facts->setTitle(layer ? tr("Layer") : tr("Image"));
    m_facts->setFacts(layer ? archivedLayerFacts(*layer)
            : image         ? archivedImageFacts(*image)
                            : QList<Fact>());
    const QString config = image ? QString::fromUtf8(image->details.rawJson) : QString();
    if (config != m_config->toPlainText())
        m_config->setPlainText(config);
    m_member = layer ? layer->member : QString();
    showFiles();
}

void ArchiveInspector::showFiles()
{
    if (m_member.isEmpty()) {
        m_files.clear();
        m_shownMember.clear();
        m_filesNote->setText(
            tr("Choose a layer at the left: its files are read from the archive."));
        m_filesNote->show();
        return;
    }
    if (m_tabs->currentIndex() != FilesTab || m_shownMember == m_member)
        return;
    m_shownMember = m_member;
    m_hiddenFiles = 0;
    m_files.clear();
    m_filesNote->setText(tr("Reading the layer…"));
    m_filesNote->show();
    emit layerRequested(m_member);
}

void ArchiveInspector::setLayerFiles(const QString& member, const client::FileListing& files)
{
    if (member != m_member)
        return;
    m_files.setAll(files.entries);
    m_hiddenFiles = std::max<qint64>(0, files.count - files.entries.size() - 1);
    m_filesNote->setVisible(m_files.isEmpty() || m_hiddenFiles > 0);
    m_filesNote->setText(m_files.isEmpty()
            ? tr("This layer holds no files.")
            : tr("%n more files are not listed.", nullptr, int(m_hiddenFiles)));
    m_fileTree->setCurrentIndex(m_files.index(0, 0));
}

void ArchiveInspector::setLayerFailed(const QString& member, const QString& message)
{
    if (member != m_member)
        return;
    m_shownMember.clear(); // choosing it once more asks again
    m_filesNote->setText(tr("The layer could not be read: %1").arg(message));
    m_filesNote->show();
}

void ArchiveInspector::setObstacle(const QString& reason)
{
    m_obstacle = reason;
    updateImport();
}

void ArchiveInspector::updateImport()
{
    const int all = int(m_model.report().images.size());
    const int chosen = int(m_model.checkedIds().size());
    m_import->setText(chosen == all ? tr("Import all") : tr("Import %n images", nullptr, chosen));
    QString reason = m_obstacle;
    if (reason.isEmpty() && chosen == 0)
        reason = tr("Tick an image first");
    m_import->setEnabled(reason.isEmpty());
    m_import->setToolTip(reason);
    updateSummary();
}

void ArchiveInspector::updateSummary()
{
    namespace format = models::format;
    const qint64 added = m_model.newBytes();
    const QString layers = tr("%n layers", nullptr, m_model.layerCount());
    m_summary->setText(QStringList { tr("%n images", nullptr, int(m_model.report().images.size())),
        tr("%1, %2 of them here already")
            .arg(layers, QLocale().toString(m_model.presentLayerCount())),
        tr("%1 on the disk").arg(format::bytes(m_fileBytes)),
        added > 0 ? tr("the import adds %1").arg(format::bytes(added))
                  : tr("the import adds nothing: all layers are here") }
            .join(QStringLiteral(" · ")));
}

void ArchiveInspector::retranslate()
{
    m_name->setText(QFileInfo(m_path).fileName());
    m_name->setToolTip(QDir::toNativeSeparators(m_path));
    m_format->setStatus(archiveFormatText(m_model.report()), theme::Tone::Info);
    m_verified->setStatus(tr("All digests match"), theme::Tone::Ok);
    m_tree->setAccessibleName(tr("Images and layers of the archive"));
    m_fileTree->setAccessibleName(tr("Files of the layer"));
    m_config->setAccessibleName(tr("Configuration"));
    m_tabs->setTabText(SummaryTab, tr("Summary"));
    m_tabs->setTabText(FilesTab, tr("Files"));
    m_tabs->setTabText(ConfigTab, tr("Configuration"));
    m_model.retranslate();
    m_files.retranslate();
    updateImport();
    showCurrent();
}

void ArchiveInspector::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
