#include "app/views/dialogs/shortcuts_dialog.h"

#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QGridLayout>
#include <QPushButton>

namespace portlight::views {

ShortcutsDialog::ShortcutsDialog(const QList<QPair<QString, QString>>& shortcuts, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("shortcutsDialog"));
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(32);
    grid->setVerticalSpacing(8);
    const qsizetype half = (shortcuts.size() + 1) / 2;
    for (qsizetype i = 0; i < shortcuts.size(); ++i) {
        auto* text = new TextLabel;
        text->setText(shortcuts.at(i).first);
        auto* keys = new TextLabel(theme::FontRole::Body, TextColor::Text2);
        keys->setText(shortcuts.at(i).second);
        const int column = i < half ? 0 : 2;
        grid->addWidget(text, int(i % half), column);
        grid->addWidget(keys, int(i % half), column + 1);
    }
    auto* close = new QPushButton(tr("Close"));
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(16);
    layout->addLayout(grid);
    layout->addWidget(close, 0, Qt::AlignRight);
}

} // namespace portlight::views
