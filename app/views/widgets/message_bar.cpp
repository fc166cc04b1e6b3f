#include "app/views/widgets/message_bar.h"

#include "app/theme/icons.h"
#include "app/theme/style_paint.h"
#include "app/theme/theme.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace portlight::views {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
    , m_icon(new QLabel)
    , m_text(new TextLabel(theme::FontRole::Strong))
    , m_detail(new TextLabel(theme::FontRole::Body))
    , m_action(new QPushButton)
    , m_close(new IconButton(QStringLiteral("close")))
{
    setObjectName(QStringLiteral("messageBar"));
    m_text->setObjectName(QStringLiteral("messageText"));
    m_detail->setObjectName(QStringLiteral("messageDetail"));
    m_action->setObjectName(QStringLiteral("messageAction"));
    m_close->setObjectName(QStringLiteral("messageClose"));
    m_text->setWordWrap(true);
    m_detail->setWordWrap(true);
    m_detail->makeSelectable();

    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_text);
    words->addWidget(m_detail);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(12);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_close);

    connect(m_action, &QPushButton::clicked, this, &MessageBar::actionRequested);
    connect(m_close, &IconButton::clicked, this, [this] {
        hide();
        emit dismissed();
    });
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] { updateIcon(); });
    retranslate();
    hide();
}

void MessageBar::showMessage(
    theme::Tone tone, const QString& text, const QString& detail, const QString& actionText)
{
    m_tone = tone;
    m_text->setText(text);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
    updateIcon();
    show();
    update();
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::updateIcon()
{
    const QString name =
        m_tone == theme::Tone::Bad ? QStringLiteral("error") : QStringLiteral("warning");
    m_icon->setPixmap(
        theme::iconPixmap(name, 20, theme::theme().status(m_tone).foreground, devicePixelRatioF()));
}

void MessageBar::retranslate()
{
    m_close->setName(tr("Dismiss message"));
}

void MessageBar::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

void MessageBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::StatusColors& colors = theme::theme().status(m_tone);
    theme::paint::box(painter, rect(), theme::paint::kControlRadius, colors.background,
        theme::withAlpha(colors.foreground, 0.45));
}

} // namespace portlight::views
