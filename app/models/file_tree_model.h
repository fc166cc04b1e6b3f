#pragma once

#include "app/client/types/file_entry.h"
#include "app/models/columns.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace portlight::models {

/// A tree of files, directories first. Either the whole of it is known (setAll), or each directory
/// is asked for when it is opened (startLazy, childrenWanted, setChildren).
class FileTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        SizeColumn,
        ChangeColumn,
        ModeColumn,
        OwnerColumn,
        ModifiedColumn,
        ColumnCount
    };
    enum Role {
        EntryRole = Qt::UserRole + 1, ///< const client::FileEntry* as void*, until the next change
        PathRole, ///< QString
        IconNameRole, ///< QString
        MonoRole, ///< bool: the cell is code, not prose
        DimRole ///< bool: of little weight
    };

    explicit FileTreeModel(QObject* parent = nullptr);
    ~FileTreeModel() override;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    static ColumnInfo columnInfo(int column);
    /// The whole tree; directories that are only named in paths are made up.
    void setAll(const QList<client::FileEntry>& entries);
    /// An empty tree whose directories are asked for as they are opened.
    void startLazy();
    void clear();
    /// What the directory @p path ("/" is the root) holds now. Rows that stay keep their place in
    /// the view. Nothing happens where it is not in the tree.
    void setChildren(const QString& path, const QList<client::FileEntry>& entries);
    /// The directory could not be read: it can be asked for again.
    void setFailed(const QString& path);
    /// Asks for every directory that was read before, once more.
    void refresh();
    /// Null where it is not in the tree (yet).
    const client::FileEntry* find(const QString& path) const;
    QModelIndex indexOf(const QString& path) const;
    bool isEmpty() const;
    void retranslate();

signals:
    /// In lazy mode: somebody looks into the directory.
    void childrenWanted(const QString& path);

private:
    struct Node;
    Node* nodeOf(const QModelIndex& index) const;
    Node* nodeAt(const QString& path) const;
    QModelIndex indexOfNode(Node* node, int column = 0) const;
    Node* makeDirectory(const QString& path);
    QVariant text(const client::FileEntry& entry, int column) const;
    static void sortChildren(Node& node);

    std::unique_ptr<Node> m_root;
    bool m_isLazy = false;
};

/// "rwxr-xr-x", with the bits for setuid, setgid and sticky as ls(1) writes them.
QString modeText(int mode);
/// "root:root", numbers where there are no names.
QString ownerText(const client::FileEntry& entry);
/// "Added", "Changed", "Removed", translated; empty for None.
QString changeText(client::FileEntry::Change change);

} // namespace portlight::models
