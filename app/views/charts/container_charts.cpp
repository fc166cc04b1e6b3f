#include "app/views/charts/container_charts.h"

#include "app/models/format.h"
#include "app/views/charts/chart_card.h"

#include <QEvent>
#include <QGridLayout>

#include <array>

namespace portlight::views {

namespace {

// Colours as everywhere: CPU and received or read first, memory third, sent or written second.
QList<ChartSeries> pairSeries()
{
    return { { {}, 0 }, { {}, 1 } };
}

} // namespace

ContainerCharts::ContainerCharts(models::StatsHistory& history, QWidget* parent)
    : QWidget(parent)
    , m_history(history)
    , m_cpu(new ChartCard(AxisUnit::Percent, { { {}, 0 } }))
    , m_memory(new ChartCard(AxisUnit::Bytes, { { {}, 2 } }))
    , m_network(new ChartCard(AxisUnit::BytesPerSecond, pairSeries()))
    , m_disk(new ChartCard(AxisUnit::BytesPerSecond, pairSeries()))
{
    m_cpu->setObjectName(QStringLiteral("cpuChart"));
    m_memory->setObjectName(QStringLiteral("memoryChart"));
    m_network->setObjectName(QStringLiteral("networkChart"));
    m_disk->setObjectName(QStringLiteral("diskChart"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(16);
    for (const int at : { 0, 1 }) { // alike, whatever stands in them
        grid->setRowStretch(at, 1);
        grid->setColumnStretch(at, 1);
    }
    grid->addWidget(m_cpu, 0, 0);
    grid->addWidget(m_memory, 0, 1);
    grid->addWidget(m_network, 1, 0);
    grid->addWidget(m_disk, 1, 1);
    for (ChartCard* card : { m_cpu, m_memory, m_network, m_disk })
        connect(card, &ChartCard::cursorMoved, this, &ContainerCharts::setCursorOfAll);
    connect(&m_history, &models::StatsHistory::updated, this, [this] {
        if (isVisible())
            refresh();
    });
    retranslate();
}

void ContainerCharts::setContainer(const QString& id)
{
    m_id = id;
    setCursorOfAll(std::nullopt);
    refresh();
}

void ContainerCharts::setObstacle(const QString& reason)
{
    if (reason == m_obstacle)
        return;
    m_obstacle = reason;
    refresh();
}

void ContainerCharts::refresh()
{
    using namespace models;
    const ContainerHistory* history = m_history.history(m_id);
    const std::array cards { m_cpu, m_memory, m_network, m_disk };
    if (!history) {
        for (ChartCard* card : cards) {
            card->setSamples({}, 0);
            card->setCurrentTexts({});
            card->setObstacle(
                m_obstacle.isEmpty() ? tr("Waiting for the first figures") : m_obstacle);
        }
        return;
    }
    for (ChartCard* card : cards)
        card->setObstacle({});
    const auto& last = history->last;
    const qint64 now = history->lastTimeMs;
    const bool isLive = m_obstacle.isEmpty();
    m_memory->setLimit(last.memoryLimitBytes ? std::optional<double>(double(*last.memoryLimitBytes))
                                             : std::nullopt);
    m_cpu->setSamples({ &history->cpuPercent }, now);
    m_memory->setSamples({ &history->memoryBytes }, now);
    m_network->setSamples(
        { &history->networkReceivedPerSecond, &history->networkSentPerSecond }, now);
    m_disk->setSamples({ &history->blockReadPerSecond, &history->blockWrittenPerSecond }, now);
    const auto live = [isLive](const QStringList& texts) { return isLive ? texts : QStringList(); };
    m_cpu->setCurrentTexts(live({ format::percent(history->cpuPercent.latest()) }));
    m_memory->setCurrentTexts(
        live({ format::bytesOfLimit(last.memoryBytes, last.memoryLimitBytes) }));
    m_network->setCurrentTexts(
        live({ format::bytesPerSecond(history->networkReceivedPerSecond.latest()),
            format::bytesPerSecond(history->networkSentPerSecond.latest()) }));
    m_disk->setCurrentTexts(live({ format::bytesPerSecond(history->blockReadPerSecond.latest()),
        format::bytesPerSecond(history->blockWrittenPerSecond.latest()) }));
    if (isLive && !last.networkReceivedBytes)
        m_network->setObstacle(tr("Not connected to a network: nothing can be received or sent."));
    if (isLive && !last.blockReadBytes)
        m_disk->setObstacle(tr("This computer does not count what containers read and write."));
}

void ContainerCharts::setCursorOfAll(std::optional<qint64> offsetMs)
{
    for (ChartCard* card : { m_cpu, m_memory, m_network, m_disk })
        card->setCursor(offsetMs);
}

void ContainerCharts::retranslate()
{
    m_cpu->setTexts(tr("CPU"), { tr("CPU") });
    m_memory->setTexts(tr("Memory"), { tr("Memory") });
    m_network->setTexts(tr("Network"), { tr("Received"), tr("Sent") });
    m_disk->setTexts(tr("Disk"), { tr("Read", "bytes from disk"), tr("Written") });
    refresh();
}

void ContainerCharts::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

void ContainerCharts::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
