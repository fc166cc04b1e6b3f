#pragma once

#include "app/views/dialogs/dialog.h"

class QLineEdit;

namespace portlight::views {

class Field;

/// Asks which image to pull.
class PullDialog : public Dialog {
    Q_OBJECT

public:
    explicit PullDialog(QWidget* parent);

    QString reference() const;

signals:
    void pullRequested(const QString& reference);

protected:
    void retranslate() override;

private:
    void validate();

    QLineEdit* m_reference;
    Field* m_field;
};

} // namespace portlight::views
