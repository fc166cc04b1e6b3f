#pragma once

#include <QDialog>

class QBoxLayout;
class QPushButton;

namespace portlight::views {

class MessageBar;
class TextLabel;

/// The frame of every dialog: heading, content, the engine's answer when it refused, and at the
/// bottom Cancel and the button that names the verb. Window-modal, opened with open().
class Dialog : public QDialog {
    Q_OBJECT

public:
    explicit Dialog(QWidget* parent);

    /// The action was refused: the dialog stays, with everything that was typed.
    void showFailure(const QString& text, const QString& detail);
    /// While an answer is due the button waits.
    void setBusy(bool isBusy);

protected:
    QBoxLayout* content() const { return m_content; }
    QPushButton* primary() const { return m_primary; }
    QPushButton* cancelButton() const { return m_cancel; }
    void setHeading(const QString& text);
    /// Enables the button, or says in its tooltip what is missing.
    void setObstacle(const QString& reason);
    void changeEvent(QEvent* event) override;
    /// All texts anew; called by the constructor of the subclass and on a change of language.
    virtual void retranslate() = 0;

private:
    void updateButton();

    TextLabel* m_heading;
    MessageBar* m_bar;
    QBoxLayout* m_content;
    QPushButton* m_cancel;
    QPushButton* m_primary;
    QString m_obstacle;
    bool m_isBusy = false;
};

} // namespace portlight::views
