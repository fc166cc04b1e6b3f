#include "app/views/pages/containers_page.h"

#include "app/views/delegates/container_delegate.h"

#include <QAction>
#include <QLocale>

namespace portlight::views {

using client::ContainerState;
using models::ContainerModel;

namespace {

QSet<int> states(std::initializer_list<ContainerState> list)
{
    QSet<int> result;
    for (const ContainerState state : list)
        result.insert(int(state));
    return result;
}

} // namespace

ContainersPage::ContainersPage(
    ContainerModel& model, const ContainersPageActions& actions, QWidget* parent)
    : ListPage(QStringLiteral("containers"), model,
          new models::FilterProxy({ ContainerModel::IdRole, ContainerModel::SortRole,
              ContainerModel::FilterRole, ContainerModel::StateRole }),
          new TableView(models::containerColumn), parent)
    , m_model(model)
    , m_actions(actions)
{
    table().setItemDelegate(new ContainerDelegate(&table()));
    table().sortByColumn(ContainerModel::NameColumn, Qt::AscendingOrder);
    addHeadButton(actions.importArchive, false);
    addHeadButton(actions.create, true);
    for (QAction* action : actions.onSelection)
        addSelectionButton(action, false);
    addSelectionButton(actions.remove, true);
    addStateFilter({}, {});
    addStateFilter({}, states({ ContainerState::Running, ContainerState::Restarting }));
    addStateFilter({}, states({ ContainerState::Paused }));
    addStateFilter({},
        states({ ContainerState::Created, ContainerState::Exited, ContainerState::Dead,
            ContainerState::Removing }));
    connect(&model, &QAbstractItemModel::dataChanged, this, [this](const auto& first, const auto&) {
        // Only a change of state changes the count; figures tick every second.
        if (first.column() <= ContainerModel::StateColumn)
            updateAll();
    });
    ContainersPage::retranslate();
    updateAll();
}

StateContent ContainersPage::emptyContent() const
{
    return { QStringLiteral("container"), theme::IconColor::Text3, tr("No containers yet"),
        tr("Create one from an image, or import an image archive to have an image first. You can "
           "also drop an archive on this window."),
        {}, { m_actions.create, m_actions.importArchive } };
}

StateContent ContainersPage::nothingMatchesContent(const QString& search) const
{
    return { QStringLiteral("search"), theme::IconColor::Text3,
        search.isEmpty() ? tr("No container is in this state")
                         : tr("No container matches “%1”").arg(search),
        tr("Search looks at name, image, id and ports."), {}, { m_actions.clearFilter } };
}

QString ContainersPage::countText(int shown) const
{
    return tr("%1, %2").arg(tr("%n shown", "containers", shown),
        tr("%n running", "containers", m_model.runningCount()));
}

QString ContainersPage::selectionText(int count) const
{
    return tr("%n selected", "containers", count);
}

void ContainersPage::retranslate()
{
    setTitle(tr("Containers"));
    setSearchHint(tr("Search by name, image, id…"));
    setFilterText(0, tr("All states"));
    setFilterText(1, tr("Running"));
    setFilterText(2, tr("Paused"));
    setFilterText(3, tr("Stopped"));
}

} // namespace portlight::views
