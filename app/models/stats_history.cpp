#include "app/models/stats_history.h"

#include <algorithm>

namespace portlight::models {

namespace {
constexpr int kMostContainers = 300;
}

std::optional<double> ratePerSecond(
    std::optional<qint64> before, std::optional<qint64> after, qint64 elapsedMs)
{
    if (!before || !after || *after < *before || elapsedMs <= 0)
        return std::nullopt;
    return double(*after - *before) * 1000.0 / double(elapsedMs);
}

void StatsHistory::applyStats(const client::StatsTick& tick)
{
    const qint64 now = tick.read.toMSecsSinceEpoch();
    const auto asDouble = [](std::optional<qint64> value) {
        return value ? std::optional(double(*value)) : std::nullopt;
    };
    for (const client::ContainerStats& stats : tick.containers) {
        ContainerHistory& history = m_histories[stats.id];
        const client::ContainerStats& last = history.last;
        const qint64 elapsed = history.lastTimeMs > 0 ? now - history.lastTimeMs : 0;
        const auto rate = [&](std::optional<qint64> client::ContainerStats::* total) {
            return ratePerSecond(last.*total, stats.*total, elapsed);
        };
        using Stats = client::ContainerStats;
        history.cpuPercent.append(now, stats.cpuPercent);
        history.memoryBytes.append(now, asDouble(stats.memoryBytes));
        history.networkReceivedPerSecond.append(now, rate(&Stats::networkReceivedBytes));
        history.networkSentPerSecond.append(now, rate(&Stats::networkSentBytes));
        history.blockReadPerSecond.append(now, rate(&Stats::blockReadBytes));
        history.blockWrittenPerSecond.append(now, rate(&Stats::blockWrittenBytes));
        history.last = stats;
        history.lastTimeMs = now;
    }
    while (m_histories.size() > kMostContainers) {
        const auto stalest = std::min_element(m_histories.begin(), m_histories.end(),
            [](const auto& a, const auto& b) { return a.lastTimeMs < b.lastTimeMs; });
        m_histories.erase(stalest);
    }
    emit updated();
}

void StatsHistory::keepOnly(const QSet<QString>& ids)
{
    m_histories.removeIf([&ids](const auto& item) { return !ids.contains(item.key()); });
}

void StatsHistory::clear()
{
    m_histories.clear();
    emit updated();
}

const ContainerHistory* StatsHistory::history(const QString& id) const
{
    const auto found = m_histories.constFind(id);
    return found == m_histories.constEnd() ? nullptr : &found.value();
}

} // namespace portlight::models
