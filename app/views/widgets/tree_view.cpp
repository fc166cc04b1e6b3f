#include "app/views/widgets/tree_view.h"

#include "app/theme/icons.h"
#include "app/theme/theme.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kLeastRow = 32;
constexpr int kIcon = 16;

/// One line with its icon; the row's ground is the view's.
class TreeDelegate : public QStyledItemDelegate {
public:
    TreeDelegate(const TreeRoles& roles, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_roles(roles)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return { QStyledItemDelegate::sizeHint(option, index).width(),
            std::max(kLeastRow, option.fontMetrics.height() + 12) };
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const theme::Tokens& t = theme::theme();
        const bool isSelected = option->state.testFlag(QStyle::State_Selected);
        option->state &=
            ~(QStyle::State_Selected | QStyle::State_HasFocus | QStyle::State_MouseOver);
        const bool isDim = index.data(m_roles.dim).toBool();
        option->palette.setColor(QPalette::Text, !isDim ? t.text : isSelected ? t.text2 : t.text3);
        if (index.data(m_roles.mono).toBool())
            option->font = theme::font(theme::FontRole::Mono);
        if (const QString icon = index.data(m_roles.iconName).toString(); !icon.isEmpty()) {
            option->features |= QStyleOptionViewItem::HasDecoration;
            option->icon = theme::icon(icon);
            option->decorationSize = QSize(kIcon, kIcon);
        }
    }

private:
    TreeRoles m_roles;
};

} // namespace

TreeView::TreeView(const TreeRoles& roles, QWidget* parent)
    : QTreeView(parent)
{
    setItemDelegate(new TreeDelegate(roles, this));
    setUniformRowHeights(true);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setAllColumnsShowFocus(true);
    setExpandsOnDoubleClick(true);
    setAnimated(false);
    header()->setHighlightSections(false);
    header()->setFocusPolicy(Qt::NoFocus);
    header()->setMinimumSectionSize(48);
    header()->setStretchLastSection(false);
    connect(this, &QTreeView::doubleClicked, this, [this](const QModelIndex& index) {
        if (!model()->hasChildren(index.siblingAtColumn(0)))
            emit rowOpened(index);
    });
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &QTreeView::doItemsLayout);
}

void TreeView::applyColumns(const std::function<models::ColumnInfo(int)>& columnInfo)
{
    for (int column = 0; column < model()->columnCount(); ++column) {
        const models::ColumnInfo info = columnInfo(column);
        header()->setSectionResizeMode(
            column, info.stretches ? QHeaderView::Stretch : QHeaderView::Interactive);
        header()->resizeSection(column, info.width * theme::Theme::instance().scalePercent() / 100);
        setColumnHidden(column, !info.isShownByDefault);
    }
}

void TreeView::drawRow(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const theme::Tokens& t = theme::theme();
    const QModelIndex first = index.siblingAtColumn(0);
    const bool isSelected = selectionModel()->isSelected(first);
    const QRect row(0, option.rect.top(), viewport()->width(), option.rect.height());
    painter->fillRect(row,
        isSelected                                      ? t.selected
            : m_hovered.isValid() && m_hovered == first ? t.hover
                                                        : t.surface);
    QStyleOptionViewItem plain(option);
    plain.palette.setColor(QPalette::Highlight, t.selected); // Qt's ground below the branches
    QTreeView::drawRow(painter, plain, index);
    painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), t.border);
    if (hasFocus() && currentIndex().isValid() && currentIndex().siblingAtColumn(0) == first)
        painter->fillRect(QRect(row.topLeft(), QSize(3, row.height())), t.accent);
}

void TreeView::drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const
{
    if (!model()->hasChildren(index))
        return;
    const QRectF place(rect.right() - indentation() + 4, rect.center().y() - 6, 14, 14);
    theme::paintIcon(*painter, place,
        isExpanded(index) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
        theme::theme().text2);
}

void TreeView::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (!isEnter || !currentIndex().isValid()) {
        QTreeView::keyPressEvent(event);
        return;
    }
    const QModelIndex first = currentIndex().siblingAtColumn(0);
    if (model()->hasChildren(first))
        setExpanded(first, !isExpanded(first));
    else
        emit rowOpened(first);
}

void TreeView::mouseMoveEvent(QMouseEvent* event)
{
    QTreeView::mouseMoveEvent(event);
    const QModelIndex hovered = indexAt(event->position().toPoint()).siblingAtColumn(0);
    if (hovered != m_hovered) {
        m_hovered = hovered;
        viewport()->update();
    }
}

void TreeView::leaveEvent(QEvent* event)
{
    m_hovered = QModelIndex();
    viewport()->update();
    QTreeView::leaveEvent(event);
}

void TreeView::contextMenuEvent(QContextMenuEvent* event)
{
    QModelIndex index = indexAt(event->pos());
    QPoint position = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        index = currentIndex();
        position = viewport()->mapToGlobal(visualRect(index).bottomLeft());
    }
    emit rowMenuRequested(index.siblingAtColumn(0), position);
}

} // namespace portlight::views
