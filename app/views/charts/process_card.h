#pragma once

#include "app/client/types/process_table.h"
#include "app/views/widgets/card.h"

class QTableWidget;

namespace portlight::views {

class TextLabel;

/// The processes of one container as ps(1) lists them.
class ProcessCard : public Card {
    Q_OBJECT

public:
    explicit ProcessCard(QWidget* parent = nullptr);

    void setProcesses(const QString& name, const client::ProcessTable& table);
    /// Why there are none; the table goes.
    void setObstacle(const QString& reason);

private:
    TextLabel* m_title;
    TextLabel* m_obstacle;
    QTableWidget* m_table;
};

} // namespace portlight::views
