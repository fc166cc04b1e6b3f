#include "app/views/widgets/skeleton.h"

#include "app/theme/style_paint.h"
#include "app/theme/theme.h"

#include <QHeaderView>
#include <QPainter>

#include <cmath>
#include <numbers>

namespace portlight::views {

namespace {

constexpr int kRevealMs = 150;
constexpr int kPulseMs = 80;
constexpr int kPulseSteps = 20;

} // namespace

Skeleton::Skeleton(const QHeaderView* header, int rowHeight, QWidget* parent)
    : QWidget(parent)
    , m_header(header)
    , m_rowHeight(rowHeight)
{
    m_reveal.setSingleShot(true);
    m_reveal.setInterval(kRevealMs);
    m_pulse.setInterval(kPulseMs);
    connect(&m_reveal, &QTimer::timeout, this, [this] {
        m_isRevealed = true;
        update();
        if (!theme::Theme::instance().reducesMotion())
            m_pulse.start();
    });
    connect(&m_pulse, &QTimer::timeout, this, [this] {
        m_step = (m_step + 1) % kPulseSteps;
        update();
    });
}

void Skeleton::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::theme();
    QPainter painter(this);
    theme::paint::box(painter, rect(), 0, t.surface, t.border);
    if (!m_isRevealed)
        return;
    const double wave = std::sin(2 * std::numbers::pi * m_step / kPulseSteps);
    const QColor bar = theme::withAlpha(t.border, 0.7 + 0.2 * wave);
    const int top = 34;
    painter.fillRect(QRect(1, top, width() - 2, 1), t.border);
    for (int y = top; y < height(); y += m_rowHeight) {
        for (int visual = 0; visual < m_header->count(); ++visual) {
            const int section = m_header->logicalIndex(visual);
            if (m_header->isSectionHidden(section))
                continue;
            const int x = m_header->sectionViewportPosition(section) + 12;
            const int room = m_header->sectionSize(section) - 24;
            // Widths vary a little by row so that it reads as text, not as a grid.
            const double share = 0.45 + 0.1 * ((y / m_rowHeight + visual * 2) % 4);
            const QRectF block(x, y + m_rowHeight / 2.0 - 5, std::max(24.0, room * share), 10);
            theme::paint::box(painter, block, 5, bar, QColor());
        }
        painter.fillRect(QRect(1, y + m_rowHeight - 1, width() - 2, 1), t.border);
    }
}

void Skeleton::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_isRevealed = false;
    m_reveal.start();
}

void Skeleton::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_reveal.stop();
    m_pulse.stop();
}

} // namespace portlight::views
