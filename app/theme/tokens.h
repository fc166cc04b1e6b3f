#pragma once

#include <QColor>

#include <array>
#include <cstddef>

namespace portlight::theme {

/// What a status means; its colours come from Tokens::status, its word from the models.
enum class Tone { Ok, Warn, Bad, Info, Idle, Pause };

/// Foreground and background of one status chip; the pair holds at least 5.4 : 1.
struct StatusColors {
    QColor foreground;
    QColor background;
};

/// Every colour of the window. Widgets ask for a token and never write a colour, so that a theme
/// switch is one assignment and one repaint.
struct Tokens {
    bool isDark = false;
    QColor window, surface, sidebar, raised, hover, selected;
    QColor border; ///< decorative separators and card outlines
    QColor control; ///< outlines that carry meaning, disabled text (3 : 1)
    QColor text, text2;
    QColor text3; ///< third line, placeholders; not readable on `selected`, use text2 there
    QColor accent, accentHover, onAccent;
    std::array<StatusColors, 6> statusColors;
    std::array<QColor, 5> series; ///< chart series in order; also CPU = 0, memory = 2
    std::array<QColor, 16> ansi; ///< terminal and log colours 0–15
    QColor findHit, onFindHit;

    const StatusColors& status(Tone tone) const
    {
        return statusColors[static_cast<std::size_t>(tone)];
    }
};

const Tokens& lightTokens();
const Tokens& darkTokens();

} // namespace portlight::theme
