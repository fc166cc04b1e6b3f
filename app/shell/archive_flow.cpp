#include "app/shell/archive_flow.h"

#include "app/shell/engine_session.h"
#include "app/shell/settings.h"
#include "app/views/dialogs/export_dialog.h"
#include "app/views/dialogs/pull_dialog.h"
#include "app/views/dialogs/transfer_dialog.h"
#include "app/views/widgets/toast.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

namespace portlight::shell {

ArchiveFlow::ArchiveFlow(
    EngineSession& session, Settings& settings, views::Toast& toast, QWidget& window)
    : QObject(&window)
    , m_session(session)
    , m_settings(settings)
    , m_toast(toast)
    , m_window(window)
{
    connect(&session.archives, &actions::ArchiveTasks::imported, this,
        [this](int, const QStringList& images) { onImported(images, tr("Imported %1")); });
    connect(&session.archives, &actions::ArchiveTasks::exported, this,
        [this](int, const QString& path) {
            m_toast.showMessage(tr("Exported to %1").arg(QDir::toNativeSeparators(path)));
        });
    connect(&session.pulls, &actions::PullTasks::pulled, this,
        [this](int, const QString& reference) { onImported({ reference }, tr("Pulled %1")); });
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        if (!m_waiting.isEmpty())
            import(std::exchange(m_waiting, {}));
    });
}

void ArchiveFlow::askAndImport()
{
    askForFiles(tr("Import image archives"), [this](const QStringList& paths) { import(paths); });
}

void ArchiveFlow::askAndOpen()
{
    askForFiles(tr("Open an image archive"),
        [this](const QStringList& paths) { emit openRequested(paths); });
}

void ArchiveFlow::askForFiles(
    const QString& title, const std::function<void(const QStringList&)>& done)
{
    auto* dialog = new QFileDialog(&m_window, title);
    dialog->setObjectName(QStringLiteral("importFileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setDirectory(m_settings.lastDirectory());
    dialog->setNameFilters(
        { tr("Image archives (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz)"), tr("All files (*)") });
    // So that a program that drives the window from outside can use the dialog too.
    if (qEnvironmentVariableIsSet("PORTLIGHT_NO_NATIVE_DIALOGS"))
        dialog->setOption(QFileDialog::DontUseNativeDialog);
    connect(dialog, &QFileDialog::filesSelected, this, [this, done](const QStringList& paths) {
        m_settings.setLastDirectory(QFileInfo(paths.constFirst()).absolutePath());
        done(paths);
    });
    dialog->open();
}

void ArchiveFlow::import(const QStringList& paths)
{
    if (!m_session.connection.isRunning()) {
        m_waiting += paths;
        m_toast.showMessage(tr("The import begins when the engine answers."));
        return;
    }
    QList<int> ids;
    for (const QString& path : paths)
        ids.append(m_session.archives.importArchive(path));
    if (!ids.isEmpty())
        showProgress(ids);
}

void ArchiveFlow::askAndPull()
{
    auto* dialog = new views::PullDialog(&m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &views::PullDialog::pullRequested, this,
        [this](const QString& reference) { showProgress({ m_session.pulls.pull(reference) }); });
    dialog->open();
}

void ArchiveFlow::askAndExport(const QStringList& imageIds)
{
    if (!imageIds.isEmpty())
        askForExport(imageIds, true);
}

void ArchiveFlow::askAndExportAny()
{
    askForExport({}, false);
}

void ArchiveFlow::askForExport(const QStringList& imageIds, bool showsProgress)
{
    const QString path = QDir(m_settings.lastDirectory())
                             .filePath(m_session.imageActions.suggestedFileName(imageIds));
    auto* dialog = new views::ExportDialog(m_session.imageActions.exportReferences(imageIds),
        m_session.images.suggestions(), path, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &views::ExportDialog::exportRequested, this,
        [this, showsProgress](const client::ExportOrder& order) {
            m_settings.setLastDirectory(QFileInfo(order.path).absolutePath());
            const int task = m_session.archives.exportImages(order);
            if (showsProgress)
                showProgress({ task });
        });
    dialog->open();
}

void ArchiveFlow::showProgress(const QList<int>& taskIds)
{
    auto* dialog = new views::TransferDialog(m_session.tasks, taskIds, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void ArchiveFlow::onImported(const QStringList& images, const QString& text)
{
    if (images.isEmpty())
        return;
    const QString first = images.constFirst();
    m_toast.showMessage(text.arg(images.join(QStringLiteral(", "))), tr("Run…"),
        [this, first] { emit runRequested(first); });
}

} // namespace portlight::shell
