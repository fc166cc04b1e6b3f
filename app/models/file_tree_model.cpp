#include "app/models/file_tree_model.h"

#include "app/models/format.h"

#include <QCollator>
#include <QSet>

#include <algorithm>

namespace portlight::models {

using client::FileEntry;

struct FileTreeModel::Node {
    enum class State { Unread, Asked, Read };

    FileEntry entry;
    Node* parent = nullptr;
    std::vector<std::unique_ptr<Node>> children;
    State state = State::Unread;

    bool isDirectory() const { return entry.kind == FileEntry::Kind::Directory; }
    Node* child(const QString& name) const
    {
        for (const auto& each : children)
            if (each->entry.name() == name)
                return each.get();
        return nullptr;
    }
    int row() const
    {
        const auto& all = parent->children;
        const auto at = std::find_if(
            all.begin(), all.end(), [this](const auto& each) { return each.get() == this; });
        return int(at - all.begin());
    }
    Node* add(FileEntry added)
    {
        auto node = std::make_unique<Node>();
        node->entry = std::move(added);
        node->parent = this;
        children.push_back(std::move(node));
        return children.back().get();
    }
};

namespace {

bool isBefore(const FileEntry& a, const FileEntry& b)
{
    static const QCollator natural = [] {
        QCollator collator;
        collator.setNumericMode(true);
        return collator;
    }();
    const bool aIsDirectory = a.kind == FileEntry::Kind::Directory;
    const bool bIsDirectory = b.kind == FileEntry::Kind::Directory;
    if (aIsDirectory != bIsDirectory)
        return aIsDirectory;
    return natural.compare(a.name(), b.name()) < 0;
}

QString iconOf(const FileEntry& entry)
{
    return entry.kind == FileEntry::Kind::Directory ? QStringLiteral("folder")
                                                    : QStringLiteral("file");
}

} // namespace

FileTreeModel::FileTreeModel(QObject* parent)
    : QAbstractItemModel(parent)
{
    clear();
}

FileTreeModel::~FileTreeModel() = default;

FileTreeModel::Node* FileTreeModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

QModelIndex FileTreeModel::indexOfNode(Node* node, int column) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->row(), column, node);
}

FileTreeModel::Node* FileTreeModel::nodeAt(const QString& path) const
{
    Node* node = m_root.get();
    for (const QString& part : path.split(QLatin1Char('/'), Qt::SkipEmptyParts)) {
        node = node->child(part);
        if (!node)
            return nullptr;
    }
    return node;
}

QModelIndex FileTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children[std::size_t(row)].get());
}

QModelIndex FileTreeModel::parent(const QModelIndex& index) const
{
    return index.isValid() ? indexOfNode(nodeOf(index)->parent) : QModelIndex();
}

int FileTreeModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int FileTreeModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

bool FileTreeModel::hasChildren(const QModelIndex& parent) const
{
    const Node* node = nodeOf(parent);
    if (parent.column() > 0 || !node->isDirectory())
        return false;
    return !node->children.empty() || (m_isLazy && node->state != Node::State::Read);
}

bool FileTreeModel::canFetchMore(const QModelIndex& parent) const
{
    const Node* node = nodeOf(parent);
    return m_isLazy && node->isDirectory() && node->state == Node::State::Unread
        && node->entry.change != FileEntry::Change::Removed;
}

void FileTreeModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    nodeOf(parent)->state = Node::State::Asked;
    emit childrenWanted(nodeOf(parent)->entry.path);
}

QVariant FileTreeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const FileEntry& entry = nodeOf(index)->entry;
    switch (role) {
    case Qt::DisplayRole:
        return text(entry, index.column());
    case Qt::ToolTipRole:
        return index.column() == ModifiedColumn
            ? format::absoluteTime(entry.modified)
            : QStringLiteral("%1\n%2  %3").arg(entry.path, modeText(entry.mode), ownerText(entry));
    case Qt::AccessibleTextRole:
        return index.column() == NameColumn
            ? text(entry, NameColumn)
            : QVariant(columnInfo(index.column()).title + QLatin1Char(' ')
                  + text(entry, index.column()).toString());
    case Qt::TextAlignmentRole:
        return int(columnInfo(index.column()).alignment);
    case EntryRole:
        return QVariant::fromValue(const_cast<void*>(static_cast<const void*>(&entry)));
    case PathRole:
        return entry.path;
    case IconNameRole:
        return index.column() == NameColumn ? iconOf(entry) : QString();
    case MonoRole:
        return index.column() == ModeColumn;
    case DimRole:
        return index.column() > SizeColumn || entry.change == FileEntry::Change::Removed;
    default:
        return {};
    }
}

QVariant FileTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        return columnInfo(section).title;
    if (role == Qt::TextAlignmentRole)
        return int(columnInfo(section).alignment);
    return {};
}

