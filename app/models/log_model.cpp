#include "app/models/log_model.h"

#include "app/models/log_chunk.h"
#include "app/models/log_time.h"

#include <QTimer>

#include <algorithm>
#include <cstring>
#include <deque>

namespace portlight::models {

namespace {

/// A line without end is cut here, so that a container cannot fill the memory.
constexpr qsizetype kLongestLine = 1024 * 1024;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c + 32) : c;
}

/// Position of @p needle in @p hay, -1: none. ASCII letters only are matched in either case.
qsizetype indexIn(QByteArrayView hay, QByteArrayView needle, Qt::CaseSensitivity sensitivity)
{
    if (sensitivity == Qt::CaseSensitive) {
        const void* hit = ::memmem(
            hay.data(), std::size_t(hay.size()), needle.data(), std::size_t(needle.size()));
        return hit == nullptr ? -1 : static_cast<const char*>(hit) - hay.data();
    }
    const auto equal = [](char a, char b) { return lower(a) == lower(b); };
    const auto hit = std::search(hay.begin(), hay.end(), needle.begin(), needle.end(), equal);
    return hit == hay.end() ? -1 : hit - hay.begin();
}

} // namespace

class LogModel::Private {
public:
    struct Part {
        qsizetype firstLine; ///< number of the chunk's first line, counted since clear()
        std::unique_ptr<LogChunk> chunk;
    };

    void addLine(QByteArrayView text, client::LogSource source);
    void addLine(QByteArrayView text, client::LogSource source, qint64 timeMs, quint16 origin);
    void dropOldest();
    const Part& partOf(qsizetype line) const;
    void noteChange();

    LogModel* q = nullptr;
    std::deque<Part> parts;
    QByteArray pending[2]; ///< per source, what has no line end yet
    bool isTimestamped = false;
    qint64 maximumBytes = qint64(1) << 30;
    qint64 bytes = 0;
    qsizetype dropped = 0; ///< lines that are gone; the first line there is has this number
    qsizetype total = 0; ///< lines since clear(), with those that are gone
    qsizetype announced = 0;
    bool isAnnouncing = false;
};

LogModel::LogModel(QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->q = this;
}
LogModel::~LogModel() = default;

void LogModel::setTimestamped(bool timestamped)
{
    d->isTimestamped = timestamped;
}
void LogModel::setMaximumBytes(qint64 bytes)
{
    d->maximumBytes = bytes;
}
qsizetype LogModel::lineCount() const
{
    return d->total - d->dropped;
}
qint64 LogModel::byteCount() const
{
    return d->bytes;
}

void LogModel::Private::addLine(QByteArrayView text, client::LogSource source)
{
    if (text.endsWith('\r'))
        text = text.chopped(1);
    const qint64 time = isTimestamped ? takeLogTime(text) : 0;
    addLine(text, source, time, 0);
}

void LogModel::Private::addLine(
    QByteArrayView text, client::LogSource source, qint64 timeMs, quint16 origin)
{
    if (parts.empty() || parts.back().chunk->bytes().size() >= LogChunk::kFullBytes) {
        if (!parts.empty())
            parts.back().chunk->seal();
        parts.push_back({ total, std::make_unique<LogChunk>() });
        dropOldest();
    }
    parts.back().chunk->append(text, source, timeMs, origin);
    bytes += text.size() + 1;
    ++total;
    noteChange();
}

void LogModel::Private::dropOldest()
{
    while (parts.size() > 1 && bytes > maximumBytes) {
        const LogChunk& oldest = *parts.front().chunk;
        const qsizetype count = oldest.lineCount();
        bytes -= oldest.bytes().size();
        dropped += count;
        announced = std::max(announced, dropped);
        parts.pop_front();
        emit q->linesDropped(count);
    }
}

void LogModel::Private::noteChange()
{
    if (std::exchange(isAnnouncing, true))
        return;
    QTimer::singleShot(0, q, [this] {
        isAnnouncing = false;
        const qsizetype first = std::exchange(announced, total);
        if (total > first)
            emit q->linesAppended(first - dropped, total - first);
    });
}

const LogModel::Private::Part& LogModel::Private::partOf(qsizetype line) const
{
    const auto after = std::ranges::upper_bound(parts, line, {}, &Part::firstLine);
    return *std::prev(after);
}

void LogModel::append(const client::LogFrame& frame)
{
    QByteArray& pending = d->pending[frame.source == client::LogSource::Stderr ? 1 : 0];
    QByteArrayView bytes = frame.bytes;
    while (!bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const QByteArrayView part = end < 0 ? bytes : bytes.first(end);
        if (end >= 0 && pending.isEmpty()) {
            d->addLine(part, frame.source); // the common case, without a copy
        } else {
            pending.append(part.data(), part.size());
            if (end >= 0 || pending.size() > kLongestLine)
                d->addLine(std::exchange(pending, {}), frame.source);
        }
        if (end < 0)
            break;
        bytes = bytes.sliced(end + 1);
    }
}

void LogModel::appendLine(const LogLine& line)
{
    d->addLine(line.text, line.source, line.timeMs, line.origin);
}

void LogModel::finish()
{
    for (int i = 0; i < 2; ++i)
        if (!d->pending[i].isEmpty())
            d->addLine(std::exchange(d->pending[i], {}),
                i == 1 ? client::LogSource::Stderr : client::LogSource::Stdout);
}

void LogModel::clear()
{
    d->parts.clear();
    d->pending[0].clear();
    d->pending[1].clear();
    d->bytes = 0;
    d->dropped = d->total = d->announced = 0;
    emit cleared();
}

LogLine LogModel::line(qsizetype index) const
{
    const qsizetype number = index + d->dropped;
    const auto& part = d->partOf(number);
    const qsizetype inChunk = number - part.firstLine;
    const LogChunk::Line& info = part.chunk->lineInfo(inChunk);
    return { part.chunk->text(inChunk), info.source, info.timeMs, info.origin };
}

std::optional<LogModel::Match> LogModel::find(
    QByteArrayView needle, qsizetype from, bool backwards, Qt::CaseSensitivity sensitivity) const
{
    if (needle.isEmpty() || needle.contains('\n') || lineCount() == 0)
        return std::nullopt;
    if (backwards) {
        for (qsizetype i = std::min(from, lineCount() - 1); i >= 0; --i)
            if (const qsizetype at = indexIn(line(i).text, needle, sensitivity); at >= 0)
                return Match { i, at, needle.size() };
        return std::nullopt;
    }
    for (const auto& part : d->parts) {
        const qsizetype first = part.firstLine - d->dropped;
        const qsizetype skip = std::max<qsizetype>(0, from - first);
        if (skip >= part.chunk->lineCount())
            continue;
        const qsizetype begin = part.chunk->lineInfo(skip).begin;
        const qsizetype at = indexIn(part.chunk->bytes().sliced(begin), needle, sensitivity);
        if (at < 0)
            continue;
        const qsizetype hit = part.chunk->lineAt(quint32(begin + at));
        return Match { first + hit, begin + at - part.chunk->lineInfo(hit).begin, needle.size() };
    }
    return std::nullopt;
}

QList<qsizetype> LogModel::matchingLines(
    QByteArrayView needle, Qt::CaseSensitivity sensitivity, qsizetype limit) const
{
    QList<qsizetype> lines;
    for (auto match = find(needle, 0, false, sensitivity); match && lines.size() < limit;
        match = find(needle, match->line + 1, false, sensitivity))
        lines.append(match->line);
    return lines;
}

} // namespace portlight::models
