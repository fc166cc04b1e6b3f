#include "app/views/charts/process_card.h"

#include "app/views/widgets/text_label.h"

#include <QHeaderView>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kMostRows = 12; ///< in sight; more scroll

/// Columns that people compare by size.
bool isNumber(const QString& title)
{
    static const QStringList kNumbers { "PID", "PPID", "C", "%CPU", "%MEM", "VSZ", "RSS", "TIME" };
    return kNumbers.contains(title);
}

} // namespace

ProcessCard::ProcessCard(QWidget* parent)
    : Card(parent)
    , m_title(new TextLabel(theme::FontRole::Strong))
    , m_obstacle(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_table(new QTableWidget)
{
    m_table->setObjectName(QStringLiteral("processTable"));
    m_table->setProperty("flatTable", true);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_obstacle);
    layout->addWidget(m_table);
    m_table->hide();
}

void ProcessCard::setProcesses(const QString& name, const client::ProcessTable& table)
{
    m_title->setText(tr("Processes in %1").arg(name));
    m_table->setAccessibleName(m_title->text());
    m_obstacle->hide();
    m_table->show();
    m_table->setColumnCount(int(table.titles.size()));
    m_table->setHorizontalHeaderLabels(table.titles);
    m_table->setRowCount(int(table.rows.size()));
    for (int row = 0; row < table.rows.size(); ++row)
        for (int column = 0; column < table.titles.size(); ++column) {
            const QString text = table.rows.at(row).value(column);
            QTableWidgetItem* item = m_table->item(row, column);
            if (!item) {
                item = new QTableWidgetItem;
                m_table->setItem(row, column, item);
            }
            if (item->text() != text)
                item->setText(text);
            item->setTextAlignment(Qt::AlignVCenter
                | (isNumber(table.titles.at(column)) ? Qt::AlignRight : Qt::AlignLeft));
        }
    const int rows = std::clamp(int(table.rows.size()), 1, kMostRows);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
        + rows * m_table->verticalHeader()->defaultSectionSize() + 2);
}

void ProcessCard::setObstacle(const QString& reason)
{
    m_title->setText(tr("Processes"));
    m_obstacle->setText(reason);
    m_obstacle->show();
    m_table->hide();
}

} // namespace portlight::views
