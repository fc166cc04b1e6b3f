#include "app/views/dialogs/dialog.h"

#include "app/views/widgets/action_button.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/text_label.h"

#include <QDialogButtonBox>
#include <QEvent>
#include <QPushButton>
#include <QVBoxLayout>

namespace portlight::views {

Dialog::Dialog(QWidget* parent)
    : QDialog(parent)
    , m_heading(new TextLabel(theme::FontRole::Heading))
    , m_bar(new MessageBar)
    , m_content(new QVBoxLayout)
{
    setWindowModality(Qt::WindowModal);
    setMinimumWidth(460);
    m_heading->setWordWrap(true);
    m_heading->setObjectName(QStringLiteral("dialogHeading"));
    m_bar->setObjectName(QStringLiteral("dialogFailure"));
    m_content->setSpacing(12);
    auto* buttons = new QDialogButtonBox;
    m_primary = buttons->addButton(QString(), QDialogButtonBox::AcceptRole);
    m_cancel = buttons->addButton(QDialogButtonBox::Cancel);
    m_primary->setObjectName(QStringLiteral("dialogPrimary"));
    m_cancel->setObjectName(QStringLiteral("dialogCancel"));
    setButtonKind(*m_primary, ButtonKind::Primary);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(16);
    layout->addWidget(m_heading);
    layout->addWidget(m_bar);
    layout->addLayout(m_content, 1);
    layout->addWidget(buttons);
}

void Dialog::showFailure(const QString& text, const QString& detail)
{
    setBusy(false);
    m_bar->showMessage(theme::Tone::Bad, text, detail);
}

void Dialog::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    if (isBusy)
        m_bar->hide();
    updateButton();
}

void Dialog::setHeading(const QString& text)
{
    m_heading->setText(text);
    setWindowTitle(text);
}

void Dialog::setObstacle(const QString& reason)
{
    m_obstacle = reason;
    updateButton();
}

void Dialog::updateButton()
{
    m_primary->setEnabled(!m_isBusy && m_obstacle.isEmpty());
    m_primary->setToolTip(m_obstacle);
}

void Dialog::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QDialog::changeEvent(event);
}

} // namespace portlight::views
