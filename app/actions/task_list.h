#pragma once

#include <QAbstractListModel>
#include <QDateTime>
#include <QHash>
#include <QStringList>

#include <chrono>
#include <optional>

namespace portlight::actions {

enum class TaskState { Running, Succeeded, Failed, Cancelled };
/// What a task is about, for pages that show their own only.
enum class TaskKind { General, Archive };

/// One of the pieces that a task moves at the same time, such as a layer.
struct TaskPart {
    QString name;
    QString status; ///< the engine's words
    qint64 bytes = 0;
    qint64 total = 0; ///< 0: not known
};

/// One piece of long work, under way or over.
struct Task {
    int id = 0;
    QString title; ///< "Import nginx.tar"
    TaskKind kind = TaskKind::General;
    TaskState state = TaskState::Running;
    qint64 bytes = 0;
    qint64 total = -1; ///< -1: not known
    double bytesPerSecond = 0; ///< smoothed over a few seconds; 0: not known yet
    std::optional<std::chrono::seconds> remaining;
    QString message; ///< what is being done, or the result, or the error
    QList<TaskPart> parts {}; ///< in the order in which they were first heard of
    QStringList log; ///< the engine's lines, the last 200
    QDateTime started;
    QDateTime ended; ///< invalid while it runs
};

/// Long work of this window, newest first. Ended tasks stay until they are cleared.
class TaskList : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole + 1, ///< int
        TitleRole, ///< QString
        StateRole, ///< int, TaskState
        ProgressRole, ///< double 0–1; -1 when not known
        DetailRole, ///< QString: figure, speed, time left, or the result
        TaskRole ///< const Task* as void*, valid until the next change of the model
    };

    explicit TaskList(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// Null when there is none (any more).
    const Task* find(int id) const;
    int runningCount() const;
    /// Asks the owner of the task to stop; it ends as Cancelled or, when it was too late,
    /// otherwise.
    void cancel(int id);
    void cancelAll();
    /// Removes ended tasks.
    void clearEnded();
    void retranslate();

    // For those who do the work.
    int add(const QString& title, TaskKind kind = TaskKind::General);
    void setProgress(int id, qint64 bytes, qint64 total);
    void setMessage(int id, const QString& message);
    /// Adds the part or brings the one of that name up to date.
    void setPart(int id, const TaskPart& part);
    void appendLog(int id, const QString& line);
    void end(int id, TaskState state, const QString& message);

signals:
    void cancelRequested(int id);
    void taskEnded(int id);
    void runningCountChanged(int count);

private:
    int rowOf(int id) const;
    QString detail(const Task& task) const;
    void changed(int row);

    struct Rate {
        qint64 bytes = 0;
        qint64 timeMs = 0;
    };
    QList<Task> m_tasks;
    QHash<int, QList<Rate>> m_rates; ///< recent progress of running tasks
    int m_nextId = 1;
};

} // namespace portlight::actions
