#include "app/views/dialogs/confirm_dialog.h"

#include "app/theme/theme.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QPlainTextEdit>
#include <QPushButton>

namespace portlight::views {

namespace {

void addFact(QGridLayout& grid, const QString& label, const QString& text, const char* name)
{
    if (text.isEmpty())
        return;
    auto* head = new TextLabel(theme::FontRole::Body, TextColor::Text2);
    head->setText(label);
    auto* body = new TextLabel;
    body->setObjectName(QLatin1String(name));
    body->setText(text);
    body->setWordWrap(true);
    const int row = grid.rowCount();
    grid.addWidget(head, row, 0, Qt::AlignTop);
    grid.addWidget(body, row, 1, Qt::AlignTop);
}

} // namespace

ConfirmDialog::ConfirmDialog(const actions::Confirmation& confirmation, QWidget* parent)
    : Dialog(parent)
{
    setObjectName(QStringLiteral("confirmDialog"));
    setHeading(confirmation.title);
    if (!confirmation.warning.isEmpty()) {
        auto* warning = new TextLabel(theme::FontRole::Strong, TextColor::Warn);
        warning->setObjectName(QStringLiteral("confirmWarning"));
        warning->setText(confirmation.warning);
        warning->setWordWrap(true);
        content()->addWidget(warning);
    }
    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(16);
    facts->setVerticalSpacing(8);
    facts->setColumnStretch(1, 1);
    addFact(*facts, tr("Lost", "what a deletion takes"), confirmation.lost, "confirmLost");
    addFact(*facts, tr("Kept", "what a deletion leaves"), confirmation.kept, "confirmKept");
    content()->addLayout(facts);
    if (!confirmation.details.isEmpty()) {
        auto* details = new QPlainTextEdit(confirmation.details);
        details->setObjectName(QStringLiteral("confirmDetails"));
        details->setReadOnly(true);
        details->setFont(theme::font(theme::FontRole::Mono));
        details->setAccessibleName(confirmation.title);
        const int lines = qBound(2, int(confirmation.details.count(QLatin1Char('\n'))) + 2, 8);
        details->setLineWrapMode(QPlainTextEdit::NoWrap);
        const int frame = 2 * (details->frameWidth() + int(details->document()->documentMargin()));
        details->setFixedHeight(details->fontMetrics().lineSpacing() * lines + frame);
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
