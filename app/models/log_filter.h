#pragma once

#include "app/models/log_model.h"

#include <QRegularExpression>
#include <QString>

namespace portlight::models {

/// How grave a line is, by its own words.
enum class LogLevel { None, Debug, Info, Warning, Error };

/// By the first level word of a line: "ERROR", "[warn]", "level=info", "\"level\":\"error\"", and
/// their usual short forms, within its first 200 bytes. None where it has none.
LogLevel logLevel(QByteArrayView line);

/// Which lines are looked for, and which are shown at all.
struct LogQuery {
    QString needle {}; ///< empty: nothing is looked for
    Qt::CaseSensitivity sensitivity = Qt::CaseInsensitive;
    bool isRegex = false;
    bool hidesOthers = false; ///< only lines with the needle are shown
    LogLevel least = LogLevel::None; ///< only lines as grave or graver are shown
    bool onlyStderr = false;

    /// Whether lines are hidden for reasons other than the needle.
    bool hasFilter() const { return least != LogLevel::None || onlyStderr; }
    bool operator==(const LogQuery&) const = default;
};

/// A LogQuery made ready for many lines.
class LogFilter {
public:
    explicit LogFilter(const LogQuery& query = {});

    const LogQuery& query() const { return m_query; }
    /// What is wrong with the regular expression; empty: nothing.
    QString problem() const;
    /// What is looked for as an expression, for colouring; invalid when nothing is.
    const QRegularExpression& expression() const { return m_expression; }
    bool passes(const LogLine& line) const;
    /// Whether the needle is in @p line; false where there is none.
    bool hits(const LogLine& line) const;

private:
    LogQuery m_query;
    QRegularExpression m_expression;
};

} // namespace portlight::models
