#pragma once

#include "app/models/image_model.h"
#include "app/views/pages/list_page.h"

namespace portlight::views {

/// Actions that the page shows; owned by the shell.
struct ImagesPageActions {
    QAction* pull;
    QAction* importArchive;
    QAction* clearFilter;
    QAction* run;
    QAction* exportImages;
    QAction* remove;
};

/// All images of the engine.
class ImagesPage : public ListPage {
    Q_OBJECT

public:
    /// @p model must outlive the page.
    ImagesPage(
        models::ImageModel& model, const ImagesPageActions& actions, QWidget* parent = nullptr);

protected:
    StateContent emptyContent() const override;
    StateContent nothingMatchesContent(const QString& search) const override;
    QString countText(int shown) const override;
    QString selectionText(int count) const override;
    void retranslate() override;

private:
    models::ImageModel& m_model;
    ImagesPageActions m_actions;
};

} // namespace portlight::views
