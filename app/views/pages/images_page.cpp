#include "app/views/pages/images_page.h"

#include "app/models/format.h"
#include "app/views/delegates/image_delegate.h"

#include <QAction>

namespace portlight::views {

using models::ImageModel;

ImagesPage::ImagesPage(ImageModel& model, const ImagesPageActions& actions, QWidget* parent)
    : ListPage(QStringLiteral("images"), model,
          new models::FilterProxy({ ImageModel::IdRole, ImageModel::SortRole,
              ImageModel::FilterRole, ImageModel::StateRole }),
          new TableView(models::imageColumn), parent)
    , m_model(model)
    , m_actions(actions)
{
    table().setItemDelegate(new ImageDelegate(&table()));
    table().sortByColumn(ImageModel::NameColumn, Qt::AscendingOrder);
    addHeadButton(actions.pull, false);
    addHeadButton(actions.importArchive, true);
    addSelectionButton(actions.run, false);
    addSelectionButton(actions.exportImages, false);
    addSelectionButton(actions.remove, true);
    addStateFilter({}, {});
    addStateFilter({}, { 1 });
    addStateFilter({}, { 0 });
    ImagesPage::retranslate();
    updateAll();
}

StateContent ImagesPage::emptyContent() const
{
    return { QStringLiteral("image"), theme::IconColor::Text3, tr("No images yet"),
        tr("Import an archive made by “docker save” or in the OCI layout: choose its file, or "
           "drop it on this window. Or pull an image from a registry."),
        {}, { m_actions.importArchive, m_actions.pull } };
}

StateContent ImagesPage::nothingMatchesContent(const QString& search) const
{
    return { QStringLiteral("search"), theme::IconColor::Text3,
        search.isEmpty() ? tr("No image is in this state")
                         : tr("No image matches “%1”").arg(search),
        tr("Search looks at references and ids."), {}, { m_actions.clearFilter } };
}

QString ImagesPage::countText(int shown) const
{
    return tr("%1, %2").arg(
        tr("%n shown", "images", shown), models::format::bytes(m_model.totalBytes()));
}

QString ImagesPage::selectionText(int count) const
{
    return tr("%n selected", "images", count);
}

void ImagesPage::retranslate()
{
    setTitle(tr("Images"));
    setSearchHint(tr("Search by reference or id…"));
    setFilterText(0, tr("All images"));
    setFilterText(1, tr("In use"));
    setFilterText(2, tr("Unused"));
}

} // namespace portlight::views
