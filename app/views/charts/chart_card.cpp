#include "app/views/charts/chart_card.h"

#include "app/models/format.h"
#include "app/theme/theme.h"
#include "app/views/charts/chart_axes.h"
#include "app/views/charts/plot_view.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QStackedLayout>
#include <QTableWidget>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr qint64 kCursorStepMs = 10'000;

QPixmap dotPixmap(const QColor& color, qreal ratio)
{
    constexpr int kSize = 8;
    QPixmap pixmap(QSize(kSize, kSize) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QRectF(0, 0, kSize, kSize));
    return pixmap;
}

QList<int> colorIndexes(const QList<ChartSeries>& series)
{
    QList<int> indexes;
    for (const ChartSeries& one : series)
        indexes.append(one.colorIndex);
    return indexes;
}

} // namespace

ChartCard::ChartCard(AxisUnit unit, QList<ChartSeries> series, QWidget* parent)
    : Card(parent)
    , m_unit(unit)
    , m_series(std::move(series))
    , m_title(new TextLabel(theme::FontRole::Strong))
    , m_cursorText(new TextLabel(theme::FontRole::Small, TextColor::Text2))
    , m_current(new TextLabel(theme::FontRole::Heading))
    , m_obstacle(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_pages(new QStackedLayout)
    , m_plot(new PlotView(unit, colorIndexes(m_series)))
{
    setFocusPolicy(Qt::StrongFocus);
    m_current->setObjectName(QStringLiteral("chartCurrent"));
    m_obstacle->setAlignment(Qt::AlignCenter);
    m_obstacle->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    buildHead();
    layout->addLayout(m_pages, 1);
    m_pages->addWidget(m_plot);
    m_pages->addWidget(m_obstacle);
    connect(m_plot, &PlotView::cursorMoved, this, &ChartCard::cursorMoved);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &ChartCard::applyTheme);
    applyTheme();
}

ChartCard::~ChartCard() = default;

void ChartCard::buildHead()
{
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title);
    if (m_series.size() > 1) {
        for (qsizetype at = 0; at < m_series.size(); ++at) {
            auto* dot = new QLabel;
            auto* name = new TextLabel(theme::FontRole::Small, TextColor::Text2);
            m_dots.append(dot);
            m_legend.append(name);
            auto* entry = new QHBoxLayout;
            entry->setSpacing(6);
            entry->addWidget(dot);
            entry->addWidget(name);
            head->addSpacing(4);
            head->addLayout(entry);
        }
    }
    head->addStretch(1);
    head->addWidget(m_cursorText);
    head->addWidget(m_current);
    static_cast<QVBoxLayout*>(layout())->insertLayout(0, head);
}

void ChartCard::setTexts(const QString& title, const QStringList& seriesNames)
{
    m_title->setText(title);
    for (qsizetype at = 0; at < std::min(m_series.size(), seriesNames.size()); ++at) {
        m_series[at].name = seriesNames.at(at);
        if (at < m_legend.size())
            m_legend.at(at)->setMinimumWidth(0);
    }
    setAccessibleName(title);
    showCurrent();
    describe();
}

void ChartCard::setSamples(const QList<const models::TimeSeries*>& samples, qint64 nowMs)
{
    m_nowMs = nowMs;
    m_shown.clear();
    for (const models::TimeSeries* series : samples) {
        QList<models::TimeSeries::Sample> kept;
        for (int at = 0; series && at < series->size(); ++at)
            if (series->at(at).timeMs >= nowMs - kChartSpanMs)
                kept.append(series->at(at));
        m_shown.append(kept);
    }
    m_plot->setSamples(samples, nowMs);
    if (isShowingTable())
        fillTable();
    m_cursorText->setText(cursorText());
}

void ChartCard::setLimit(std::optional<double> limit)
{
    m_plot->setLimit(limit);
}

void ChartCard::setCurrentTexts(const QStringList& texts)
{
    if (texts == m_currentTexts)
        return;
    m_currentTexts = texts;
    showCurrent();
    describe();
}

void ChartCard::showCurrent()
{
    if (m_legend.isEmpty()) {
        m_current->setText(m_currentTexts.value(0));
        m_current->setVisible(!m_cursor);
        return;
    }
    m_current->hide();
    for (qsizetype at = 0; at < m_legend.size(); ++at) {
        TextLabel& label = *m_legend.at(at);
        const QString value = m_cursor ? QString() : m_currentTexts.value(at);
        label.setText(value.isEmpty() ? m_series.at(at).name : m_series.at(at).name + u' ' + value);
        // Only ever grows, so that ticking values do not move what stands beside them.
        if (!m_cursor)
            label.setMinimumWidth(std::max(label.minimumWidth(), label.sizeHint().width()));
    }
}

