#include "app/theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QToolTip>

namespace portlight::theme {

namespace {

constexpr double kBodyPoints = 10.0;
constexpr int kMinScale = 70;
constexpr int kMaxScale = 200;

const QStringList& uiFamilies()
{
    // The Chinese face is named so that Han characters get their Simplified Chinese shapes
    // whatever the locale is.
    static const QStringList families { QStringLiteral("Inter"), QStringLiteral("Noto Sans"),
        QStringLiteral("Noto Sans CJK SC"), QStringLiteral("DejaVu Sans") };
    return families;
}

const QStringList& monoFamilies()
{
    static const QStringList families { QStringLiteral("JetBrains Mono"),
        QStringLiteral("Noto Sans Mono"), QStringLiteral("Noto Sans Mono CJK SC"),
        QStringLiteral("DejaVu Sans Mono") };
    return families;
}

double pointsOf(FontRole role)
{
    switch (role) {
    case FontRole::Small:
        return 9.0;
    case FontRole::Heading:
        return 11.5;
    case FontRole::Title:
        return 15.0;
    case FontRole::Figure:
        return 21.0;
    case FontRole::Body:
    case FontRole::Strong:
    case FontRole::Mono:
        break;
    }
    return kBodyPoints;
}

bool isStrong(FontRole role)
{
    return role == FontRole::Strong || role == FontRole::Heading || role == FontRole::Title
        || role == FontRole::Figure;
}

} // namespace

Theme& Theme::instance()
{
    static Theme theme;
    return theme;
}

Theme::Theme()
    : m_tokens(&lightTokens())
    , m_systemFont(QApplication::font())
{
    const QColor window = QApplication::palette().color(QPalette::Window);
    m_systemPrefersDark = window.lightness() < 128;
    if (m_systemPrefersDark)
        m_tokens = &darkTokens();
}

void Theme::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    update();
}

void Theme::setSystemPrefersDark(bool prefersDark)
{
    if (m_systemPrefersDark == prefersDark)
        return;
    m_systemPrefersDark = prefersDark;
    if (m_mode == Mode::System)
        update();
}

void Theme::setScalePercent(int percent)
{
    const int bounded = std::clamp(percent, kMinScale, kMaxScale);
    if (bounded == m_scalePercent)
        return;
    m_scalePercent = bounded;
    update();
}

void Theme::setUsesSystemFont(bool uses)
{
    if (m_usesSystemFont == uses)
        return;
    m_usesSystemFont = uses;
    update();
}

void Theme::update()
{
    const bool dark = m_mode == Mode::Dark || (m_mode == Mode::System && m_systemPrefersDark);
    m_tokens = dark ? &darkTokens() : &lightTokens();
    apply();
    emit changed();
}

QFont Theme::font(FontRole role) const
{
    QFont font = m_systemFont;
    if (role == FontRole::Mono)
        font.setFamilies(monoFamilies());
    else if (!m_usesSystemFont)
        font.setFamilies(uiFamilies());
    font.setPointSizeF(pointsOf(role) * m_scalePercent / 100.0);
    font.setWeight(isStrong(role) ? QFont::DemiBold : QFont::Normal);
    if (role == FontRole::Mono) {
        font.setStyleHint(QFont::Monospace);
        font.setFixedPitch(true);
    }
    return font;
}

QPalette Theme::palette() const
{
    const Tokens& t = *m_tokens;
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.surface);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::Button, t.raised);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.status(Tone::Bad).foreground);
    p.setColor(QPalette::Highlight, t.accent);
    p.setColor(QPalette::HighlightedText, t.onAccent);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::PlaceholderText, t.text3);
    p.setColor(QPalette::Light, t.surface);
    p.setColor(QPalette::Midlight, t.hover);
    p.setColor(QPalette::Mid, t.border);
    p.setColor(QPalette::Dark, t.control);
    p.setColor(QPalette::Shadow, t.border);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        p.setColor(QPalette::Disabled, role, t.control);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.border);
    return p;
}

void Theme::apply()
{
    QApplication::setPalette(palette());
    QApplication::setFont(font(FontRole::Body));
    QToolTip::setPalette(palette());
    QToolTip::setFont(font(FontRole::Body));
}

QColor withAlpha(QColor color, double alpha)
{
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

} // namespace portlight::theme
