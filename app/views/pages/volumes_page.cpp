#include "app/views/pages/volumes_page.h"

#include "app/views/delegates/store_delegate.h"

#include <QAction>

namespace portlight::views {

using models::VolumeModel;
using models::VolumeRow;

namespace {

QString secondLine(const QModelIndex& index)
{
    const auto* row =
        static_cast<const VolumeRow*>(index.data(VolumeModel::RowRole).value<void*>());
    if (!row)
        return {};
    return row->summary.isAnonymous() ? VolumesPage::tr("made for one container")
                                      : row->summary.mountPoint;
}

} // namespace

VolumesPage::VolumesPage(VolumeModel& model, const VolumesPageActions& actions, QWidget* parent)
    : ListPage(QStringLiteral("volumes"), model,
          new models::FilterProxy({ VolumeModel::IdRole, VolumeModel::SortRole,
              VolumeModel::FilterRole, VolumeModel::StateRole }),
          new TableView(models::volumeColumn), parent)
    , m_actions(actions)
{
    table().setItemDelegate(new StoreDelegate(QStringLiteral("volume"), secondLine, &table()));
    table().sortByColumn(VolumeModel::NameColumn, Qt::AscendingOrder);
    addHeadButton(actions.create, true);
    addSelectionButton(actions.remove, true);
    addStateFilter({}, {});
    addStateFilter({}, { 1 });
    addStateFilter({}, { 0 });
    VolumesPage::retranslate();
    updateAll();
}

StateContent VolumesPage::emptyContent() const
{
    return { QStringLiteral("volume"), theme::IconColor::Text3, tr("No volumes yet"),
        tr("A volume keeps files when the containers that use it are deleted. Make one here, or "
           "name one when you make a container."),
        {}, { m_actions.create } };
}

StateContent VolumesPage::nothingMatchesContent(const QString& search) const
{
    return { QStringLiteral("search"), theme::IconColor::Text3,
        search.isEmpty() ? tr("No volume is in this state")
                         : tr("No volume matches “%1”").arg(search),
        tr("Search looks at names, drivers and containers."), {}, { m_actions.clearFilter } };
}

QString VolumesPage::countText(int shown) const
{
    return tr("%n shown", "volumes", shown);
}

QString VolumesPage::selectionText(int count) const
{
    return tr("%n selected", "volumes", count);
}

void VolumesPage::retranslate()
{
    setTitle(tr("Volumes"));
    setSearchHint(tr("Search by name or container…"));
    setFilterText(0, tr("All volumes"));
    setFilterText(1, tr("In use"));
    setFilterText(2, tr("Unused"));
}

} // namespace portlight::views
