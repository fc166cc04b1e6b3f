#include "app/views/widgets/action_button.h"

#include "app/theme/icons.h"

#include <QAction>
#include <QRegularExpression>

namespace portlight::views {

QString actionText(const QAction& action)
{
    // Qt takes the "&" off, but leaves the letter in brackets.
    static const QRegularExpression mnemonic(QStringLiteral("\\([A-Z]\\)"));
    return action.iconText().remove(mnemonic);
}

void setButtonKind(QPushButton& button, ButtonKind kind)
{
    button.setProperty("primary", kind == ButtonKind::Primary);
    button.setProperty("destructive", kind == ButtonKind::Destructive);
    button.update();
}

ActionButton::ActionButton(QAction* action, ButtonKind kind, QWidget* parent)
    : QPushButton(parent)
    , m_action(action)
    , m_kind(kind)
{
    setButtonKind(*this, kind);
    setAutoDefault(false);
    connect(action, &QAction::changed, this, &ActionButton::sync);
    connect(this, &QPushButton::clicked, action, &QAction::trigger);
    sync();
}

void ActionButton::sync()
{
    setText(actionText(*m_action));
    const QVariant iconName = m_action->property("iconName");
    if (iconName.isValid()) {
        auto color = theme::IconColor::Text;
        if (m_kind == ButtonKind::Primary)
            color = theme::IconColor::OnAccent;
        else if (m_kind == ButtonKind::Destructive)
            color = theme::IconColor::Bad;
        setIcon(theme::icon(iconName.toString(), color));
    }
    setEnabled(m_action->isEnabled());
    setToolTip(m_action->toolTip());
}

IconButton::IconButton(const QString& iconName, QWidget* parent)
    : QToolButton(parent)
{
    setAutoRaise(true);
    setFocusPolicy(Qt::StrongFocus);
    setIconSize({ 16, 16 });
    setIconName(iconName);
}

void IconButton::setName(const QString& name)
{
    setAccessibleName(name);
    setToolTip(name);
}

void IconButton::setIconName(const QString& iconName)
{
    setIcon(theme::icon(iconName));
}

} // namespace portlight::views
