#pragma once

#include "app/client/request_handle.h"
#include "app/models/recent_archives.h"

#include <QHash>
#include <QObject>
#include <QStringList>

namespace portlight::views {
class ArchivesPage;
} // namespace portlight::views

namespace portlight::shell {

class EngineSession;
class Settings;

/// Joins the Archives page to the engine: looks into archives, imports what was ticked, keeps the
/// list of recent ones.
class ArchivePresenter : public QObject {
    Q_OBJECT

public:
    /// All must outlive it.
    ArchivePresenter(EngineSession& session, Settings& settings, models::RecentArchives& recent,
        views::ArchivesPage& page);

    /// Looks into the first of @p paths, at once or as soon as the engine answers; the others are
    /// put on the list of recent archives.
    void open(const QStringList& paths);

private:
    void inspect();
    void readLayer(const QString& member);
    void import(const QStringList& imageIds, qint64 expectedBytes);

    EngineSession& m_session;
    models::RecentArchives& m_recent;
    views::ArchivesPage& m_page;
    QString m_path;
    bool m_isWaiting = false; ///< for the engine
    client::RequestHandle m_inspection;
    struct Import {
        QString path;
        QStringList ids;
    };
    QHash<int, Import> m_imports; ///< by task
};

} // namespace portlight::shell
