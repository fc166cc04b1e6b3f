#include "app/theme/tokens.h"

namespace portlight::theme {

namespace {

Tokens makeLight()
{
    Tokens t;
    t.window = QColor(0xF5F7FA);
    t.surface = QColor(0xFFFFFF);
    t.sidebar = QColor(0xEBEFF4);
    t.raised = QColor(0xFFFFFF);
    t.hover = QColor(0xEEF3FB);
    t.selected = QColor(0xDBE8FE);
    t.border = QColor(0xD6DCE5);
    t.control = QColor(0x7B8595);
    t.text = QColor(0x17202E);
    t.text2 = QColor(0x4A5667);
    t.text3 = QColor(0x5F6B7C);
    t.accent = QColor(0x1D5FD1);
    t.accentHover = QColor(0x174EAE);
    t.onAccent = QColor(0xFFFFFF);
    t.statusColors = { { { QColor(0x0B6B3A), QColor(0xDCF3E5) },
        { QColor(0x855000), QColor(0xFDEFCF) }, { QColor(0xB3241C), QColor(0xFCE3E1) },
        { QColor(0x1955BE), QColor(0xDFEAFD) }, { QColor(0x4A5667), QColor(0xE6EAF0) },
        { QColor(0x6A3FB5), QColor(0xECE4FA) } } };
    t.series = { QColor(0x1D5FD1), QColor(0xB4560A), QColor(0x064E3B), QColor(0xD1246B),
        QColor(0x7C2D12) };
    t.ansi = { QColor(0x17202E), QColor(0xB3241C), QColor(0x0B6B3A), QColor(0x855000),
        QColor(0x1D5FD1), QColor(0x8239BE), QColor(0x0A7594), QColor(0x5F6B7C), QColor(0x4A5667),
        QColor(0xC4322A), QColor(0x117242), QColor(0x8F5600), QColor(0x2A69D8), QColor(0x8F48CB),
        QColor(0x0D7C9C), QColor(0x6B7686) };
    t.findHit = QColor(0xFFE08A);
    t.onFindHit = QColor(0x17202E);
    return t;
}

Tokens makeDark()
{
    Tokens t;
    t.isDark = true;
    t.window = QColor(0x11151B);
    t.surface = QColor(0x191F28);
    t.sidebar = QColor(0x0D1116);
    t.raised = QColor(0x212936);
    t.hover = QColor(0x232C39);
    t.selected = QColor(0x1E3B69);
    t.border = QColor(0x2C3644);
    t.control = QColor(0x6C7A8E);
    t.text = QColor(0xE7ECF3);
    t.text2 = QColor(0xAAB6C6);
    t.text3 = QColor(0x8D9AAC);
    t.accent = QColor(0x74ABFF);
    t.accentHover = QColor(0x93BEFF);
    t.onAccent = QColor(0x08152B);
    t.statusColors = { { { QColor(0x66D698), QColor(0x12301F) },
        { QColor(0xF2BC57), QColor(0x36290D) }, { QColor(0xFF8F86), QColor(0x3C1A19) },
        { QColor(0x85B6FF), QColor(0x172C4D) }, { QColor(0xAAB6C6), QColor(0x28313E) },
        { QColor(0xC5A6FF), QColor(0x2C2145) } } };
    t.series = { QColor(0x74ABFF), QColor(0xFFA857), QColor(0x3FD0A6), QColor(0xE05DB0),
        QColor(0x8D7BFF) };
    t.ansi = { QColor(0x8D9AAC), QColor(0xFF8F86), QColor(0x66D698), QColor(0xF2BC57),
        QColor(0x74ABFF), QColor(0xC5A6FF), QColor(0x54C7EC), QColor(0xE7ECF3), QColor(0xAAB6C6),
        QColor(0xFFB0A9), QColor(0x8FE8B6), QColor(0xFFD584), QColor(0x9CC4FF), QColor(0xDAC5FF),
        QColor(0x86DBF5), QColor(0xFFFFFF) };
    t.findHit = QColor(0x5A4300);
    t.onFindHit = QColor(0xE7ECF3);
    return t;
}

} // namespace

const Tokens& lightTokens()
{
    static const Tokens tokens = makeLight();
    return tokens;
}

const Tokens& darkTokens()
{
    static const Tokens tokens = makeDark();
    return tokens;
}

} // namespace portlight::theme
