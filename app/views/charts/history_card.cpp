#include "app/views/charts/history_card.h"

#include "app/models/format.h"
#include "app/theme/theme.h"
#include "app/views/charts/chart_axes.h"
#include "app/views/charts/chart_legend.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QDateTime>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QStackedLayout>
#include <QTableView>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

QString valueText(std::optional<double> value, AxisUnit unit)
{
    return value ? axisText(*value, unit) : models::format::unknown();
}

QString lineName(
    const models::MetricsWindow& window, qsizetype container, const HistoryFigure& figure)
{
    const QString& name = window.series().at(container).container.name;
    if (figure.name.isEmpty())
        return name;
    return window.series().size() == 1 ? figure.name : name + QStringLiteral(" · ") + figure.name;
}

/// The line's place among the series colours: by container, or by figure where there is but one.
int colorOf(const models::MetricsWindow& window, qsizetype container, qsizetype figure)
{
    return int(window.series().size() == 1 ? figure : container);
}

QString momentText(qint64 timeMs)
{
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(timeMs);
    const bool isToday = moment.date() == QDate::currentDate();
    const QString time = QLocale().toString(moment.time(), QStringLiteral("HH:mm:ss"));
    return isToday ? time : QLocale().toString(moment.date(), QLocale::ShortFormat) + u' ' + time;
}

} // namespace

/// The table twin: newest first, a column for each line.
class HistoryCard::Table : public QAbstractTableModel {
public:
    Table(const HistoryCard& card, QObject* parent)
        : QAbstractTableModel(parent)
        , m_card(card)
    {
        refresh();
    }

    void refresh()
    {
        beginResetModel();
        m_times.clear();
        if (m_card.m_window)
            for (const auto& series : m_card.m_window->series())
                m_times += series.timesMs;
        std::sort(m_times.begin(), m_times.end(), std::greater<>());
        m_times.erase(std::unique(m_times.begin(), m_times.end()), m_times.end());
        endResetModel();
    }
    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_times.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override
    {
        if (parent.isValid() || !m_card.m_window)
            return 0;
        return 1 + int(m_card.m_window->series().size() * m_card.m_figures.size());
    }
    QVariant data(const QModelIndex& index, int role) const override
    {
        if (role == Qt::TextAlignmentRole)
            return int(Qt::AlignVCenter | (index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight));
        if (role != Qt::DisplayRole)
            return {};
        const qint64 time = m_times.at(index.row());
        if (index.column() == 0)
            return momentText(time);
        const auto [container, figure] = lineOf(index.column());
        const auto& window = *m_card.m_window;
        return valueText(
            window.valueAt(container, m_card.m_figures.at(figure).metric, time), m_card.m_unit);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
            return {};
        if (section == 0)
            return HistoryCard::tr("Time");
        const auto [container, figure] = lineOf(section);
        return lineName(*m_card.m_window, container, m_card.m_figures.at(figure));
    }

private:
    std::pair<qsizetype, qsizetype> lineOf(int column) const
    {
        const qsizetype line = column - 1;
        return { line / m_card.m_figures.size(), line % m_card.m_figures.size() };
    }

    const HistoryCard& m_card;
    QList<qint64> m_times;
};

HistoryCard::HistoryCard(AxisUnit unit, QWidget* parent)
    : Card(parent)
    , m_unit(unit)
    , m_title(new TextLabel(theme::FontRole::Strong))
    , m_time(new TextLabel(theme::FontRole::Small, TextColor::Text2))
    , m_legend(new ChartLegend)
    , m_pages(new QStackedLayout)
    , m_plot(new HistoryPlot(unit))
    , m_obstacle(new TextLabel(theme::FontRole::Body, TextColor::Text2))
{
    setFocusPolicy(Qt::StrongFocus);
    m_obstacle->setAlignment(Qt::AlignCenter);
    m_obstacle->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_time);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(6);
    layout->addLayout(head);
    layout->addWidget(m_legend);
    layout->addLayout(m_pages, 1);
    m_pages->addWidget(m_plot);
    m_pages->addWidget(m_obstacle);
    connect(m_plot, &HistoryPlot::cursorMoved, this, &HistoryCard::cursorMoved);
    connect(m_plot, &HistoryPlot::spanRequested, this, &HistoryCard::spanRequested);
    connect(m_plot, &HistoryPlot::resetRequested, this, &HistoryCard::resetRequested);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &HistoryCard::showLegend);
}

void HistoryCard::setFigures(const QString& title, const QList<HistoryFigure>& figures)
{
    m_title->setText(title);
    m_figures = figures;
    setAccessibleName(title);
    showLines();
}

void HistoryCard::setSpan(const TimeSpan& span)
{
    m_plot->setSpan(span);
    showLegend();
}

void HistoryCard::setWindow(const models::MetricsWindow& window)
{
    m_window = &window;
    showLines();
    if (m_rows && isShowingTable())
        m_rows->refresh();
}

