#pragma once

#include "app/models/network_model.h"
#include "app/views/pages/list_page.h"

namespace portlight::views {

struct NetworksPageActions {
    QAction* create;
    QAction* clearFilter;
    QAction* remove;
};

/// The list of networks and who is connected to them.
class NetworksPage : public ListPage {
    Q_OBJECT

public:
    NetworksPage(
        models::NetworkModel& model, const NetworksPageActions& actions, QWidget* parent = nullptr);

protected:
    StateContent emptyContent() const override;
    StateContent nothingMatchesContent(const QString& search) const override;
    QString countText(int shown) const override;
    QString selectionText(int count) const override;
    void retranslate() override;

private:
    NetworksPageActions m_actions;
};

} // namespace portlight::views
