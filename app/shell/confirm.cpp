#include "app/shell/confirm.h"

#include "app/views/dialogs/confirm_dialog.h"

namespace portlight::shell {

void confirmThen(const actions::Confirmation& confirmation, QWidget& window, QObject* context,
    std::function<void()> action)
{
    if (!confirmation.isNeeded) {
        action();
        return;
    }
    auto* dialog = new views::ConfirmDialog(confirmation, &window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QDialog::accepted, context, std::move(action));
    dialog->open();
}

QString failureLines(const actions::ActionSummary& summary)
{
    QStringList lines;
    for (const actions::ActionFailure& failure : summary.failures)
        lines << QStringLiteral("%1: %2").arg(failure.name, failure.error.message);
    return lines.join(QLatin1Char('\n'));
}

} // namespace portlight::shell
