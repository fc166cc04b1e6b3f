#pragma once

#include "app/models/volume_model.h"
#include "app/views/pages/list_page.h"

namespace portlight::views {

struct VolumesPageActions {
    QAction* create;
    QAction* clearFilter;
    QAction* remove;
};

/// The list of volumes and who has them.
class VolumesPage : public ListPage {
    Q_OBJECT

public:
    VolumesPage(
        models::VolumeModel& model, const VolumesPageActions& actions, QWidget* parent = nullptr);

protected:
    StateContent emptyContent() const override;
    StateContent nothingMatchesContent(const QString& search) const override;
    QString countText(int shown) const override;
    QString selectionText(int count) const override;
    void retranslate() override;

private:
    VolumesPageActions m_actions;
};

} // namespace portlight::views
