#include "app/models/filter_proxy.h"

#include <algorithm>

namespace portlight::models {

FilterProxy::FilterProxy(Roles roles, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_roles(roles)
    , m_collator(QLocale().language() == QLocale::C ? QLocale(QLocale::English) : QLocale())
{
    m_collator.setNumericMode(true); // which the C locale would ignore
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
    setSortRole(m_roles.sort);
    setDynamicSortFilter(true);
}

void FilterProxy::setSearchText(const QString& text)
{
    if (m_searchText == text)
        return;
    m_searchText = text;
    m_words = text.simplified().split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
    emit filterChanged();
}

void FilterProxy::setStates(const QSet<int>& states)
{
    if (m_states == states)
        return;
    m_states = states;
    invalidateFilter();
    emit filterChanged();
}

void FilterProxy::setSortHeld(bool held)
{
    m_isSortHeld = held;
    if (held) {
        setDynamicSortFilter(false);
        return;
    }
    // Later: the pointer also leaves when the table is hidden, which can happen in the middle of a
    // change of this very model (the last row that matched goes), and must not start another.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_isSortHeld || dynamicSortFilter())
                return;
            setDynamicSortFilter(true);
            invalidate();
        },
        Qt::QueuedConnection);
}

QModelIndex FilterProxy::indexOfId(const QString& id, int column) const
{
    if (sourceModel() == nullptr || sourceModel()->rowCount() == 0)
        return {};
    const QModelIndexList found = sourceModel()->match(
        sourceModel()->index(0, 0), m_roles.id, id, 1, Qt::MatchExactly | Qt::MatchCaseSensitive);
    return found.isEmpty() ? QModelIndex() : mapFromSource(found.first().siblingAtColumn(column));
}

bool FilterProxy::filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const
{
    const QModelIndex index = sourceModel()->index(sourceRow, 0, sourceParent);
    if (!m_states.isEmpty() && !m_states.contains(index.data(m_roles.state).toInt()))
        return false;
    if (m_words.isEmpty())
        return true;
    const QString text = index.data(m_roles.filter).toString();
    return std::all_of(m_words.begin(), m_words.end(),
        [&text](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool FilterProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(m_roles.sort);
    const QVariant b = right.data(m_roles.sort);
    // The view turns the answer round for a descending order, so this does too.
    if (a.isValid() != b.isValid())
        return a.isValid() == (sortOrder() == Qt::AscendingOrder);
    if (!a.isValid())
        return false;
    if (a.typeId() == QMetaType::QString)
        return m_collator.compare(a.toString(), b.toString()) < 0;
    return QVariant::compare(a, b) == QPartialOrdering::Less;
}

} // namespace portlight::models
