#pragma once

#include <QAbstractListModel>
#include <QDateTime>
#include <QVariantList>

namespace portlight::models {

/// Archives that were looked into, imported or written lately, the latest first.
class RecentArchives : public QAbstractListModel {
    Q_OBJECT
public:
    enum class Use { Opened, Imported, Exported };
    enum Role { PathRole = Qt::UserRole + 1, SecondLineRole };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// Moves it to the front; the oldest of more than 20 goes.
    void add(const QString& path, Use use, const QDateTime& when = QDateTime::currentDateTimeUtc());
    void remove(const QString& path);
    int rowOf(const QString& path) const;
    void retranslate();
    /// What the settings keep.
    QVariantList save() const;
    void restore(const QVariantList& saved);

signals:
    void changed();

private:
    struct Entry {
        QString path;
        Use use = Use::Opened;
        QDateTime when;
    };
    QList<Entry> m_entries;
};

} // namespace portlight::models
