#pragma once

#include "app/models/container_model.h"
#include "app/views/pages/list_page.h"

namespace portlight::views {

/// Actions that the page shows; owned by the shell.
struct ContainersPageActions {
    QAction* create;
    QAction* importArchive;
    QAction* clearFilter;
    QList<QAction*> onSelection;
    QAction* remove;
};

/// All containers of the engine.
class ContainersPage : public ListPage {
    Q_OBJECT

public:
    /// @p model must outlive the page.
    ContainersPage(models::ContainerModel& model, const ContainersPageActions& actions,
        QWidget* parent = nullptr);

protected:
    StateContent emptyContent() const override;
    StateContent nothingMatchesContent(const QString& search) const override;
    QString countText(int shown) const override;
    QString selectionText(int count) const override;
    void retranslate() override;

private:
    models::ContainerModel& m_model;
    ContainersPageActions m_actions;
};

} // namespace portlight::views
