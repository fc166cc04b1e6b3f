#include "app/models/log_filter.h"

#include <array>
#include <cctype>

namespace portlight::models {

namespace {

constexpr qsizetype kLooksAt = 200;

struct LevelWord {
    const char* word; ///< in small letters
    LogLevel level;
};

// Whole words only: "terror" and "information" are none.
constexpr std::array kWords {
    LevelWord { "error", LogLevel::Error },
    LevelWord { "err", LogLevel::Error },
    LevelWord { "fatal", LogLevel::Error },
    LevelWord { "critical", LogLevel::Error },
    LevelWord { "crit", LogLevel::Error },
    LevelWord { "panic", LogLevel::Error },
    LevelWord { "emerg", LogLevel::Error },
    LevelWord { "alert", LogLevel::Error },
    LevelWord { "warning", LogLevel::Warning },
    LevelWord { "warn", LogLevel::Warning },
    LevelWord { "info", LogLevel::Info },
    LevelWord { "notice", LogLevel::Info },
    LevelWord { "debug", LogLevel::Debug },
    LevelWord { "trace", LogLevel::Debug },
};

bool isLetter(char c)
{
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

LogLevel levelOf(QByteArrayView word)
{
    for (const LevelWord& known : kWords) {
        const QByteArrayView name(known.word);
        if (word.size() == name.size()
            && qstrnicmp(word.data(), name.data(), std::size_t(name.size())) == 0)
            return known.level;
    }
    return LogLevel::None;
}

/// Colour sequences stand inside words; most lines have none.
QString textOf(QByteArrayView line)
{
    if (!line.contains('\x1b'))
        return QString::fromUtf8(line);
    static const QRegularExpression colour(QStringLiteral("\x1b\\[[0-9;]*m"));
    return QString::fromUtf8(line).remove(colour);
}

} // namespace

LogLevel logLevel(QByteArrayView line)
{
    const qsizetype end = std::min(line.size(), kLooksAt);
    for (qsizetype at = 0; at < end;) {
        // "ESC[31m" ends in a letter that belongs to no word.
        if (line[at] == '\x1b') {
            while (at < end && line[at] != 'm')
                ++at;
            ++at;
            continue;
        }
        if (!isLetter(line[at])) {
            ++at;
            continue;
        }
        qsizetype wordEnd = at;
        while (wordEnd < end && isLetter(line[wordEnd]))
            ++wordEnd;
        if (const LogLevel level = levelOf(line.sliced(at, wordEnd - at)); level != LogLevel::None)
            return level;
        at = wordEnd;
    }
    return LogLevel::None;
}

LogFilter::LogFilter(const LogQuery& query)
    : m_query(query)
{
    QRegularExpression::PatternOptions options = QRegularExpression::NoPatternOption;
    if (query.sensitivity == Qt::CaseInsensitive)
        options |= QRegularExpression::CaseInsensitiveOption;
    if (!query.needle.isEmpty())
        m_expression = QRegularExpression(
            query.isRegex ? query.needle : QRegularExpression::escape(query.needle), options);
}

QString LogFilter::problem() const
{
    return m_expression.isValid() ? QString() : m_expression.errorString();
}

bool LogFilter::passes(const LogLine& line) const
{
    if (m_query.onlyStderr && line.source != client::LogSource::Stderr)
        return false;
    return m_query.least == LogLevel::None || logLevel(line.text) >= m_query.least;
}

bool LogFilter::hits(const LogLine& line) const
{
    return !m_query.needle.isEmpty() && m_expression.isValid()
        && m_expression.match(textOf(line.text)).hasMatch();
}

} // namespace portlight::models
