#include "app/views/widgets/state_page.h"

#include "app/views/widgets/action_button.h"
#include "app/views/widgets/card.h"
#include "app/views/widgets/text_label.h"

#include <QAction>
#include <QVBoxLayout>

namespace portlight::views {

namespace {

constexpr int kIconSize = 48;
constexpr int kTextWidth = 460;

} // namespace

StatePage::StatePage(QWidget* parent)
    : QWidget(parent)
    , m_icon(new QLabel)
    , m_heading(new TextLabel(theme::FontRole::Heading))
    , m_text(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_detail(new TextLabel(theme::FontRole::Mono, TextColor::Text2))
    , m_buttons(new QHBoxLayout)
{
    m_heading->setObjectName(QStringLiteral("stateHeading"));
    m_text->setObjectName(QStringLiteral("stateText"));
    m_detail->setObjectName(QStringLiteral("stateDetail"));
    m_icon->setFixedSize(kIconSize, kIconSize);
    // A wrapped label has no height of its own before it has a width: give it one.
    for (TextLabel* label : { m_text, m_detail }) {
        label->setWordWrap(true);
        label->setMinimumWidth(kTextWidth);
        label->setMaximumWidth(kTextWidth);
    }
    m_heading->setAlignment(Qt::AlignHCenter);
    m_text->setAlignment(Qt::AlignHCenter);
    m_detail->makeSelectable();
    m_detail->setContentsMargins(12, 8, 12, 8);
    m_buttons->setSpacing(12);

    auto* detailCard = new Card;
    auto* detailLayout = new QVBoxLayout(detailCard);
    detailLayout->setContentsMargins(0, 0, 0, 0);
    detailLayout->addWidget(m_detail);
    detailCard->setObjectName(QStringLiteral("stateDetailCard"));

    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addStretch(2);
    layout->addWidget(m_icon, 0, Qt::AlignHCenter);
    layout->addWidget(m_heading, 0, Qt::AlignHCenter);
    layout->addWidget(m_text, 0, Qt::AlignHCenter);
    layout->addSpacing(4);
    layout->addLayout(m_buttons);
    layout->setAlignment(m_buttons, Qt::AlignHCenter);
    layout->addSpacing(12);
    layout->addWidget(detailCard, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] { updateIcon(); });
}

void StatePage::setContent(const StateContent& content)
{
    m_iconName = content.iconName;
    m_iconColor = content.iconColor;
    updateIcon();
    m_heading->setText(content.heading);
    m_text->setText(content.text);
    m_text->setVisible(!content.text.isEmpty());
    m_text->setMinimumHeight(std::max(0, m_text->heightForWidth(kTextWidth)));
    m_detail->setText(content.detail);
    m_detail->setMinimumHeight(std::max(0, m_detail->heightForWidth(kTextWidth)));
    m_detail->parentWidget()->setVisible(!content.detail.isEmpty());
    if (content.actions == m_actions)
        return;
    m_actions = content.actions;
    while (QLayoutItem* item = m_buttons->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    for (QAction* action : m_actions) {
        const bool isFirst = action == m_actions.constFirst();
        auto* button =
            new ActionButton(action, isFirst ? ButtonKind::Primary : ButtonKind::Secondary);
        button->setObjectName(action->objectName() + QStringLiteral("Button"));
        m_buttons->addWidget(button);
    }
}

QString StatePage::heading() const
{
    return m_heading->text();
}

QString StatePage::detail() const
{
    return m_detail->text();
}

void StatePage::updateIcon()
{
    if (m_iconName.isEmpty())
        return; // it was not shown yet
    m_icon->setPixmap(theme::iconPixmap(
        m_iconName, kIconSize, theme::iconColor(m_iconColor), devicePixelRatioF()));
}

} // namespace portlight::views
