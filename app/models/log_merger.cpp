#include "app/models/log_merger.h"

#include "app/models/log_time.h"

#include <utility>

namespace portlight::models {

namespace {

constexpr int kFlushMs = 30;
/// After so long without a byte a log has told what it has.
constexpr int kSilentMs = 250;
constexpr qsizetype kLongestLine = 1024 * 1024;

} // namespace

LogMerger::LogMerger(LogModel& model, QObject* parent)
    : QObject(parent)
    , m_model(model)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &LogMerger::flush);
}

void LogMerger::start(int count)
{
    m_timer.stop();
    m_logs.clear();
    m_logs.resize(std::size_t(count));
    for (Log& log : m_logs)
        log.silence.start();
    m_waitingBytes = 0;
    m_model.clear();
}

void LogMerger::addLine(Log& log, QByteArrayView text, client::LogSource source)
{
    if (text.endsWith('\r'))
        text = text.chopped(1);
    if (const qint64 time = takeLogTime(text); time > 0)
        log.lastMs = std::max(log.lastMs, time);
    log.lines.push_back({ text.toByteArray(), source, log.lastMs });
    m_waitingBytes += text.size();
}

void LogMerger::append(int origin, const client::LogFrame& frame)
{
    Log& log = m_logs.at(std::size_t(origin));
    log.silence.restart();
    QByteArray& pending = log.pending[frame.source == client::LogSource::Stderr ? 1 : 0];
    QByteArrayView bytes = frame.bytes;
    while (!bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const QByteArrayView part = end < 0 ? bytes : bytes.first(end);
        if (end >= 0 && pending.isEmpty()) {
            addLine(log, part, frame.source);
        } else {
            pending.append(part.data(), part.size());
            if (end >= 0 || pending.size() > kLongestLine)
                addLine(log, std::exchange(pending, {}), frame.source);
        }
        if (end < 0)
            break;
        bytes = bytes.sliced(end + 1);
    }
    if (!m_timer.isActive())
        m_timer.start(kFlushMs);
}

void LogMerger::finish(int origin)
{
    Log& log = m_logs.at(std::size_t(origin));
    for (int source = 0; source < 2; ++source)
        if (!log.pending[source].isEmpty())
            addLine(log, std::exchange(log.pending[source], {}),
                source == 1 ? client::LogSource::Stderr : client::LogSource::Stdout);
    log.hasEnded = true;
    flush();
}

void LogMerger::flush()
{
    const qint64 before = m_waitingBytes;
    while (true) {
        std::size_t oldest = m_logs.size();
        bool isOpen = false;
        for (std::size_t at = 0; at < m_logs.size(); ++at) {
            const Log& log = m_logs[at];
            if (log.lines.empty())
                isOpen = isOpen || (!log.hasEnded && log.silence.elapsed() < kSilentMs);
            else if (oldest == m_logs.size()
                || log.lines.front().timeMs < m_logs[oldest].lines.front().timeMs)
                oldest = at;
        }
        if (oldest == m_logs.size())
            break; // all are told
        if (isOpen) {
            if (!m_timer.isActive())
                m_timer.start(kFlushMs);
            break;
        }
        const Line line = std::move(m_logs[oldest].lines.front());
        m_logs[oldest].lines.pop_front();
        m_waitingBytes -= line.text.size();
        m_model.appendLine({ line.text, line.source, line.timeMs, quint16(oldest) });
    }
    if (m_waitingBytes < before)
        emit waitingShrunk();
}

} // namespace portlight::models