void HistoryCard::showLines()
{
    QList<HistoryLine> lines;
    for (qsizetype container = 0; m_window && container < m_window->series().size(); ++container)
        for (qsizetype figure = 0; figure < m_figures.size(); ++figure) {
            const HistoryFigure& what = m_figures.at(figure);
            lines.append(
                { lineName(*m_window, container, what), colorOf(*m_window, container, figure),
                    what.isSecond && m_window->series().size() > 1,
                    m_window->runs(container, what.metric) });
        }
    m_plot->setLines(std::move(lines));
    showLegend();
}

void HistoryCard::showLegend()
{
    QList<ChartLegend::Entry> entries;
    for (qsizetype container = 0; m_window && container < m_window->series().size(); ++container)
        for (qsizetype figure = 0; figure < m_figures.size(); ++figure) {
            const HistoryFigure& what = m_figures.at(figure);
            const HistoryLine line { lineName(*m_window, container, what),
                colorOf(*m_window, container, figure),
                what.isSecond && m_window->series().size() > 1, {} };
            const auto value = m_cursor ? m_window->valueAt(container, what.metric, *m_cursor)
                                        : m_window->latest(container, what.metric);
            entries.append({ line.name, m_plot->lineColor(line), m_plot->lineStyle(line),
                valueText(value, m_unit) });
        }
    m_legend->setEntries(entries);
    m_time->setText(m_cursor ? momentText(*m_cursor) : QString());
    setAccessibleDescription(
        m_cursor ? momentText(*m_cursor) + QStringLiteral(": ") + legendText() : legendText());
}

void HistoryCard::setMarks(const QList<HistoryMark>& marks)
{
    m_marks = marks;
    m_plot->setMarks(marks);
}

void HistoryCard::setCursor(std::optional<qint64> timeMs)
{
    m_cursor = timeMs;
    m_plot->setCursor(timeMs);
    showLegend();
}

void HistoryCard::setObstacle(const QString& reason)
{
    m_obstacle->setText(reason);
    m_legend->setVisible(reason.isEmpty());
    if (!isShowingTable())
        m_pages->setCurrentWidget(reason.isEmpty() ? static_cast<QWidget*>(m_plot) : m_obstacle);
}

bool HistoryCard::isShowingTable() const
{
    return m_table && m_pages->currentWidget() == m_table;
}

void HistoryCard::setShowingTable(bool shows)
{
    if (shows && !m_table) {
        m_rows = new Table(*this, this);
        m_table = new QTableView;
        m_table->setObjectName(QStringLiteral("historyTable"));
        m_table->setProperty("flatTable", true);
        m_table->setModel(m_rows);
        m_table->setTabKeyNavigation(false);
        m_table->setShowGrid(false);
        m_table->verticalHeader()->hide();
        m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
        m_pages->addWidget(m_table);
    }
    if (!shows) {
        const bool isPlot = m_obstacle->text().isEmpty();
        m_pages->setCurrentWidget(isPlot ? static_cast<QWidget*>(m_plot) : m_obstacle);
        return;
    }
    m_rows->refresh();
    m_table->setAccessibleName(tr("%1 as a table").arg(title()));
    m_pages->setCurrentWidget(m_table);
    m_table->setFocus();
}

QString HistoryCard::title() const
{
    return m_title->text();
}

QString HistoryCard::legendText() const
{
    return m_legend->text();
}

bool HistoryCard::zoomByKey(QKeyEvent* event)
{
    const TimeSpan span = m_plot->span();
    const qint64 centre = m_cursor.value_or(span.fromMs + span.length() / 2);
    const auto zoom = [&](double factor) {
        emit spanRequested({ centre - qint64(double(centre - span.fromMs) * factor),
            centre + qint64(double(span.toMs - centre) * factor) });
        return true;
    };
    switch (event->key()) {
    case Qt::Key_Plus:
        return zoom(0.5);
    case Qt::Key_Minus:
        return zoom(2);
    case Qt::Key_Home:
        emit resetRequested();
        return true;
    default:
        return false;
    }
}

void HistoryCard::keyPressEvent(QKeyEvent* event)
{
    const bool hasControl = event->modifiers() == Qt::ControlModifier;
    if (event->key() == Qt::Key_T && hasControl) {
        setShowingTable(!isShowingTable());
        return;
    }
    if (event->key() == Qt::Key_Escape && isShowingTable()) {
        setShowingTable(false);
        setFocus();
        return;
    }
    const bool isLeft = event->key() == Qt::Key_Left;
    if ((isLeft || event->key() == Qt::Key_Right) && !isShowingTable()) {
        const TimeSpan span = m_plot->span();
        const qint64 step = (isLeft ? -1 : 1) * std::max<qint64>(1000, span.length() / 60);
        if (event->modifiers() == Qt::ShiftModifier)
            emit spanRequested({ span.fromMs + 6 * step, span.toMs + 6 * step });
        else
            emit cursorMoved(
                std::clamp(m_cursor.value_or(span.toMs) + step, span.fromMs, span.toMs));
        return;
    }
    if (!hasControl && !isShowingTable() && zoomByKey(event))
        return;
    Card::keyPressEvent(event);
}

void HistoryCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        m_plot->retranslate();
    Card::changeEvent(event);
}

} // namespace portlight::views
