#pragma once

#include "app/actions/task_list.h"
#include "app/client/types/api_error.h"
#include "app/client/types/archive_report.h"
#include "app/models/recent_archives.h"
#include "app/views/pages/engine_notice.h"

#include <QWidget>

class QListView;
class QPushButton;
class QStackedLayout;

namespace portlight::views {

class ArchiveInspector;
class StatePage;
class TaskPanel;
class TextLabel;

struct ArchivesPageActions {
    QAction* open;
    QAction* exportImages;
};

/// Image archives in and out: the recent ones at the left, what is in the one that is open, and
/// below them imports and exports under way.
class ArchivesPage : public QWidget {
    Q_OBJECT

public:
    enum class State { Empty, Reading, Content, Failed, EngineAway };

    /// Both models must outlive the page.
    ArchivesPage(actions::TaskList& tasks, models::RecentArchives& recent,
        const ArchivesPageActions& actions, QWidget* parent = nullptr);

    State state() const;
    const QString& path() const { return m_path; }
    ArchiveInspector& inspector() const { return *m_inspector; }

    void setEngine(const EngineNotice& notice);
    void showReading(const QString& path);
    void showArchive(const QString& path, const client::ArchiveReport& report);
    void showFailure(const QString& path, const client::ApiError& error);
    void closeArchive();

signals:
    void archiveChosen(const QString& path);
    void forgetRequested(const QString& path);
    void readingCancelled();
    void importWholeRequested(const QString& path);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeRecent();
    QWidget* makeReading();
    void connectAll();
    void update();
    void updateTasks();
    void retranslate();
    StateContent failure() const;

    actions::TaskList& m_tasks;
    models::RecentArchives& m_recent;
    ArchivesPageActions m_actions;
    EngineNotice m_engine;
    State m_wanted = State::Empty; ///< unless the engine is away
    QString m_path;
    client::ApiError m_error;
    QAction* m_retry;
    QAction* m_importWhole;
    TextLabel* m_title;
    TextLabel* m_recentTitle;
    QListView* m_recentList;
    StatePage* m_statePage;
    TextLabel* m_readingText;
    QPushButton* m_cancelReading;
    QWidget* m_reading;
    ArchiveInspector* m_inspector;
    QStackedLayout* m_content;
    TextLabel* m_tasksTitle;
    TaskPanel* m_taskPanel;
    QWidget* m_taskArea;
};

} // namespace portlight::views
