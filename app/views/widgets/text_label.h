#pragma once

#include "app/theme/theme.h"

#include <QLabel>

namespace portlight::views {

enum class TextColor { Text, Text2, Text3, Bad, Warn, Ok };

QColor textColor(TextColor color);

/// A label in one step of the type scale and one text token, right after a theme switch by itself.
class TextLabel : public QLabel {
    Q_OBJECT

public:
    explicit TextLabel(theme::FontRole role = theme::FontRole::Body,
        TextColor color = TextColor::Text, QWidget* parent = nullptr);

    void setTextColor(TextColor color);
    void makeSelectable();

private:
    void applyTheme();

    theme::FontRole m_role;
    TextColor m_color;
};

/// One line that ends in "…" where there is no room; the whole text is its tooltip then.
class ElidedLabel : public TextLabel {
    Q_OBJECT

public:
    using TextLabel::TextLabel;

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace portlight::views
