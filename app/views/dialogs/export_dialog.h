#pragma once

#include "app/client/types/archive_report.h"
#include "app/views/dialogs/dialog.h"

#include <QStringList>

class QComboBox;
class QLineEdit;
class QListWidget;
class QPushButton;
class QRadioButton;

namespace portlight::views {

class Field;
class TextLabel;

/// What is exported, where to and in which form.
class ExportDialog : public Dialog {
    Q_OBJECT

public:
    /// @p references: what goes into the archive; empty: it is ticked in the dialog, out of @p all.
    /// @p all also offers what the receiver may have already. @p suggestedPath: absolute.
    ExportDialog(const QStringList& references, const QStringList& all,
        const QString& suggestedPath, QWidget* parent);

    client::ExportOrder order() const;

signals:
    void exportRequested(const portlight::client::ExportOrder& order);

protected:
    void retranslate() override;

private:
    void composeForm(QWidget* pathRow);
    void browse();
    void validate();
    void fitEnding();
    QString path() const;
    QStringList chosen() const;

    QStringList m_references;
    TextLabel* m_images;
    QListWidget* m_choice; ///< in place of m_images where nothing was chosen before
    QLineEdit* m_path;
    QPushButton* m_browse;
    Field* m_pathField;
    TextLabel* m_formatLabel;
    QRadioButton* m_docker;
    QRadioButton* m_oci;
    Field* m_compressionField;
    QComboBox* m_compression;
    Field* m_deltaField;
    QComboBox* m_delta;
};

} // namespace portlight::views
