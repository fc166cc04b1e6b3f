#pragma once

#include "app/theme/tokens.h"

#include <QFont>
#include <QObject>

class QPalette;

namespace portlight::theme {

enum class Mode { System, Light, Dark };

/// The steps of the type scale; sizes in points are in theme.cpp.
enum class FontRole { Body, Small, Strong, Heading, Title, Figure, Mono };

/// The one place that decides colours, fonts and their scale. `changed` is the only signal for a
/// switch: palette and fonts are applied before it is sent, listeners refresh what Qt does not
/// repaint by itself (charts, rich text, cached pixmaps). Lives as long as the application.
class Theme : public QObject {
    Q_OBJECT

public:
    /// Created on first use; needs a QApplication.
    static Theme& instance();

    const Tokens& tokens() const { return *m_tokens; }
    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    /// What the desktop asks for; only looked at in Mode::System.
    void setSystemPrefersDark(bool prefersDark);

    /// Text size relative to the 10 pt body, in percent; kept within 70 and 200.
    int scalePercent() const { return m_scalePercent; }
    void setScalePercent(int percent);
    bool usesSystemFont() const { return m_usesSystemFont; }
    void setUsesSystemFont(bool uses);

    /// The "reduce motion" setting: loading pulses and spinners stand still.
    bool reducesMotion() const { return m_reducesMotion; }
    void setReducesMotion(bool reduces) { m_reducesMotion = reduces; }

    QFont font(FontRole role) const;
    QPalette palette() const;
    /// Re-applies style, palette and application font; called once at start and on every change.
    void apply();

signals:
    void changed();

private:
    Theme();
    void update();

    const Tokens* m_tokens;
    QFont m_systemFont;
    Mode m_mode = Mode::System;
    bool m_systemPrefersDark = false;
    bool m_usesSystemFont = false;
    bool m_reducesMotion = false;
    int m_scalePercent = 100;
};

/// The current colours: `theme().text2`.
inline const Tokens& theme()
{
    return Theme::instance().tokens();
}

inline QFont font(FontRole role)
{
    return Theme::instance().font(role);
}

/// Half-transparent washes of a token, for chart areas and sparkline fills.
QColor withAlpha(QColor color, double alpha);

} // namespace portlight::theme
