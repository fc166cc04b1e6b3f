#include "app/views/dialogs/confirm_dialog.h"

#include "app/theme/theme.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>

namespace portlight::views {

ConfirmDialog::ConfirmDialog(const actions::Confirmation& confirmation, QWidget* parent)
    : Dialog(parent)
{
    setObjectName(QStringLiteral("confirmDialog"));
    setHeading(confirmation.title);
    auto* text = new TextLabel(theme::FontRole::Body, TextColor::Text2);
    text->setObjectName(QStringLiteral("confirmText"));
    text->setText(confirmation.text);
    text->setWordWrap(true);
    content()->addWidget(text);
    if (!confirmation.details.isEmpty()) {
        auto* details = new QPlainTextEdit(confirmation.details);
        details->setObjectName(QStringLiteral("confirmDetails"));
        details->setReadOnly(true);
        details->setFont(theme::font(theme::FontRole::Mono));
        details->setAccessibleName(confirmation.title);
        const int lines = qBound(2, int(confirmation.details.count(QLatin1Char('\n'))) + 2, 8);
        details->setFixedHeight(details->fontMetrics().lineSpacing() * lines + 8);
        content()->addWidget(details);
    }
    primary()->setText(confirmation.button);
    setButtonKind(*primary(), ButtonKind::Destructive);
    primary()->setAutoDefault(false);
    cancelButton()->setDefault(true);
    cancelButton()->setFocus();
    connect(primary(), &QPushButton::clicked, this, &QDialog::accept);
}

} // namespace portlight::views
