#pragma once

#include <QPushButton>
#include <QToolButton>

class QAction;

namespace portlight::views {

enum class ButtonKind { Secondary, Primary, Destructive };

/// The text of @p action for buttons and lists: no "&", and no "(&N)" as stands behind Chinese
/// words.
QString actionText(const QAction& action);

/// A push button that mirrors an action: text, icon, enabled, tooltip (the reason when disabled).
class ActionButton : public QPushButton {
    Q_OBJECT

public:
    ActionButton(QAction* action, ButtonKind kind, QWidget* parent = nullptr);

    QAction* boundAction() const { return m_action; }

private:
    void sync();

    QAction* m_action;
    ButtonKind m_kind;
};

/// A flat button with an icon only; its name for screen readers and its tooltip are @p name.
class IconButton : public QToolButton {
    Q_OBJECT

public:
    explicit IconButton(const QString& iconName, QWidget* parent = nullptr);

    void setName(const QString& name);
    void setIconName(const QString& iconName);
};

/// Marks a plain push button for the style.
void setButtonKind(QPushButton& button, ButtonKind kind);

} // namespace portlight::views
