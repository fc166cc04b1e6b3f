#pragma once

#include "app/models/stats_history.h"

#include <QPointer>
#include <QWidget>

namespace portlight::views {

class ChartCard;

/// The four charts of one container, two by two, with one cursor through all of them. Reads
/// @p history while it is visible only.
class ContainerCharts : public QWidget {
    Q_OBJECT

public:
    /// @p history must outlive this widget.
    explicit ContainerCharts(models::StatsHistory& history, QWidget* parent = nullptr);

    void setContainer(const QString& id);
    /// Why nothing is measured at present (it does not run, the engine lacks it); empty: it is.
    void setObstacle(const QString& reason);
    void refresh();

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void setCursorOfAll(std::optional<qint64> offsetMs);

    models::StatsHistory& m_history;
    QString m_id;
    QString m_obstacle;
    ChartCard* m_cpu;
    ChartCard* m_memory;
    ChartCard* m_network;
    ChartCard* m_disk;
};

} // namespace portlight::views
