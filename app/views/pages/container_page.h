#pragma once

#include "app/client/types/container_details.h"
#include "app/models/container_model.h"
#include "app/models/stats_history.h"

#include <QWidget>

class QAction;
class QPlainTextEdit;
class QTabWidget;

namespace portlight::views {

class Chip;
class ContainerCharts;
class ElidedLabel;
class EndCard;
class FactsCard;
class IconButton;
class LogPanel;
class MessageBar;
class TerminalPanel;
class TextLabel;

/// Actions in the head of the page; owned by the shell.
struct ContainerPageActions {
    QAction* back;
    QList<QAction*> common;
    QAction* remove;
};

/// One container: charts and facts, its log, a terminal in it, and what the engine says of it.
class ContainerPage : public QWidget {
    Q_OBJECT

public:
    enum class Tab { Overview, Logs, Terminal, Inspect };

    /// Models must outlive the page.
    ContainerPage(models::ContainerModel& model, models::StatsHistory& history,
        const ContainerPageActions& actions, QWidget* parent = nullptr);

    /// Shows what the list knows of it at once; details come by setDetails.
    void setContainer(const QString& id);
    const QString& containerId() const { return m_id; }
    void setDetails(const client::ContainerDetails& details);
    /// It could not be read; what was shown stays. The engine's words are in @p detail.
    void setProblem(const QString& text, const QString& detail);
    /// The engine measures nothing: why, or empty.
    void setStatsObstacle(const QString& reason);
    void setTab(Tab tab);
    Tab tab() const;
    LogPanel& log() const { return *m_log; }
    /// Why it does not run; hides itself where it does.
    EndCard& end() const { return *m_end; }
    TerminalPanel& terminal() const { return *m_terminal; }
    MessageBar& messageBar() const { return *m_message; }

signals:
    void tabChanged();
    void containerChanged();
    void retryRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeHead(const ContainerPageActions& actions);
    QWidget* makeOverview();
    QWidget* makeInspect();
    void updateHead();
    void updateFacts();
    void retranslate();

    models::ContainerModel& m_model;
    QString m_id;
    client::ContainerDetails m_details;
    QString m_statsObstacle;
    IconButton* m_back;
    ElidedLabel* m_name;
    Chip* m_chip;
    ElidedLabel* m_subtitle;
    QTabWidget* m_tabs;
    EndCard* m_end;
    ContainerCharts* m_charts;
    FactsCard* m_facts;
    LogPanel* m_log;
    TerminalPanel* m_terminal;
    QPlainTextEdit* m_json;
    IconButton* m_copyJson;
    MessageBar* m_message;
};

} // namespace portlight::views
