#include "app/views/pages/end_card.h"

#include "app/theme/icons.h"
#include "app/theme/theme.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QEvent>
#include <QPlainTextEdit>
#include <QPushButton>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kIconSize = 20;

} // namespace

EndCard::EndCard(QWidget* parent)
    : Card(parent)
    , m_icon(new QLabel)
    , m_heading(new TextLabel(theme::FontRole::Heading))
    , m_reason(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_lines(new QPlainTextEdit)
    , m_log(new QPushButton)
{
    setObjectName(QStringLiteral("endCard"));
    m_heading->setObjectName(QStringLiteral("endHeading"));
    m_reason->setObjectName(QStringLiteral("endReason"));
    m_lines->setObjectName(QStringLiteral("endLines"));
    m_log->setObjectName(QStringLiteral("endLog"));
    m_reason->setWordWrap(true);
    m_reason->makeSelectable();
    m_lines->setReadOnly(true);
    m_lines->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_lines->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_lines->setFont(theme::font(theme::FontRole::Mono));
    m_lines->hide();
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_icon);
    head->addWidget(m_heading, 1);
    head->addWidget(m_log);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addWidget(m_reason);
    layout->addWidget(m_lines);
    connect(m_log, &QPushButton::clicked, this, &EndCard::logRequested);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] {
        m_lines->setFont(theme::font(theme::FontRole::Mono));
        updateIcon();
    });
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    retranslate();
    hide();
}

void EndCard::setEnd(const models::ExitText& text)
{
    m_end = text;
    m_heading->setText(text.heading);
    m_reason->setText(text.reason);
    updateIcon();
    setVisible(!text.heading.isEmpty());
}

void EndCard::setLastLines(const QStringList& lines)
{
    m_lines->setVisible(!lines.isEmpty());
    m_lines->setPlainText(lines.join(QLatin1Char('\n')));
    const int frame = 2 * m_lines->frameWidth() + int(2 * m_lines->document()->documentMargin());
    m_lines->setFixedHeight(m_lines->fontMetrics().lineSpacing() * int(lines.size()) + frame + 4);
}

void EndCard::updateIcon()
{
    const QString name = m_end.isFailure ? QStringLiteral("error") : QStringLiteral("done");
    const auto color = m_end.isFailure ? theme::IconColor::Bad : theme::IconColor::Text2;
    m_icon->setPixmap(
        theme::icon(name, color).pixmap(QSize(kIconSize, kIconSize), devicePixelRatioF()));
}

void EndCard::retranslate()
{
    m_log->setText(tr("Show log"));
    m_lines->setAccessibleName(tr("The last lines of the log"));
}

void EndCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    Card::changeEvent(event);
}

} // namespace portlight::views
