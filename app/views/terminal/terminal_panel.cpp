#include "app/views/terminal/terminal_panel.h"

#include "app/actions/docker_command.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedLayout>

namespace portlight::views {

namespace {

/// The best shell that is there: few images have bash, nearly all with a shell have sh.
const QString kBestShell = QStringLiteral("command -v bash >/dev/null && exec bash || exec sh");

} // namespace

TerminalPanel::TerminalPanel(QWidget* parent)
    : QWidget(parent)
    , m_shell(new QComboBox)
    , m_user(new QLineEdit)
    , m_open(new QPushButton)
    , m_hint(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_pages(new QStackedLayout)
{
    setObjectName(QStringLiteral("terminalPanel"));
    m_shell->setObjectName(QStringLiteral("terminalShell"));
    m_user->setObjectName(QStringLiteral("terminalUser"));
    m_open->setObjectName(QStringLiteral("terminalOpen"));
    m_shell->setEditable(true);
    m_shell->setInsertPolicy(QComboBox::NoInsert);
    m_shell->addItem(QString());
    m_shell->addItems({ QStringLiteral("sh"), QStringLiteral("bash"), QStringLiteral("ash"),
        QStringLiteral("zsh") });
    m_shell->setMinimumWidth(220);
    m_user->setFixedWidth(200);
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setWordWrap(true);
    setButtonKind(*m_open, ButtonKind::Primary);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(8);
    tools->addWidget(m_shell);
    tools->addWidget(m_user);
    tools->addStretch(1);
    tools->addWidget(m_open);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(tools);
    layout->addLayout(m_pages, 1);
    m_pages->addWidget(m_hint);
    connect(m_open, &QPushButton::clicked, this, [this] {
        if (m_isOpen)
            emit closeRequested();
        else
            emit openRequested();
    });
    retranslate();
}

QStringList TerminalPanel::command() const
{
    if (m_shell->currentIndex() == 0 && m_shell->currentText() == m_shell->itemText(0))
        return { QStringLiteral("/bin/sh"), QStringLiteral("-c"), kBestShell };
    return actions::splitCommand(m_shell->currentText()).value_or(QStringList());
}

QString TerminalPanel::user() const
{
    return m_user->text().trimmed();
}

void TerminalPanel::showTerminal(TerminalView* view)
{
    if (!view) {
        m_pages->setCurrentWidget(m_hint);
        return;
    }
    if (m_pages->indexOf(view) < 0)
        m_pages->addWidget(view);
    m_pages->setCurrentWidget(view);
}

void TerminalPanel::setObstacle(const QString& reason)
{
    m_obstacle = reason;
    retranslate();
}

void TerminalPanel::setOpen(bool isOpen)
{
    m_isOpen = isOpen;
    setButtonKind(*m_open, isOpen ? ButtonKind::Secondary : ButtonKind::Primary);
    retranslate();
}

void TerminalPanel::retranslate()
{
    m_shell->setItemText(0, tr("Best shell there is"));
    m_shell->setAccessibleDescription(tr("Program to run in the terminal"));
    m_user->setPlaceholderText(tr("User of the container"));
    m_user->setAccessibleName(tr("User of the container"));
    m_open->setText(m_isOpen ? tr("Close terminal") : tr("Open terminal"));
    m_open->setEnabled(m_isOpen || m_obstacle.isEmpty());
    m_open->setToolTip(m_isOpen ? QString() : m_obstacle);
    m_shell->setEnabled(!m_isOpen);
    m_user->setEnabled(!m_isOpen);
    m_hint->setText(m_obstacle.isEmpty()
            ? tr("A terminal runs a shell inside this container. It stays open while you look at "
                 "other pages.")
            : m_obstacle);
}

void TerminalPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