void ChartCard::setObstacle(const QString& reason)
{
    m_obstacle->setText(reason);
    if (!isShowingTable())
        m_pages->setCurrentWidget(reason.isEmpty() ? static_cast<QWidget*>(m_plot) : m_obstacle);
}

void ChartCard::setCursor(std::optional<qint64> offsetMs)
{
    m_cursor = offsetMs;
    m_plot->setCursor(offsetMs);
    m_cursorText->setText(cursorText());
    showCurrent();
}

QString ChartCard::valueText(double value) const
{
    return std::isnan(value) ? models::format::unknown() : axisText(value, m_unit);
}

QString ChartCard::cursorText() const
{
    if (!m_cursor)
        return {};
    const qint64 wanted = m_nowMs + *m_cursor;
    QStringList values;
    for (const auto& samples : m_shown) {
        const auto after = std::lower_bound(samples.begin(), samples.end(), wanted,
            [](const auto& sample, qint64 time) { return sample.timeMs < time; });
        // Further than two ticks away there was no measurement.
        const bool isThere = after != samples.end() && after->timeMs - wanted < 2500;
        values.append(isThere ? valueText(after->value) : models::format::unknown());
    }
    const QString time = QLocale().toString(
        QDateTime::fromMSecsSinceEpoch(wanted).time(), QStringLiteral("HH:mm:ss"));
    return time + QStringLiteral("   ") + values.join(QStringLiteral(" · "));
}

bool ChartCard::isShowingTable() const
{
    return m_table && m_pages->currentWidget() == m_table;
}

void ChartCard::setShowingTable(bool shows)
{
    if (shows && !m_table) {
        m_table = new QTableWidget;
        m_table->setObjectName(QStringLiteral("chartTable"));
        m_table->setProperty("flatTable", true);
        m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
        m_table->verticalHeader()->hide();
        m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
        m_pages->addWidget(m_table);
    }
    if (shows) {
        m_pages->setCurrentWidget(m_table);
        fillTable();
        m_table->setFocus();
    } else {
        m_pages->setCurrentWidget(
            m_obstacle->text().isEmpty() ? static_cast<QWidget*>(m_plot) : m_obstacle);
    }
}

void ChartCard::fillTable()
{
    QStringList header { tr("Time") };
    for (const ChartSeries& series : m_series)
        header.append(series.name);
    const int rows = m_shown.isEmpty() ? 0 : int(m_shown.first().size());
    m_table->setColumnCount(int(header.size()));
    m_table->setHorizontalHeaderLabels(header);
    m_table->setRowCount(rows);
    for (int row = 0; row < rows; ++row) {
        const int from = rows - 1 - row; // newest first
        const auto time = QDateTime::fromMSecsSinceEpoch(m_shown.first().at(from).timeMs).time();
        m_table->setItem(
            row, 0, new QTableWidgetItem(QLocale().toString(time, QStringLiteral("HH:mm:ss"))));
        for (int column = 0; column < m_shown.size(); ++column) {
            const auto& samples = m_shown.at(column);
            auto* item =
                new QTableWidgetItem(from < samples.size() ? valueText(samples.at(from).value)
                                                           : models::format::unknown());
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_table->setItem(row, column + 1, item);
        }
    }
}

QString ChartCard::title() const
{
    return m_title->text();
}

QString ChartCard::currentText() const
{
    if (m_legend.isEmpty())
        return m_currentTexts.value(0);
    QStringList parts;
    for (qsizetype at = 0; at < m_series.size(); ++at)
        parts.append(m_series.at(at).name + u' ' + m_currentTexts.value(at));
    return parts.join(QStringLiteral(", "));
}

void ChartCard::describe()
{
    setAccessibleDescription(
        tr("%1 over the last ten minutes, now %2").arg(m_title->text(), currentText()));
}

void ChartCard::applyTheme()
{
    for (qsizetype at = 0; at < m_dots.size(); ++at)
        m_dots.at(at)->setPixmap(
            dotPixmap(theme::theme().series.at(std::size_t(m_series.at(at).colorIndex)),
                devicePixelRatioF()));
}

void ChartCard::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_T && event->modifiers() == Qt::ControlModifier) {
        setShowingTable(!isShowingTable());
        return;
    }
    if (event->key() == Qt::Key_Escape && isShowingTable()) {
        setShowingTable(false);
        setFocus();
        return;
    }
    const bool isLeft = event->key() == Qt::Key_Left;
    if (isLeft || event->key() == Qt::Key_Right) {
        const qint64 moved = m_cursor.value_or(0) + (isLeft ? -kCursorStepMs : kCursorStepMs);
        emit cursorMoved(std::clamp(moved, -kChartSpanMs, qint64(0)));
        return;
    }
    Card::keyPressEvent(event);
}

void ChartCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        m_plot->retranslate();
        describe();
    }
    Card::changeEvent(event);
}

} // namespace portlight::views
