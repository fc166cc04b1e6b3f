#include "app/views/widgets/card.h"

#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QPainter>

namespace portlight::views {

Card::Card(QWidget* parent)
    : QFrame(parent)
{
    setFrameShape(QFrame::NoFrame);
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    theme::paint::box(
        painter, rect(), theme::paint::kCardRadius, theme::theme().surface, theme::theme().border);
}

HairLine::HairLine(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(1);
}

void HairLine::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::theme().border);
}

} // namespace portlight::views
