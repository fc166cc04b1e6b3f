#pragma once

#include "app/models/log_filter.h"

#include <QList>
#include <QObject>
#include <QTimer>

namespace portlight::views {

/// Finds the lines of a log that a query is after, a slice at a time, so that neither a long log
/// nor a slow expression stops the window; keeps on as the log grows.
class LogSearch : public QObject {
    Q_OBJECT

public:
    explicit LogSearch(QObject* parent = nullptr);

    /// @p model must outlive this object or be replaced before.
    void setModel(models::LogModel* model);
    /// Starts from the beginning.
    void setQuery(const models::LogQuery& query);
    const models::LogFilter& filter() const { return m_filter; }

    /// Lines with the needle among those that are shown, ascending.
    const QList<qsizetype>& hits() const { return m_hits; }
    /// The lines that are shown, ascending; null: all of them.
    const QList<qsizetype>* shown() const;
    bool isAtEnd() const;

signals:
    /// Hits and shown lines begin anew.
    void restarted();
    /// More of them may be there.
    void progressed();

private:
    void restart();
    void scan();
    void take(qsizetype line);

    models::LogModel* m_model = nullptr;
    models::LogFilter m_filter;
    QList<qsizetype> m_hits;
    QList<qsizetype> m_shown;
    qsizetype m_next = 0; ///< the first line that was not looked at
    QTimer m_slice;
};

} // namespace portlight::views
