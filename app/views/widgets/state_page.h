#pragma once

#include "app/theme/icons.h"

#include <QList>
#include <QWidget>

class QAction;
class QBoxLayout;
class QLabel;

namespace portlight::views {

class TextLabel;

/// What a page shows in place of its content: nothing there, nothing matches, engine away.
struct StateContent {
    QString iconName;
    theme::IconColor iconColor = theme::IconColor::Text3;
    QString heading;
    QString text;
    QString detail; ///< raw words of engine or system, shown in mono; may be empty
    QList<QAction*> actions; ///< the first is the primary one
};

/// Icon, heading, a sentence, buttons, and the raw error where there is one.
class StatePage : public QWidget {
    Q_OBJECT

public:
    explicit StatePage(QWidget* parent = nullptr);

    /// Buttons are only made anew when the actions differ, so that focus survives an update.
    void setContent(const StateContent& content);
    QString heading() const;
    QString detail() const;

private:
    void updateIcon();

    QString m_iconName;
    theme::IconColor m_iconColor = theme::IconColor::Text3;
    QList<QAction*> m_actions;
    QLabel* m_icon;
    TextLabel* m_heading;
    TextLabel* m_text;
    TextLabel* m_detail;
    QBoxLayout* m_buttons;
};

} // namespace portlight::views
