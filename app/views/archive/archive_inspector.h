#pragma once

#include "app/models/archive_model.h"
#include "app/models/file_tree_model.h"

#include <QWidget>

class QPlainTextEdit;
class QPushButton;
class QTabWidget;

namespace portlight::views {

class Chip;
class ElidedLabel;
class FactsCard;
class TextLabel;
class TreeView;

/// What is in an archive: images and layers at the left, what is chosen there at the right, and the
/// button that imports what is ticked.
class ArchiveInspector : public QWidget {
    Q_OBJECT

public:
    explicit ArchiveInspector(QWidget* parent = nullptr);

    /// @p fileBytes: of the file on the disk.
    void show(const QString& path, qint64 fileBytes, const client::ArchiveReport& report);
    void markImported(const QStringList& ids);
    /// The answer to layerRequested(); ignored when another layer was chosen meanwhile.
    void setLayerFiles(const QString& member, const client::FileListing& files);
    void setLayerFailed(const QString& member, const QString& message);
    /// Why nothing can be imported now; empty: it can.
    void setObstacle(const QString& reason);
    const models::ArchiveModel& model() const { return m_model; }

signals:
    void importRequested(const QStringList& imageIds, qint64 expectedBytes);
    void layerRequested(const QString& member);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeTabs();
    void showCurrent();
    void showFiles();
    void updateImport();
    void updateSummary();
    void retranslate();

    models::ArchiveModel m_model;
    models::FileTreeModel m_files;
    QString m_path;
    qint64 m_fileBytes = 0;
    QString m_obstacle;
    QString m_member; ///< whose files are shown or asked for
    QString m_shownMember;
    qint64 m_hiddenFiles = 0; ///< of the layer, more than are listed
    ElidedLabel* m_name;
    Chip* m_format;
    Chip* m_verified;
    TextLabel* m_summary;
    QPushButton* m_import;
    TreeView* m_tree;
    QTabWidget* m_tabs;
    FactsCard* m_facts;
    TextLabel* m_filesNote;
    TreeView* m_fileTree;
    QPlainTextEdit* m_config;
};

} // namespace portlight::views
