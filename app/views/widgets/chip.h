#pragma once

#include "app/theme/tokens.h"

#include <QRectF>
#include <QWidget>

class QPainter;

namespace portlight::views {

/// Size of a chip with @p text in the small font.
QSizeF chipSize(const QString& text);

/// A dot and a word on the tone's background; never colour alone. @p spinnerAngle in degrees draws
/// a turning ring in place of the dot, -1 the dot.
void paintChip(QPainter& painter, const QPointF& topLeft, const QString& text, theme::Tone tone,
    int spinnerAngle = -1);

/// A chip as a widget.
class Chip : public QWidget {
    Q_OBJECT

public:
    explicit Chip(QWidget* parent = nullptr);

    void setStatus(const QString& text, theme::Tone tone);
    QString text() const { return m_text; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    theme::Tone m_tone = theme::Tone::Idle;
};

} // namespace portlight::views
