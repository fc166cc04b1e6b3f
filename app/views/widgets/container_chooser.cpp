#include "app/views/widgets/container_chooser.h"

#include "app/theme/icons.h"
#include "app/theme/theme.h"

#include <QEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace portlight::views {

namespace {
constexpr int kWidth = 220;
}

ContainerChooser::ContainerChooser(const QString& name, int mostChosen, QWidget* parent)
    : QWidget(parent)
    , m_most(mostChosen)
    , m_search(new QLineEdit)
    , m_list(new QListWidget)
{
    setFixedWidth(kWidth);
    m_search->setObjectName(name + QStringLiteral("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(
        theme::icon(QStringLiteral("search"), theme::IconColor::Text3), QLineEdit::LeadingPosition);
    m_list->setObjectName(name + QStringLiteral("Containers"));
    m_list->setUniformItemSizes(true);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_search);
    layout->addWidget(m_list, 1);
    connect(m_search, &QLineEdit::textChanged, this, &ContainerChooser::applySearch);
    connect(m_list, &QListWidget::itemChanged, this, [this] {
        applyLimit();
        emit choiceChanged();
    });
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &ContainerChooser::showColors);
    retranslate();
}

void ContainerChooser::setEntries(const QList<Entry>& entries)
{
    if (entries == m_entries)
        return;
    const QStringList chosen = chosenIds();
    m_entries = entries;
    {
        const QSignalBlocker blocker(m_list);
        for (int row = 0; row < int(entries.size()); ++row) {
            QListWidgetItem* item = m_list->item(row);
            if (!item) {
                item = new QListWidgetItem(m_list);
                item->setSizeHint({ 0, std::max(30, m_list->fontMetrics().height() + 12) });
            }
            item->setText(entries.at(row).text);
            item->setToolTip(entries.at(row).toolTip);
            item->setCheckState(chosen.contains(entries.at(row).id) ? Qt::Checked : Qt::Unchecked);
        }
        while (m_list->count() > entries.size())
            delete m_list->takeItem(m_list->count() - 1);
    }
    applyLimit();
    applySearch();
    showColors();
}

QStringList ContainerChooser::chosenIds() const
{
    QStringList ids;
    for (int row = 0; row < std::min(m_list->count(), int(m_entries.size())); ++row)
        if (m_list->item(row)->checkState() == Qt::Checked)
            ids.append(m_entries.at(row).id);
    return ids;
}

void ContainerChooser::setChosenIds(const QStringList& ids)
{
    {
        const QSignalBlocker blocker(m_list);
        for (int row = 0; row < m_list->count(); ++row)
            m_list->item(row)->setCheckState(
                ids.contains(m_entries.at(row).id) ? Qt::Checked : Qt::Unchecked);
    }
    applyLimit();
    emit choiceChanged();
}

void ContainerChooser::applyLimit()
{
    const bool isFull = chosenIds().size() >= m_most;
    const QSignalBlocker blocker(m_list);
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        const bool isEnabled = !isFull || item->checkState() == Qt::Checked;
        item->setFlags(Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
            | (isEnabled ? Qt::ItemIsEnabled : Qt::NoItemFlags));
    }
}

void ContainerChooser::applySearch()
{
    const QString text = m_search->text().trimmed();
    for (int row = 0; row < m_list->count(); ++row)
        m_list->item(row)->setHidden(
            !m_list->item(row)->text().contains(text, Qt::CaseInsensitive));
}

void ContainerChooser::setColored(const QStringList& ids)
{
    m_colored = ids;
    showColors();
}

void ContainerChooser::showColors()
{
    const QSignalBlocker blocker(m_list);
    const theme::Tokens& tokens = theme::theme();
    for (int row = 0; row < m_list->count(); ++row) {
        const qsizetype at = m_colored.indexOf(m_entries.at(row).id);
        m_list->item(row)->setForeground(
            at < 0 ? tokens.text : tokens.series.at(std::size_t(at) % tokens.series.size()));
    }
}

void ContainerChooser::setListName(const QString& name)
{
    m_list->setAccessibleName(name);
}

void ContainerChooser::retranslate()
{
    m_search->setPlaceholderText(tr("Search containers"));
    m_search->setAccessibleName(tr("Search containers"));
}

void ContainerChooser::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
