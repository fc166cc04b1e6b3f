#include "app/views/widgets/toast.h"

#include "app/theme/style_paint.h"
#include "app/theme/theme.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace portlight::views {

namespace {

constexpr int kShownMs = 6000;
constexpr int kMargin = 24;
constexpr int kMaxWidth = 420;

} // namespace

Toast::Toast(QWidget* parent)
    : QFrame(parent)
    , m_text(new TextLabel)
    , m_action(new QPushButton)
    , m_close(new IconButton(QStringLiteral("close")))
{
    setObjectName(QStringLiteral("toast"));
    m_text->setObjectName(QStringLiteral("toastText"));
    m_action->setObjectName(QStringLiteral("toastAction"));
    m_text->setWordWrap(true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 8, 8, 8);
    layout->setSpacing(12);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_close);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kShownMs);
    connect(&m_timer, &QTimer::timeout, this, &QWidget::hide);
    connect(m_close, &IconButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (m_callback)
            m_callback();
    });
    m_close->setName(tr("Dismiss message"));
    parent->installEventFilter(this);
    hide();
}

void Toast::showMessage(
    const QString& text, const QString& actionText, std::function<void()> action)
{
    m_text->setText(text);
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
    m_callback = std::move(action);
    place();
    show();
    raise();
    m_timer.start();
    QAccessibleEvent alert(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

QString Toast::text() const
{
    return m_text->text();
}

void Toast::place()
{
    const int textRoom = kMaxWidth - (m_action->isHidden() ? 0 : m_action->sizeHint().width()) - 90;
    const int natural = m_text->fontMetrics().horizontalAdvance(m_text->text()) + 4;
    const int textWidth = std::min(natural, textRoom);
    m_text->setFixedWidth(textWidth);
    m_text->setMinimumHeight(m_text->heightForWidth(textWidth));
    layout()->activate();
    adjustSize();
    const QWidget* area = parentWidget();
    move(area->width() - width() - kMargin, area->height() - height() - kMargin - 24);
}

void Toast::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    theme::paint::box(
        painter, rect(), theme::paint::kCardRadius, theme::theme().raised, theme::theme().control);
}

void Toast::enterEvent(QEnterEvent*)
{
    m_timer.stop();
}

void Toast::leaveEvent(QEvent*)
{
    if (isVisible())
        m_timer.start();
}

void Toast::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        m_close->setName(tr("Dismiss message"));
    QFrame::changeEvent(event);
}

bool Toast::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize && isVisible())
        place();
    return QFrame::eventFilter(watched, event);
}

} // namespace portlight::views
