#pragma once

#include <QCollator>
#include <QSet>
#include <QSortFilterProxyModel>

namespace portlight::models {

/// Search, state filter and order of a list. Words of the search must all appear, in any order and
/// case. Texts sort as people count (2 before 10), cells without a value come last in both
/// directions.
class FilterProxy : public QSortFilterProxyModel {
    Q_OBJECT
public:
    /// The roles of the source model that are matched and compared.
    struct Roles {
        int id;
        int sort;
        int filter;
        int state;
    };

    explicit FilterProxy(Roles roles, QObject* parent = nullptr);

    const Roles& roles() const { return m_roles; }
    const QString& searchText() const { return m_searchText; }
    void setSearchText(const QString& text);
    /// Values of the state role that are shown; empty: all.
    void setStates(const QSet<int>& states);
    const QSet<int>& states() const { return m_states; }
    /// Whether rows may be hidden at present.
    bool isFiltering() const { return !m_words.isEmpty() || !m_states.isEmpty(); }
    /// While held, rows keep their places under the pointer; sorting is made up for afterwards.
    void setSortHeld(bool held);

    /// Proxy index of the row with this id, invalid when it is hidden or unknown.
    QModelIndex indexOfId(const QString& id, int column = 0) const;

signals:
    void filterChanged();

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    Roles m_roles;
    QCollator m_collator;
    QString m_searchText;
    QStringList m_words;
    QSet<int> m_states;
    bool m_isSortHeld = false;
};

} // namespace portlight::models
