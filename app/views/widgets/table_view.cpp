#include "app/views/widgets/table_view.h"

#include "app/theme/theme.h"
#include "app/views/delegates/row_delegate.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kIconArea = 44; // the object icon at the start of a row, margin included
constexpr int kNameNeeds = 220; ///< a name of some twenty letters and its icon
constexpr int kAgeingMs = 30'000;
constexpr const char* kHoveredRow = "hoveredRow";

} // namespace

TableView::TableView(ColumnInfoOf columnInfo, QWidget* parent)
    : QTableView(parent)
    , m_columnInfo(std::move(columnInfo))
{
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setWordWrap(false);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setSortingEnabled(true);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setFirstSectionMovable(false);
    horizontalHeader()->setMinimumSectionSize(64);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    horizontalHeader()->setFocusPolicy(Qt::NoFocus);
    connect(
        horizontalHeader(), &QWidget::customContextMenuRequested, this, &TableView::showColumnMenu);
    connect(this, &QTableView::doubleClicked, this, &TableView::rowOpened);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &TableView::applyRowHeight);
    connect(
        horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int, int width) {
            if (!m_isFitting && width > 0)
                m_wantedWidths[column] = width;
        });
    m_ageing.setTimerType(Qt::VeryCoarseTimer);
    m_ageing.setInterval(kAgeingMs);
    connect(&m_ageing, &QTimer::timeout, viewport(), qOverload<>(&QWidget::update));
    applyRowHeight();
}

bool TableView::hasSelection() const
{
    return selectionModel() && selectionModel()->hasSelection();
}

void TableView::setModel(QAbstractItemModel* model)
{
    QTableView::setModel(model);
    // Selecting changes every row's check box, not only the rows that Qt repaints.
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, viewport(),
        qOverload<>(&QWidget::update));
    applyDefaultColumns();
}

void TableView::applyRowHeight()
{
    verticalHeader()->setMinimumSectionSize(RowDelegate::rowHeight());
    verticalHeader()->setDefaultSectionSize(RowDelegate::rowHeight());
}

void TableView::applyDefaultColumns()
{
    for (int column = 0; column < model()->columnCount(); ++column) {
        const models::ColumnInfo info = m_columnInfo(column);
        setColumnWidth(column, info.width * theme::Theme::instance().scalePercent() / 100);
        setColumnHidden(column, !info.isShownByDefault);
        horizontalHeader()->setSectionResizeMode(
            column, info.stretches ? QHeaderView::Stretch : QHeaderView::Interactive);
    }
}

QByteArray TableView::saveColumns()
{
    // The widths that are wanted, not what they were shrunk to.
    m_isFitting = true;
    for (auto wanted = m_wantedWidths.begin(); wanted != m_wantedWidths.end(); ++wanted)
        if (!isColumnHidden(wanted.key()) && !m_columnInfo(wanted.key()).stretches)
            setColumnWidth(wanted.key(), wanted.value());
    m_isFitting = false;
    const QByteArray state = horizontalHeader()->saveState();
    fitColumns();
    return state;
}

void TableView::restoreColumns(const QByteArray& state)
{
    if (state.isEmpty() || !horizontalHeader()->restoreState(state))
        return;
    for (int column = 0; column < model()->columnCount(); ++column)
        if (m_columnInfo(column).stretches)
            horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
        else if (columnWidth(column) > 0)
            m_wantedWidths[column] = columnWidth(column);
    fitColumns();
}

void TableView::showColumnMenu(const QPoint& position)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 1; column < model()->columnCount(); ++column) {
        QAction* action = menu->addAction(m_columnInfo(column).title);
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            setColumnHidden(column, !shown);
            fitColumns();
        });
    }
    menu->popup(horizontalHeader()->viewport()->mapToGlobal(position));
}

bool TableView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave) {
        setHoveredRow(-1);
        emit pointerInsideChanged(false);
    } else if (event->type() == QEvent::Enter) {
        emit pointerInsideChanged(true);
    }
    return QTableView::viewportEvent(event);
}

void TableView::mousePressEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    if (!index.isValid()) {
        clearSelection();
    } else if (event->button() == Qt::LeftButton && index.column() == 0
        && event->pos().x() - columnViewportPosition(0) < kIconArea
        && !(event->modifiers() & Qt::ShiftModifier)) {
        // The check box: adds the row to the selection or takes it out, without a modifier.
        selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
        selectionModel()->select(index, QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
        return;
    }
    QTableView::mousePressEvent(event);
}

void TableView::mouseMoveEvent(QMouseEvent* event)
{
    setHoveredRow(rowAt(event->pos().y()));
    QTableView::mouseMoveEvent(event);
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && currentIndex().isValid() && event->modifiers() == Qt::NoModifier) {
        emit rowOpened(currentIndex());
        return;
    }
    if (event->key() == Qt::Key_Escape && hasSelection()) {
        clearSelection();
        return;
    }
    QTableView::keyPressEvent(event);
}

void TableView::contextMenuEvent(QContextMenuEvent* event)
{
    const bool fromKeyboard = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = fromKeyboard ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    if (!selectionModel()->isRowSelected(index.row(), rootIndex()))
        selectRow(index.row());
    emit rowMenuRequested(fromKeyboard
            ? viewport()->mapToGlobal(visualRect(index).bottomLeft() + QPoint(kIconArea, 0))
            : event->globalPos());
}

void TableView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        applyRowHeight();
    QTableView::changeEvent(event);
}

void TableView::showEvent(QShowEvent* event)
{
    m_ageing.start();
    QTableView::showEvent(event);
}

void TableView::hideEvent(QHideEvent* event)
{
    m_ageing.stop();
    QTableView::hideEvent(event);
}

void TableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

void TableView::fitColumns()
{
    if (!model())
        return;
    int room = viewport()->width();
    int shrinkable = 0;
    for (int column = 0; column < model()->columnCount(); ++column) {
        if (isColumnHidden(column))
            continue;
        const models::ColumnInfo info = m_columnInfo(column);
        const int wanted = m_wantedWidths.value(column, info.width);
        room -= info.stretches ? kNameNeeds : wanted;
        if (!info.stretches && info.leastWidth > 0)
            shrinkable += std::max(0, wanted - info.leastWidth);
    }
    const int lack = std::clamp(-room, 0, shrinkable);
    m_isFitting = true;
    for (int column = 0; column < model()->columnCount(); ++column) {
        const models::ColumnInfo info = m_columnInfo(column);
        const int wanted = m_wantedWidths.value(column, info.width);
        if (isColumnHidden(column) || info.stretches || info.leastWidth == 0)
            continue;
        const int give = std::max(0, wanted - info.leastWidth);
        setColumnWidth(column, shrinkable > 0 ? wanted - lack * give / shrinkable : wanted);
    }
    m_isFitting = false;
}

void TableView::setHoveredRow(int row)
{
    if (row == m_hoveredRow)
        return;
    const auto repaintRow = [this](int r) {
        if (r >= 0)
            viewport()->update(0, rowViewportPosition(r), viewport()->width(), rowHeight(r));
    };
    repaintRow(m_hoveredRow);
    m_hoveredRow = row;
    setProperty(kHoveredRow, row);
    repaintRow(m_hoveredRow);
}

} // namespace portlight::views
