#include "app/views/log/log_search.h"

#include <QElapsedTimer>

namespace portlight::views {

namespace {

constexpr qint64 kSliceMs = 12;
constexpr qsizetype kLinesBetweenLooks = 256; ///< at the clock

} // namespace

LogSearch::LogSearch(QObject* parent)
    : QObject(parent)
{
    m_slice.setInterval(0);
    connect(&m_slice, &QTimer::timeout, this, &LogSearch::scan);
}

void LogSearch::setModel(models::LogModel* model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (m_model) {
        connect(m_model, &models::LogModel::linesAppended, this, [this] { m_slice.start(); });
        connect(m_model, &models::LogModel::linesDropped, this, &LogSearch::restart);
        connect(m_model, &models::LogModel::cleared, this, &LogSearch::restart);
        connect(m_model, &QObject::destroyed, this, [this] { m_model = nullptr; });
    }
    restart();
}

void LogSearch::setQuery(const models::LogQuery& query)
{
    if (query == m_filter.query())
        return;
    m_filter = models::LogFilter(query);
    restart();
}

const QList<qsizetype>* LogSearch::shown() const
{
    const models::LogQuery& query = m_filter.query();
    if (query.hidesOthers && !query.needle.isEmpty())
        return &m_hits;
    return query.hasFilter() ? &m_shown : nullptr;
}

bool LogSearch::isAtEnd() const
{
    return !m_model || m_next >= m_model->lineCount();
}

void LogSearch::restart()
{
    m_hits.clear();
    m_shown.clear();
    m_next = 0;
    emit restarted();
    scan(); // what fits into a slice is there at once
}

void LogSearch::take(qsizetype line)
{
    const models::LogLine text = m_model->line(line);
    if (!m_filter.passes(text))
        return;
    if (m_filter.query().hasFilter())
        m_shown.append(line);
    if (m_filter.hits(text))
        m_hits.append(line);
}

void LogSearch::scan()
{
    const models::LogQuery& query = m_filter.query();
    if (!m_model || (query.needle.isEmpty() && !query.hasFilter())) {
        m_slice.stop();
        m_next = m_model ? m_model->lineCount() : 0;
        return;
    }
    QElapsedTimer clock;
    clock.start();
    const bool isPlain = !query.isRegex && !query.hasFilter();
    while (m_next < m_model->lineCount() && clock.elapsed() < kSliceMs) {
        if (!isPlain) {
            const qsizetype end = std::min(m_next + kLinesBetweenLooks, m_model->lineCount());
            for (; m_next < end; ++m_next)
                take(m_next);
            continue;
        }
        // The log itself finds bytes much faster than line by line.
        const auto hit = m_model->find(query.needle.toUtf8(), m_next, false, query.sensitivity);
        if (!hit) {
            m_next = m_model->lineCount();
            break;
        }
        m_hits.append(hit->line);
        m_next = hit->line + 1;
    }
    if (isAtEnd())
        m_slice.stop();
    else if (!m_slice.isActive())
        m_slice.start();
    emit progressed();
}

} // namespace portlight::views
