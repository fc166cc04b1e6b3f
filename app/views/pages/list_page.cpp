#include "app/views/pages/list_page.h"

#include "app/theme/icons.h"
#include "app/views/delegates/row_delegate.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/skeleton.h"
#include "app/views/widgets/text_label.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QStackedLayout>
#include <QStackedWidget>

namespace portlight::views {

ListPage::ListPage(const QString& name, QAbstractItemModel& source, models::FilterProxy* proxy,
    TableView* table, QWidget* parent)
    : QWidget(parent)
    , m_name(name)
    , m_source(source)
    , m_proxy(proxy)
    , m_table(table)
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_count(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_headButtons(new QHBoxLayout)
    , m_filterStack(new QStackedWidget)
    , m_search(new QLineEdit)
    , m_filter(new QComboBox)
    , m_selectionCount(new TextLabel(theme::FontRole::Strong))
    , m_selectionButtons(new QHBoxLayout)
    , m_clearSelection(new IconButton(QStringLiteral("close")))
    , m_message(new MessageBar)
    , m_skeleton(new Skeleton(table->horizontalHeader(), RowDelegate::rowHeight()))
    , m_statePage(new StatePage)
    , m_content(new QStackedLayout)
{
    setObjectName(name + QStringLiteral("Page"));
    proxy->setParent(this);
    proxy->setSourceModel(&source);
    table->setModel(proxy);
    table->setObjectName(name + QStringLiteral("Table"));
    m_statePage->setObjectName(name + QStringLiteral("State"));
    m_filterStack->addWidget(makeFilterRow());
    m_filterStack->addWidget(makeSelectionBar());
    m_filterStack->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_content->addWidget(m_skeleton);
    m_content->addWidget(table);
    m_content->addWidget(m_statePage);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addWidget(makeHead());
    layout->addWidget(m_filterStack);
    layout->addWidget(m_message);
    layout->addLayout(m_content, 1);
    connectAll(source);
}

QWidget* ListPage::makeHead()
{
    auto* head = new QWidget;
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_title->setObjectName(m_name + QStringLiteral("Title"));
    m_count->setObjectName(m_name + QStringLiteral("Count"));
    layout->addWidget(m_title);
    layout->addWidget(m_count, 1);
    m_headButtons->setSpacing(12);
    layout->addLayout(m_headButtons);
    return head;
}

QWidget* ListPage::makeFilterRow()
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_search->setObjectName(m_name + QStringLiteral("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->setMinimumWidth(320);
    m_search->setMaximumWidth(480);
    m_search->addAction(
        theme::icon(QStringLiteral("search"), theme::IconColor::Text3), QLineEdit::LeadingPosition);
    m_filter->setObjectName(m_name + QStringLiteral("Filter"));
    layout->addWidget(m_search, 1);
    layout->addWidget(m_filter);
    layout->addStretch(1);
    return row;
}

QWidget* ListPage::makeSelectionBar()
{
    auto* bar = new QWidget;
    bar->setObjectName(m_name + QStringLiteral("SelectionBar"));
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_clearSelection->setObjectName(m_name + QStringLiteral("ClearSelection"));
    layout->addWidget(m_clearSelection);
    layout->addWidget(m_selectionCount);
    layout->addSpacing(8);
    m_selectionButtons->setSpacing(8);
    layout->addLayout(m_selectionButtons);
    layout->addStretch(1);
    return bar;
}

void ListPage::connectAll(QAbstractItemModel& source)
{
    connect(m_search, &QLineEdit::textChanged, m_proxy, &models::FilterProxy::setSearchText);
    connect(m_filter, &QComboBox::currentIndexChanged, this,
        [this](int index) { m_proxy->setStates(m_filterStates.value(index)); });
    connect(m_proxy, &models::FilterProxy::filterChanged, this, &ListPage::updateAll);
    for (QAbstractItemModel* model : { &source, static_cast<QAbstractItemModel*>(m_proxy) }) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &ListPage::updateAll);
        connect(model, &QAbstractItemModel::rowsRemoved, this, &ListPage::updateAll);
        connect(model, &QAbstractItemModel::modelReset, this, &ListPage::updateAll);
    }
    connect(m_clearSelection, &IconButton::clicked, m_table, &QTableView::clearSelection);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &ListPage::updateSelection);
    connect(m_table, &TableView::rowOpened, this, [this](const QModelIndex& index) {
        emit opened(index.data(m_proxy->roles().id).toString());
    });
    connect(m_table, &TableView::rowMenuRequested, this, &ListPage::menuRequested);
    // A row must not move away under the pointer.
    connect(m_table, &TableView::pointerInsideChanged, m_proxy, &models::FilterProxy::setSortHeld);
}

