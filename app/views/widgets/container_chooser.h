#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QLineEdit;
class QListWidget;

namespace portlight::views {

/// A searchable list of containers to tick, at most so many at once.
class ContainerChooser : public QWidget {
    Q_OBJECT

public:
    struct Entry {
        QString id;
        QString text; ///< name, and what else there is to say: "web (stopped)"
        QString toolTip;
        bool operator==(const Entry&) const = default;
    };

    /// Object names are @p name + "Search" and "Containers".
    ContainerChooser(const QString& name, int mostChosen, QWidget* parent = nullptr);

    /// Those with a tick keep it; the rest is changed in place, so that focus and scroll stay.
    void setEntries(const QList<Entry>& entries);
    const QList<Entry>& entries() const { return m_entries; }
    bool isEmpty() const { return m_entries.isEmpty(); }
    /// In the order of the list.
    QStringList chosenIds() const;
    void setChosenIds(const QStringList& ids);
    /// These are written in the series colours, in this order; empty: none.
    void setColored(const QStringList& ids);
    void setListName(const QString& name);

signals:
    void choiceChanged();

protected:
    void changeEvent(QEvent* event) override;

private:
    void applySearch();
    void applyLimit();
    void showColors();
    void retranslate();

    int m_most;
    QLineEdit* m_search;
    QListWidget* m_list;
    QList<Entry> m_entries;
    QStringList m_colored;
};

} // namespace portlight::views
