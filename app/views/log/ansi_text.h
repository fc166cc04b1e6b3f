#pragma once

#include <QByteArrayView>
#include <QList>
#include <QString>
#include <QTextLayout>

namespace portlight::views {

/// A log line as people read it: escape sequences taken out, their colours kept as ranges.
struct AnsiText {
    struct Run {
        int start = 0;
        int length = 0;
        int foreground = -1; ///< 0–15 into Tokens::ansi, -1 the default
        int background = -1;
        bool isBold = false;
    };
    QString text; ///< invalid UTF-8 is U+FFFD, tabs are kept, other control characters are gone
    QList<Run> runs; ///< only where something differs from the default
};

/// SGR sequences of ECMA-48 (ESC [ … m): 0, 1, 22, 30–37, 39, 40–47, 49, 90–97, 100–107; 256 and
/// true colours are skipped whole. Lines over 64 KiB are cut with "…".
AnsiText parseAnsi(QByteArrayView line);

} // namespace portlight::views
