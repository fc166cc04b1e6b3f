#include "app/views/widgets/facts_card.h"

#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace portlight::views {

FactsCard::FactsCard(QWidget* parent)
    : Card(parent)
    , m_title(new TextLabel(theme::FontRole::Heading))
    , m_grid(nullptr)
    , m_content(new QWidget)
{
    auto* scroll = new QScrollArea;
    scroll->setProperty("flatTable", true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_content);
    m_content->setAutoFillBackground(false); // setWidget has switched it on
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 4, 12);
    layout->setSpacing(12);
    layout->addWidget(m_title);
    layout->addWidget(scroll, 1);
}

void FactsCard::setTitle(const QString& title)
{
    m_title->setText(title);
}

void FactsCard::setFacts(const QList<Fact>& facts)
{
    QList<bool> isMono;
    for (const Fact& fact : facts)
        isMono.append(fact.isMono);
    if (isMono != m_isMono)
        rebuild(facts);
    for (qsizetype i = 0; i < facts.size(); ++i) {
        if (m_labels.at(i)->text() != facts.at(i).label)
            m_labels.at(i)->setText(facts.at(i).label);
        if (m_values.at(i)->text() != facts.at(i).value)
            m_values.at(i)->setText(facts.at(i).value);
    }
}

void FactsCard::rebuild(const QList<Fact>& facts)
{
    qDeleteAll(m_content->findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    delete m_grid;
    m_labels.clear();
    m_values.clear();
    m_isMono.clear();
    m_grid = new QGridLayout(m_content);
    m_grid->setContentsMargins(0, 0, 8, 0);
    m_grid->setHorizontalSpacing(16);
    m_grid->setVerticalSpacing(8);
    m_grid->setColumnStretch(1, 1);
    int row = 0;
    for (const Fact& fact : facts) {
        auto* label = new TextLabel(theme::FontRole::Body, TextColor::Text2);
        auto* value = new TextLabel(fact.isMono ? theme::FontRole::Mono : theme::FontRole::Body);
        value->setWordWrap(true);
        value->makeSelectable();
        // One long word must not make the whole column wider than the card.
        value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        m_grid->addWidget(label, row, 0, Qt::AlignTop | Qt::AlignLeft);
        m_grid->addWidget(value, row, 1, Qt::AlignTop);
        if (fact.isMono) {
            auto* copy = new IconButton(QStringLiteral("copy"));
            copy->setName(tr("Copy %1").arg(fact.label));
            copy->setFixedSize(20, 20);
            connect(copy, &IconButton::clicked, value,
                [value] { QApplication::clipboard()->setText(value->text()); });
            m_grid->addWidget(copy, row, 2, Qt::AlignTop);
        }
        m_labels.append(label);
        m_values.append(value);
        m_isMono.append(fact.isMono);
        ++row;
    }
    m_grid->setRowStretch(row, 1);
}

void FactsCard::changeEvent(QEvent* event)
{
    // The names of the copy buttons hold translated labels: made anew with the next facts.
    if (event->type() == QEvent::LanguageChange)
        m_isMono.clear();
    Card::changeEvent(event);
}

} // namespace portlight::views
