#pragma once

#include "app/models/filter_proxy.h"
#include "app/views/pages/engine_notice.h"
#include "app/views/widgets/table_view.h"

#include <QAbstractItemModel>
#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QLineEdit;
class QStackedLayout;
class QStackedWidget;

namespace portlight::views {

class IconButton;
class MessageBar;
class Skeleton;
class TextLabel;

/// A list of objects: head with count and buttons, search and filter (or, with a selection, what
/// can be done to it), a message bar, and one of table, skeleton and state page.
class ListPage : public QWidget {
    Q_OBJECT

public:
    /// Exactly one is shown in place of, or as, the content.
    enum class State { Loading, Content, Empty, NothingMatches, EngineAway };

    QStringList selectedIds() const;
    /// The id of the row with the focus; empty without one.
    QString currentId() const;
    State state() const { return m_state; }
    /// "containers", as in object names and settings.
    const QString& name() const { return m_name; }
    TableView& table() const { return *m_table; }
    MessageBar& messageBar() const { return *m_message; }

    void setEngine(const EngineNotice& notice);
    /// The first snapshot has come.
    void setLoaded(bool loaded);
    void focusSearch();
    void clearFilter();
    void selectId(const QString& id);

signals:
    void opened(const QString& id);
    void selectionChanged();
    void menuRequested(const QPoint& globalPosition);

protected:
    /// @p name is the object name's stem ("containers"); the proxy and the table become children.
    ListPage(const QString& name, QAbstractItemModel& source, models::FilterProxy* proxy,
        TableView* table, QWidget* parent);

    void addHeadButton(QAction* action, bool isPrimary);
    void addSelectionButton(QAction* action, bool isDestructive);
    void addStateFilter(const QString& text, const QSet<int>& states);
    void setFilterText(int index, const QString& text);
    void setTitle(const QString& title);
    void setSearchHint(const QString& hint);
    void changeEvent(QEvent* event) override;

    virtual StateContent emptyContent() const = 0;
    /// @p search may be empty: then only the state filter hides everything.
    virtual StateContent nothingMatchesContent(const QString& search) const = 0;
    /// "12 shown, 3 running".
    virtual QString countText(int shown) const = 0;
    virtual QString selectionText(int count) const = 0;
    virtual void retranslate() = 0;
    void updateAll();

private:
    QWidget* makeHead();
    QWidget* makeFilterRow();
    QWidget* makeSelectionBar();
    void connectAll(QAbstractItemModel& source);
    void setState(State state);
    void updateSelection();

    QString m_name;
    QAbstractItemModel& m_source;
    models::FilterProxy* m_proxy;
    TableView* m_table;
    TextLabel* m_title;
    TextLabel* m_count;
    QHBoxLayout* m_headButtons;
    QStackedWidget* m_filterStack;
    QLineEdit* m_search;
    QComboBox* m_filter;
    QList<QSet<int>> m_filterStates;
    TextLabel* m_selectionCount;
    QHBoxLayout* m_selectionButtons;
    IconButton* m_clearSelection;
    MessageBar* m_message;
    Skeleton* m_skeleton;
    StatePage* m_statePage;
    QStackedLayout* m_content;
    EngineNotice m_engine;
    State m_state = State::Loading;
    bool m_isLoaded = false;
};

} // namespace portlight::views
