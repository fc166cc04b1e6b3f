#include "app/views/widgets/chip.h"

#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

namespace portlight::views {

namespace {

constexpr qreal kDot = 6;
constexpr qreal kSide = 8;
constexpr qreal kGap = 6;
constexpr qreal kMinHeight = 22;

QFont chipFont()
{
    QFont font = theme::font(theme::FontRole::Small);
    font.setWeight(QFont::Medium);
    return font;
}

} // namespace

QSizeF chipSize(const QString& text)
{
    const QFontMetricsF metrics(chipFont());
    return { metrics.horizontalAdvance(text) + 2 * kSide + kDot + kGap + 1,
        std::max(kMinHeight, metrics.height() + 6) };
}

void paintChip(QPainter& painter, const QPointF& topLeft, const QString& text, theme::Tone tone,
    int spinnerAngle)
{
    const theme::StatusColors& colors = theme::theme().status(tone);
    const QRectF rect(topLeft, chipSize(text));
    theme::paint::box(painter, rect, rect.height() / 2, colors.background, QColor());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF dot(rect.left() + kSide, rect.center().y() - kDot / 2, kDot, kDot);
    if (spinnerAngle >= 0) {
        painter.setPen(QPen(colors.foreground, 1.75, Qt::SolidLine, Qt::RoundCap));
        painter.setBrush(Qt::NoBrush);
        painter.drawArc(dot.adjusted(-1.5, -1.5, 1.5, 1.5), -spinnerAngle * 16, 270 * 16);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.foreground);
        painter.drawEllipse(dot);
    }
    painter.setPen(colors.foreground);
    painter.setFont(chipFont());
    painter.drawText(
        rect.adjusted(kSide + kDot + kGap, 0, 0, 0), int(Qt::AlignVCenter | Qt::AlignLeft), text);
    painter.restore();
}

Chip::Chip(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Chip::setStatus(const QString& text, theme::Tone tone)
{
    if (text == m_text && tone == m_tone)
        return;
    m_text = text;
    m_tone = tone;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const QSizeF size = chipSize(m_text);
    return { int(std::ceil(size.width())), int(std::ceil(size.height())) };
}

void Chip::paintEvent(QPaintEvent*)
{
    if (m_text.isEmpty())
        return;
    QPainter painter(this);
    paintChip(painter, { 0, 0 }, m_text, m_tone);
}

} // namespace portlight::views
