#include "app/views/delegates/container_delegate.h"

#include "app/models/format.h"
#include "app/theme/icons.h"
#include "app/theme/theme.h"
#include "app/views/charts/sparkline.h"
#include "app/views/widgets/chip.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>

namespace portlight::views {

using models::ContainerActivity;
using models::ContainerModel;
using models::ContainerRow;

namespace {

constexpr int kIcon = 20;
constexpr int kFigureWidth = 76;
constexpr int kSparkWidth = 120;
constexpr int kSparkHeight = 24;

/// Gives free functions a translation context.
struct Text {
    Q_DECLARE_TR_FUNCTIONS(ContainerDelegate)
};

QString activityWord(ContainerActivity activity)
{
    switch (activity) {
    case ContainerActivity::Starting:
        return Text::tr("Starting");
    case ContainerActivity::Stopping:
        return Text::tr("Stopping");
    case ContainerActivity::Restarting:
        return Text::tr("Restarting");
    case ContainerActivity::Killing:
        return Text::tr("Killing");
    case ContainerActivity::Removing:
        return Text::tr("Removing");
    case ContainerActivity::None:
        break;
    }
    return {};
}

theme::Tone toneOf(const client::ContainerSummary& container)
{
    using client::ContainerState;
    switch (container.state) {
    case ContainerState::Running:
        return container.health == client::Health::Unhealthy ? theme::Tone::Warn : theme::Tone::Ok;
    case ContainerState::Created:
        return theme::Tone::Info;
    case ContainerState::Paused:
        return theme::Tone::Pause;
    case ContainerState::Restarting:
    case ContainerState::Removing:
        return theme::Tone::Warn;
    case ContainerState::Exited:
        return container.exitCode.value_or(0) == 0 ? theme::Tone::Idle : theme::Tone::Bad;
    case ContainerState::Dead:
        return theme::Tone::Bad;
    case ContainerState::Unknown:
        break;
    }
    return theme::Tone::Idle;
}

// Rows compare where the scale is the limit; without one, it is the row's own peak.
double memoryScale(const ContainerRow& row)
{
    if (row.stats.memoryLimitBytes && *row.stats.memoryLimitBytes > 0)
        return double(*row.stats.memoryLimitBytes);
    return row.memory.maximum().value_or(0) * 1.25;
}

} // namespace

// A figure with the last minute before it.
void ContainerDelegate::paintFigureWithPast(QPainter& painter, const QRect& rect,
    const QString& text, const models::TimeSeries& series, double maximum, const QColor& color)
{
    paintFigure(painter, rect, text, theme::theme().text);
    const int figureWidth = std::max(kFigureWidth, painter.fontMetrics().averageCharWidth() * 10);
    const int right = rect.right() - kFigureEnd - figureWidth;
    const int room = std::min(kSparkWidth, right - rect.left());
    if (room < 30)
        return;
    paintSparkline(painter,
        QRectF(right - room, rect.center().y() - kSparkHeight / 2.0, room, kSparkHeight), series,
        maximum, color);
}

StatusWord statusWord(const client::ContainerSummary& container, ContainerActivity activity)
{
    if (activity != ContainerActivity::None)
        return { activityWord(activity), theme::Tone::Info };
    return { models::format::containerState(container), toneOf(container) };
}

void ContainerDelegate::paintCell(QPainter& painter, const QRect& rect,
    const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* row =
        static_cast<const ContainerRow*>(index.data(ContainerModel::RowRole).value<void*>());
    if (!row)
        return;
    const theme::Tokens& tokens = theme::theme();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    switch (index.column()) {
    case ContainerModel::NameColumn:
        paintName(painter, rect, *row, isSelected);
        return;
    case ContainerModel::StateColumn:
        paintState(painter, rect, *row);
        return;
    case ContainerModel::CpuColumn:
        if (row->stats.cpuPercent) {
            paintFigureWithPast(painter, rect, models::format::percent(row->stats.cpuPercent),
                row->cpu, std::max(100.0, row->cpu.maximum().value_or(0)), tokens.series[0]);
            return;
        }
        break;
    case ContainerModel::MemoryColumn:
        if (row->stats.memoryBytes) {
            paintFigureWithPast(painter, rect, models::format::bytes(row->stats.memoryBytes),
                row->memory, memoryScale(*row), tokens.series[2]);
            return;
        }
        break;
    default:
        break;
    }
    const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    if (alignment.testFlag(Qt::AlignRight)) {
        paintFigure(painter, rect, index.data().toString(), tokens.text2);
        return;
    }
    paintText(painter, rect, index.data().toString(), tokens.text2,
        theme::font(theme::FontRole::Body), alignment & Qt::AlignHorizontal_Mask);
}

void ContainerDelegate::paintName(
    QPainter& painter, const QRect& rect, const ContainerRow& row, bool isSelected) const
{
    const theme::Tokens& tokens = theme::theme();
    const QRect icon(rect.left() + 8, rect.center().y() - kIcon / 2, kIcon, kIcon);
    if (!row.failure.isEmpty())
        theme::paintIcon(
            painter, icon, QStringLiteral("error"), tokens.status(theme::Tone::Bad).foreground);
    else
        theme::paintIcon(painter, icon, QStringLiteral("container"),
            row.summary.isRunning() ? tokens.accent : tokens.text3);
    paintTwoLines(painter, rect.adjusted(kIcon + 20, 0, 0, 0), row.summary.name, row.summary.image,
        isSelected);
}

void ContainerDelegate::paintState(
    QPainter& painter, const QRect& rect, const ContainerRow& row) const
{
    const StatusWord word = statusWord(row.summary, row.activity);
    const bool isBusy = row.activity != ContainerActivity::None;
    const double height = chipSize(word.text).height();
    paintChip(painter, QPointF(rect.left(), rect.center().y() - height / 2), word.text, word.tone,
        isBusy ? spinnerAngle() : -1);
}

} // namespace portlight::views
