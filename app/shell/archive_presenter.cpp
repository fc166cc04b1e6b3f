#include "app/shell/archive_presenter.h"

#include "app/shell/engine_session.h"
#include "app/shell/settings.h"
#include "app/views/archive/archive_inspector.h"
#include "app/views/pages/archives_page.h"

#include <QFileInfo>

namespace portlight::shell {

using models::RecentArchives;
using views::ArchivesPage;

ArchivePresenter::ArchivePresenter(
    EngineSession& session, Settings& settings, RecentArchives& recent, ArchivesPage& page)
    : QObject(&page)
    , m_session(session)
    , m_recent(recent)
    , m_page(page)
{
    recent.restore(settings.recentArchives());
    connect(&recent, &RecentArchives::changed, this,
        [&settings, &recent] { settings.setRecentArchives(recent.save()); });
    connect(
        &page, &ArchivesPage::archiveChosen, this, [this](const QString& path) { open({ path }); });
    connect(&page, &ArchivesPage::forgetRequested, &recent, &RecentArchives::remove);
    connect(&page, &ArchivesPage::readingCancelled, this, [this] {
        m_inspection.cancel();
        m_isWaiting = false;
        m_path.clear();
    });
    connect(&page, &ArchivesPage::importWholeRequested, this,
        [this](const QString& path) { m_session.archives.importArchive(path); });
    views::ArchiveInspector& inspector = page.inspector();
    connect(&inspector, &views::ArchiveInspector::importRequested, this, &ArchivePresenter::import);
    connect(
        &inspector, &views::ArchiveInspector::layerRequested, this, &ArchivePresenter::readLayer);
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        if (m_isWaiting)
            inspect();
    });
    connect(&session.archives, &actions::ArchiveTasks::exported, this,
        [this](int, const QString& path) { m_recent.add(path, RecentArchives::Use::Exported); });
    connect(&session.archives, &actions::ArchiveTasks::imported, this, [this](int id) {
        const auto done = m_imports.constFind(id);
        if (done == m_imports.constEnd())
            return;
        m_recent.add(done->path, RecentArchives::Use::Imported);
        if (done->path == m_path)
            m_page.inspector().markImported(done->ids);
        m_imports.erase(done);
    });
}

void ArchivePresenter::open(const QStringList& paths)
{
    if (paths.isEmpty())
        return;
    for (auto path = paths.rbegin(); path != paths.rend(); ++path)
        m_recent.add(*path, RecentArchives::Use::Opened);
    m_inspection.cancel();
    m_path = paths.constFirst();
    m_page.showReading(m_path);
    m_isWaiting = !m_session.connection.isRunning();
    if (!m_isWaiting)
        inspect();
}

void ArchivePresenter::inspect()
{
    m_isWaiting = false;
    m_inspection = m_session.client.inspectArchive(
        m_path, this, [this, path = m_path](client::Expected<client::ArchiveReport> report) {
            if (report) {
                m_page.showArchive(path, *report);
                return;
            }
            m_page.showFailure(path, report.error());
            // Away, the engine may come back and answer then.
            m_isWaiting = report.error().cause == client::ApiError::Cause::Unreachable;
        });
}

void ArchivePresenter::readLayer(const QString& member)
{
    m_session.client.archiveLayer(
        m_path, member, this, [this, member](client::Expected<client::FileListing> files) {
            if (files)
                m_page.inspector().setLayerFiles(member, *files);
            else
                m_page.inspector().setLayerFailed(member, files.error().message);
        });
}

void ArchivePresenter::import(const QStringList& imageIds, qint64 expectedBytes)
{
    const int id = m_session.archives.importPath(m_path, imageIds, expectedBytes);
    m_imports.insert(id, { m_path, imageIds });
}

} // namespace portlight::shell
