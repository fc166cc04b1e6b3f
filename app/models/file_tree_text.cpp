#include "app/models/file_tree_model.h"
#include "app/models/format.h"

// The words in the cells of a tree of files.
namespace portlight::models {

using client::FileEntry;

QString ownerText(const FileEntry& entry)
{
    if (entry.uid < 0)
        return format::unknown();
    const auto name = [](const QString& text, qint64 id) {
        return text.isEmpty() ? QString::number(id) : text;
    };
    return name(entry.user, entry.uid) + QLatin1Char(':') + name(entry.group, entry.gid);
}

QString modeText(int mode)
{
    if (mode < 0)
        return format::unknown();
    QString text = QStringLiteral("rwxrwxrwx");
    for (int bit = 0; bit < 9; ++bit)
        if ((mode & (0400 >> bit)) == 0)
            text[bit] = QLatin1Char('-');
    const auto special = [&](int bit, int at, char with, char without) {
        if ((mode & bit) != 0)
            text[at] = QLatin1Char(text[at] == QLatin1Char('x') ? with : without);
    };
    special(04000, 2, 's', 'S');
    special(02000, 5, 's', 'S');
    special(01000, 8, 't', 'T');
    return text;
}

QString changeText(FileEntry::Change change)
{
    switch (change) {
    case FileEntry::Change::Added:
        return FileTreeModel::tr("Added", "file");
    case FileEntry::Change::Changed:
        return FileTreeModel::tr("Changed", "file");
    case FileEntry::Change::Removed:
        return FileTreeModel::tr("Removed", "file");
    case FileEntry::Change::None:
        break;
    }
    return {};
}

QVariant FileTreeModel::text(const FileEntry& entry, int column) const
{
    switch (column) {
    case NameColumn:
        return entry.target.isEmpty() ? entry.name()
                                      : QStringLiteral("%1 → %2").arg(entry.name(), entry.target);
    case SizeColumn:
        return entry.kind == FileEntry::Kind::File ? format::bytes(entry.sizeBytes) : QString();
    case ModeColumn:
        return modeText(entry.mode);
    case OwnerColumn:
        return ownerText(entry);
    case ModifiedColumn:
        return format::age(entry.modified);
    case ChangeColumn:
        return entry.isOpaque ? tr("Hides what lay there") : changeText(entry.change);
    default:
        return {};
    }
}

ColumnInfo FileTreeModel::columnInfo(int column)
{
    constexpr Qt::Alignment kRight = Qt::AlignRight | Qt::AlignVCenter;
    constexpr Qt::Alignment kLeft = Qt::AlignLeft | Qt::AlignVCenter;
    switch (column) {
    case NameColumn:
        return { tr("Name"), {}, {}, 280, kLeft, true };
    case SizeColumn:
        return { tr("Size"), {}, {}, 88, kRight };
    case ChangeColumn:
        return { tr("Change"), {}, {}, 92, kLeft };
    case ModeColumn:
        return { tr("Mode"), {}, {}, 96, kLeft };
    case OwnerColumn:
        return { tr("Owner"), {}, {}, 100, kLeft };
    case ModifiedColumn:
        return { tr("Modified"), {}, {}, 120, kLeft };
    default:
        return {};
    }
}

} // namespace portlight::models
