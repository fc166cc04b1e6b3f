#include "app/views/widgets/sparkline_card.h"

#include "app/theme/style_paint.h"
#include "app/theme/theme.h"
#include "app/views/charts/sparkline.h"
#include "app/views/widgets/text_label.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace portlight::views {

namespace {
constexpr int kChartHeight = 40;
}

SparklineCard::SparklineCard(int colorIndex, QWidget* parent)
    : Card(parent)
    , m_colorIndex(colorIndex)
    , m_title(new TextLabel(theme::FontRole::Strong, TextColor::Text2))
    , m_figure(new TextLabel(theme::FontRole::Figure))
    , m_more(new TextLabel(theme::FontRole::Small, TextColor::Text2))
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    m_more->setWordWrap(true);
    m_more->setMinimumHeight(QFontMetrics(theme::font(theme::FontRole::Small)).height());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, colorIndex < 0 ? 12 : 12 + kChartHeight + 4);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_figure);
    layout->addWidget(m_more);
    layout->addStretch(1);
}

void SparklineCard::setTexts(const QString& title, const QString& figure, const QString& more)
{
    m_title->setText(title);
    m_figure->setText(figure);
    m_more->setText(more);
    setAccessibleName(title);
    setAccessibleDescription(figure + QStringLiteral(". ") + more);
}

void SparklineCard::setSeries(models::TimeSeries series, double maximum)
{
    m_series = std::move(series);
    m_maximum = maximum;
    update();
}

QString SparklineCard::figure() const
{
    return m_figure->text();
}

void SparklineCard::paintEvent(QPaintEvent* event)
{
    Card::paintEvent(event);
    QPainter painter(this);
    if (m_colorIndex >= 0)
        paintSparkline(painter,
            QRectF(16, height() - kChartHeight - 10, width() - 32, kChartHeight), m_series,
            m_maximum, theme::theme().series.at(std::size_t(m_colorIndex)));
    if (hasFocus())
        theme::paint::focusRing(painter, QRectF(rect()), theme::paint::kCardRadius);
}

void SparklineCard::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)
        emit clicked();
    else
        Card::keyPressEvent(event);
}

void SparklineCard::mouseReleaseEvent(QMouseEvent* event)
{
    if (rect().contains(event->pos()) && event->button() == Qt::LeftButton)
        emit clicked();
}

} // namespace portlight::views