Qt::ItemFlags FileTreeModel::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    if (index.isValid() && nodeOf(index)->entry.change != FileEntry::Change::Removed)
        flags |= Qt::ItemIsDragEnabled;
    return flags | Qt::ItemIsDropEnabled;
}

FileTreeModel::Node* FileTreeModel::makeDirectory(const QString& path)
{
    if (Node* known = nodeAt(path))
        return known;
    Node* above =
        makeDirectory(path.left(std::max<qsizetype>(path.lastIndexOf(QLatin1Char('/')), 0)));
    FileEntry entry;
    entry.path = path;
    entry.kind = FileEntry::Kind::Directory;
    return above->add(entry);
}

void FileTreeModel::sortChildren(Node& node)
{
    std::sort(node.children.begin(), node.children.end(),
        [](const auto& a, const auto& b) { return isBefore(a->entry, b->entry); });
    for (const auto& child : node.children)
        sortChildren(*child);
}

void FileTreeModel::clear()
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    m_root->entry.path = QStringLiteral("/");
    m_root->entry.kind = FileEntry::Kind::Directory;
    m_isLazy = false;
    endResetModel();
}

void FileTreeModel::setAll(const QList<FileEntry>& entries)
{
    clear();
    // Parents first: each entry then finds its directory by a map, not by walking the tree.
    QList<const FileEntry*> sorted;
    for (const FileEntry& entry : entries)
        sorted.append(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const FileEntry* a, const FileEntry* b) {
        return a->path != b->path ? a->path < b->path : a->isOpaque < b->isOpaque;
    });
    beginResetModel();
    QHash<QString, Node*> known { { QString(), m_root.get() } };
    for (const FileEntry* entry : std::as_const(sorted)) {
        if (Node* same = known.value(entry->path)) {
            same->entry.isOpaque = same->entry.isOpaque || entry->isOpaque;
            continue;
        }
        const QString above = entry->path.left(entry->path.lastIndexOf(QLatin1Char('/')));
        Node*& parent = known[above];
        if (!parent)
            parent = makeDirectory(above);
        Node* node = parent->add(*entry);
        known.insert(entry->path, node);
    }
    sortChildren(*m_root);
    endResetModel();
}

void FileTreeModel::startLazy()
{
    clear();
    m_isLazy = true;
    fetchMore({});
}

void FileTreeModel::setChildren(const QString& path, const QList<FileEntry>& entries)
{
    Node* node = nodeAt(path);
    if (!node)
        return;
    node->state = Node::State::Read;
    QHash<QString, FileEntry> fresh;
    for (const FileEntry& entry : entries)
        fresh.insert(entry.name(), entry);
    for (int row = int(node->children.size()) - 1; row >= 0; --row) {
        Node& child = *node->children[std::size_t(row)];
        const auto same = fresh.find(child.entry.name());
        if (same == fresh.end() || same->kind != child.entry.kind) {
            beginRemoveRows(indexOfNode(node), row, row);
            node->children.erase(node->children.begin() + row);
            endRemoveRows();
            continue;
        }
        if (child.entry != *same) {
            child.entry = *same;
            emit dataChanged(indexOfNode(&child), indexOfNode(&child, ColumnCount - 1));
        }
        fresh.erase(same);
    }
    for (const FileEntry& entry : std::as_const(fresh)) {
        const auto at = std::find_if(node->children.begin(), node->children.end(),
            [&entry](const auto& each) { return isBefore(entry, each->entry); });
        const int row = int(at - node->children.begin());
        auto added = std::make_unique<Node>();
        added->entry = entry;
        added->parent = node;
        beginInsertRows(indexOfNode(node), row, row);
        node->children.insert(at, std::move(added));
        endInsertRows();
    }
    if (entries.isEmpty()) // its arrow goes
        emit dataChanged(indexOfNode(node), indexOfNode(node, 0));
}

void FileTreeModel::setFailed(const QString& path)
{
    if (Node* node = nodeAt(path); node && node->state == Node::State::Asked)
        node->state = Node::State::Unread;
}

void FileTreeModel::refresh()
{
    QStringList read;
    const auto collect = [&read](const Node& node, const auto& again) -> void {
        if (node.state == Node::State::Read)
            read.append(node.entry.path);
        for (const auto& child : node.children)
            again(*child, again);
    };
    collect(*m_root, collect);
    if (m_isLazy && read.isEmpty())
        read.append(m_root->entry.path);
    for (const QString& path : std::as_const(read))
        emit childrenWanted(path);
}

const FileEntry* FileTreeModel::find(const QString& path) const
{
    const Node* node = nodeAt(path);
    return node ? &node->entry : nullptr;
}

QModelIndex FileTreeModel::indexOf(const QString& path) const
{
    Node* node = nodeAt(path);
    return node ? indexOfNode(node) : QModelIndex();
}

bool FileTreeModel::isEmpty() const
{
    return m_root->children.empty();
}

void FileTreeModel::retranslate()
{
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (!isEmpty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

} // namespace portlight::models
