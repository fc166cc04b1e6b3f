#include "app/views/pages/networks_page.h"

#include "app/views/delegates/store_delegate.h"

#include <QAction>

namespace portlight::views {

using models::NetworkModel;
using models::NetworkRow;

namespace {

QString secondLine(const QModelIndex& index)
{
    const auto* row =
        static_cast<const NetworkRow*>(index.data(NetworkModel::RowRole).value<void*>());
    if (!row)
        return {};
    return row->summary.isBuiltIn() ? NetworksPage::tr("comes with the engine")
                                    : row->summary.shortId();
}

} // namespace

NetworksPage::NetworksPage(NetworkModel& model, const NetworksPageActions& actions, QWidget* parent)
    : ListPage(QStringLiteral("networks"), model,
          new models::FilterProxy({ NetworkModel::IdRole, NetworkModel::SortRole,
              NetworkModel::FilterRole, NetworkModel::StateRole }),
          new TableView(models::networkColumn), parent)
    , m_actions(actions)
{
    table().setItemDelegate(new StoreDelegate(QStringLiteral("network"), secondLine, &table()));
    table().sortByColumn(NetworkModel::NameColumn, Qt::AscendingOrder);
    addHeadButton(actions.create, true);
    addSelectionButton(actions.remove, true);
    addStateFilter({}, {});
    addStateFilter({}, { NetworkModel::Used });
    addStateFilter({}, { NetworkModel::Unused });
    addStateFilter({}, { NetworkModel::BuiltIn });
    NetworksPage::retranslate();
    updateAll();
}

StateContent NetworksPage::emptyContent() const
{
    return { QStringLiteral("network"), theme::IconColor::Text3, tr("No networks yet"),
        tr("Containers on one network reach each other by their names."), {},
        { m_actions.create } };
}

StateContent NetworksPage::nothingMatchesContent(const QString& search) const
{
    return { QStringLiteral("search"), theme::IconColor::Text3,
        search.isEmpty() ? tr("No network is in this state")
                         : tr("No network matches “%1”").arg(search),
        tr("Search looks at names, ids, subnets and containers."), {}, { m_actions.clearFilter } };
}

QString NetworksPage::countText(int shown) const
{
    return tr("%n shown", "networks", shown);
}

QString NetworksPage::selectionText(int count) const
{
    return tr("%n selected", "networks", count);
}

void NetworksPage::retranslate()
{
    setTitle(tr("Networks"));
    setSearchHint(tr("Search by name, subnet or container…"));
    setFilterText(0, tr("All networks"));
    setFilterText(1, tr("In use"));
    setFilterText(2, tr("Unused"));
    setFilterText(3, tr("Built in"));
}

} // namespace portlight::views
