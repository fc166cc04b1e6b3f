#pragma once

#include <QWidget>

class QPushButton;

namespace portlight::views {
class ElidedLabel;
}

namespace portlight::shell {

class EngineSession;

/// The bar at the window's foot: what the containers use of this machine, the engine, the tasks.
class StatusLine : public QWidget {
    Q_OBJECT

public:
    /// @p session must outlive it.
    explicit StatusLine(EngineSession& session, QWidget* parent = nullptr);

signals:
    void activityRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateText();
    void updateTasks();

    EngineSession& m_session;
    views::ElidedLabel* m_text;
    QPushButton* m_tasks;
};

} // namespace portlight::shell
