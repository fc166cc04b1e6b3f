#pragma once

#include <QDialog>
#include <QList>
#include <QPair>
#include <QString>

namespace portlight::views {

/// The table of keyboard shortcuts, text and keys.
class ShortcutsDialog : public QDialog {
    Q_OBJECT

public:
    ShortcutsDialog(const QList<QPair<QString, QString>>& shortcuts, QWidget* parent);
};

} // namespace portlight::views
