#pragma once

#include "app/views/terminal/terminal_view.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;
class QStackedLayout;

namespace portlight::views {

class TextLabel;

/// The terminal tab: which program, as whom, and the terminals of all containers, one in sight.
class TerminalPanel : public QWidget {
    Q_OBJECT

public:
    explicit TerminalPanel(QWidget* parent = nullptr);

    /// Shows @p view, which it takes over, or null: the invitation to open one.
    void showTerminal(TerminalView* view);
    /// Why none can be opened; empty: one can.
    void setObstacle(const QString& reason);
    /// A session is running in what is shown: "Open" becomes "Close".
    void setOpen(bool isOpen);
    QStringList command() const;
    QString user() const;

signals:
    void openRequested();
    void closeRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    QComboBox* m_shell;
    QLineEdit* m_user;
    QPushButton* m_open;
    TextLabel* m_hint;
    QStackedLayout* m_pages;
    QString m_obstacle;
    bool m_isOpen = false;
};

} // namespace portlight::views