QStringList ListPage::selectedIds() const
{
    QStringList ids;
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        ids.append(index.data(m_proxy->roles().id).toString());
    return ids;
}

QString ListPage::currentId() const
{
    return m_table->currentIndex().data(m_proxy->roles().id).toString();
}

void ListPage::setEngine(const EngineNotice& notice)
{
    m_engine = notice;
    updateAll();
}

void ListPage::setLoaded(bool loaded)
{
    m_isLoaded = loaded;
    updateAll();
}

void ListPage::focusSearch()
{
    m_table->clearSelection();
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void ListPage::clearFilter()
{
    m_search->clear();
    m_filter->setCurrentIndex(0);
}

void ListPage::selectId(const QString& id)
{
    const QModelIndex index = m_proxy->indexOfId(id);
    if (!index.isValid())
        return;
    m_table->selectRow(index.row());
    m_table->scrollTo(index);
}

void ListPage::addHeadButton(QAction* action, bool isPrimary)
{
    auto* button =
        new ActionButton(action, isPrimary ? ButtonKind::Primary : ButtonKind::Secondary);
    button->setObjectName(m_name + QLatin1Char('.') + action->objectName());
    m_headButtons->addWidget(button);
}

void ListPage::addSelectionButton(QAction* action, bool isDestructive)
{
    auto* button =
        new ActionButton(action, isDestructive ? ButtonKind::Destructive : ButtonKind::Secondary);
    button->setObjectName(m_name + QStringLiteral(".selection.") + action->objectName());
    m_selectionButtons->addWidget(button);
}

void ListPage::addStateFilter(const QString& text, const QSet<int>& states)
{
    m_filterStates.append(states);
    m_filter->addItem(text);
}

void ListPage::setFilterText(int index, const QString& text)
{
    m_filter->setItemText(index, text);
}

void ListPage::setTitle(const QString& title)
{
    m_title->setText(title);
    m_table->setAccessibleName(title);
    m_filter->setAccessibleDescription(tr("Filter by state"));
    m_clearSelection->setName(tr("Clear selection"));
}

void ListPage::setSearchHint(const QString& hint)
{
    m_search->setPlaceholderText(hint);
    m_search->setAccessibleName(hint);
}

void ListPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        updateAll();
    }
    QWidget::changeEvent(event);
}

void ListPage::updateAll()
{
    const bool hasRows = m_source.rowCount() > 0;
    const int shown = m_proxy->rowCount();
    State state = State::Content;
    if (m_engine.state == EngineNotice::State::Away)
        state = State::EngineAway;
    else if (!m_isLoaded || m_engine.state == EngineNotice::State::Waiting)
        state = State::Loading;
    else if (!hasRows)
        state = State::Empty;
    else if (shown == 0)
        state = State::NothingMatches;
    const bool hasCount = state == State::Content || state == State::NothingMatches;
    m_count->setText(hasCount ? countText(shown) : QString());
    setState(state);
    updateSelection();
}

void ListPage::setState(State state)
{
    m_state = state;
    m_filterStack->setEnabled(state == State::Content || state == State::NothingMatches);
    switch (state) {
    case State::Loading:
        m_content->setCurrentWidget(m_skeleton);
        return;
    case State::Content:
        m_content->setCurrentWidget(m_table);
        return;
    case State::Empty:
        m_statePage->setContent(emptyContent());
        break;
    case State::NothingMatches:
        m_statePage->setContent(nothingMatchesContent(m_proxy->searchText()));
        break;
    case State::EngineAway:
        m_statePage->setContent(m_engine.away);
        break;
    }
    m_content->setCurrentWidget(m_statePage);
}

void ListPage::updateSelection()
{
    const int count = int(m_table->selectionModel()->selectedRows().size());
    m_selectionCount->setText(selectionText(count));
    m_filterStack->setCurrentIndex(count > 0 && m_state == State::Content ? 1 : 0);
    emit selectionChanged();
}

} // namespace portlight::views
