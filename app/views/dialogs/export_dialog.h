#pragma once

#include "app/client/types/archive_format.h"
#include "app/views/dialogs/dialog.h"

#include <QStringList>

class QLineEdit;
class QPushButton;
class QRadioButton;

namespace portlight::views {

class Field;
class TextLabel;

/// Where to and in which form images are exported.
class ExportDialog : public Dialog {
    Q_OBJECT

public:
    /// @p references: what goes into the archive. @p suggestedPath: absolute.
    ExportDialog(const QStringList& references, const QString& suggestedPath, QWidget* parent);

    QString path() const;
    client::ArchiveFormat format() const;

signals:
    void exportRequested(const QString& path, portlight::client::ArchiveFormat format);

protected:
    void retranslate() override;

private:
    void browse();
    void validate();

    QStringList m_references;
    TextLabel* m_images;
    QLineEdit* m_path;
    QPushButton* m_browse;
    Field* m_pathField;
    TextLabel* m_formatLabel;
    QRadioButton* m_docker;
    QRadioButton* m_oci;
};

} // namespace portlight::views
