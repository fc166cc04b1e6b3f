#include "app/views/widgets/text_label.h"

#include <QPainter>

namespace portlight::views {

QColor textColor(TextColor color)
{
    const theme::Tokens& t = theme::theme();
    switch (color) {
    case TextColor::Text:
        return t.text;
    case TextColor::Text2:
        return t.text2;
    case TextColor::Text3:
        return t.text3;
    case TextColor::Bad:
        return t.status(theme::Tone::Bad).foreground;
    case TextColor::Warn:
        return t.status(theme::Tone::Warn).foreground;
    case TextColor::Ok:
        return t.status(theme::Tone::Ok).foreground;
    }
    return t.text;
}

TextLabel::TextLabel(theme::FontRole role, TextColor color, QWidget* parent)
    : QLabel(parent)
    , m_role(role)
    , m_color(color)
{
    // What the labels show often comes from the engine or a container: never rich text.
    setTextFormat(Qt::PlainText);
    applyTheme();
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &TextLabel::applyTheme);
}

void TextLabel::setTextColor(TextColor color)
{
    m_color = color;
    applyTheme();
}

void TextLabel::makeSelectable()
{
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFocusPolicy(Qt::ClickFocus); // selectable with the mouse without being a Tab stop each
}

void TextLabel::applyTheme()
{
    setFont(theme::font(m_role));
    QPalette colors = theme::Theme::instance().palette();
    colors.setColor(QPalette::WindowText, textColor(m_color));
    colors.setColor(QPalette::Text, textColor(m_color));
    setPalette(colors);
}

QSize ElidedLabel::minimumSizeHint() const
{
    return { std::min(fontMetrics().horizontalAdvance(text()), fontMetrics().height() * 4),
        fontMetrics().height() };
}

QSize ElidedLabel::sizeHint() const
{
    return { fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height() };
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    setToolTip(shown == text() ? QString() : text());
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect(), int(Qt::AlignVCenter | Qt::AlignLeading), shown);
}

} // namespace portlight::views
