#include "app/shell/navigation.h"

#include "app/theme/icons.h"
#include "app/theme/style_paint.h"
#include "app/theme/theme.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/text_label.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QStyleOption>

namespace portlight::shell {

namespace {

constexpr int kWidth = 220;
constexpr int kFoldedWidth = 56;
constexpr int kItemHeight = 40;

} // namespace

RailItem::RailItem(const QString& page, const QString& iconName, QWidget* parent)
    : QAbstractButton(parent)
    , m_page(page)
    , m_iconName(iconName)
{
    setObjectName(QStringLiteral("rail.") + page);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
}

void RailItem::setCount(int count)
{
    if (count == m_count)
        return;
    m_count = count;
    setAccessibleDescription(count < 0 ? QString() : QLocale().toString(count));
    update();
}

void RailItem::setFailed(bool failed)
{
    m_hasFailed = failed;
    update();
}

void RailItem::setFolded(bool folded)
{
    m_isFolded = folded;
    setToolTip(folded ? text() : QString());
    update();
}

QSize RailItem::sizeHint() const
{
    return { m_isFolded ? kFoldedWidth - 16 : kWidth - 16,
        std::max(kItemHeight, fontMetrics().height() + 20) };
}

void RailItem::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::theme();
    QPainter painter(this);
    const QRectF area = QRectF(rect()).adjusted(0, 2, 0, -2);
    if (isChecked())
        theme::paint::box(painter, area, theme::paint::kControlRadius, t.selected, QColor());
    else if (underMouse())
        theme::paint::box(painter, area, theme::paint::kControlRadius, t.hover, QColor());
    // Only for those who move by keyboard, as everywhere in the style.
    QStyleOption option;
    option.initFrom(this);
    if (hasFocus() && option.state.testFlag(QStyle::State_KeyboardFocusChange))
        theme::paint::focusRing(painter, area, theme::paint::kControlRadius);
    const QRectF icon(m_isFolded ? (width() - 20) / 2.0 : 12, height() / 2.0 - 10, 20, 20);
    theme::paintIcon(painter, icon, m_iconName, isChecked() ? t.accent : t.text2);
    if (m_hasFailed) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.status(theme::Tone::Bad).foreground);
        painter.drawEllipse(QPointF(icon.right(), icon.top() + 1), 4, 4);
    }
    if (m_isFolded)
        return;
    painter.setFont(theme::font(isChecked() ? theme::FontRole::Strong : theme::FontRole::Body));
    painter.setPen(isChecked() ? t.text : t.text2);
    painter.drawText(rect().adjusted(42, 0, -50, 0), int(Qt::AlignVCenter | Qt::AlignLeft), text());
    if (m_count < 0)
        return;
    painter.setFont(theme::font(theme::FontRole::Small));
    painter.setPen(t.text2);
    painter.drawText(rect().adjusted(0, 0, -12, 0), int(Qt::AlignVCenter | Qt::AlignRight),
        QLocale().toString(m_count));
}

Navigation::Navigation(QAction* toggleDark, QWidget* parent)
    : QWidget(parent)
    , m_logo(new QLabel)
    , m_brand(new views::ElidedLabel(theme::FontRole::Heading))
    , m_engineDot(new QLabel)
    , m_engineText(new views::ElidedLabel(theme::FontRole::Body))
    , m_darkSwitch(new views::IconButton(QStringLiteral("moon")))
{
    setObjectName(QStringLiteral("navigation"));
    m_brand->setText(QStringLiteral("Portlight"));
    m_engineText->setObjectName(QStringLiteral("engineState"));
    m_darkSwitch->setObjectName(QStringLiteral("darkSwitch"));
    connect(m_darkSwitch, &QToolButton::clicked, toggleDark, &QAction::trigger);

    auto* brand = new QHBoxLayout;
    brand->setContentsMargins(8, 8, 8, 12);
    brand->setSpacing(8);
    brand->addWidget(m_logo);
    brand->addWidget(m_brand, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(8, 0, 0, 0);
    foot->setSpacing(8);
    foot->addWidget(m_engineDot);
    foot->addWidget(m_engineText, 1);
    foot->addWidget(m_darkSwitch);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 12);
    layout->setSpacing(0);
    layout->addLayout(brand);
    addItem(QStringLiteral("overview"), QStringLiteral("overview"));
    addItem(QStringLiteral("containers"), QStringLiteral("container"));
    addItem(QStringLiteral("images"), QStringLiteral("image"));
    addItem(QStringLiteral("volumes"), QStringLiteral("volume"));
    addItem(QStringLiteral("networks"), QStringLiteral("network"));
    addItem(QStringLiteral("logs"), QStringLiteral("log"));
    addItem(QStringLiteral("monitor"), QStringLiteral("monitor"));
    addItem(QStringLiteral("archives"), QStringLiteral("archive"));
    addItem(QStringLiteral("activity"), QStringLiteral("activity"));
    addItem(QStringLiteral("settings"), QStringLiteral("settings"));
    for (RailItem* item : m_items)
        layout->addWidget(item);
    layout->addStretch(1);
    layout->addLayout(foot);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &Navigation::updateIcons);
    retranslate();
    setFolded(false);
    updateIcons();
}

void Navigation::addItem(const QString& page, const QString& iconName)
{
    auto* item = new RailItem(page, iconName, this);
    connect(item, &RailItem::clicked, this, [this, page] { emit pageRequested(page); });
    m_items.append(item);
}

void Navigation::setCurrentPage(const QString& page)
{
    for (RailItem* item : m_items)
        if (item->page() == page)
            item->setChecked(true);
}

RailItem& Navigation::item(const QString& page) const
{
    for (RailItem* item : m_items)
        if (item->page() == page)
            return *item;
    return *m_items.constFirst();
}

void Navigation::setEngine(EngineState state, const QString& text, const QString& toolTip)
{
    m_engineState = state;
    m_engineText->setText(text);
    m_engineDot->setToolTip(m_isFolded ? text : toolTip);
    setToolTip(toolTip);
    updateIcons();
}

void Navigation::setFolded(bool folded)
{
    m_isFolded = folded;
    setFixedWidth(folded ? kFoldedWidth : kWidth);
    m_brand->setVisible(!folded);
    m_engineText->setVisible(!folded);
    m_darkSwitch->setVisible(!folded);
    for (RailItem* item : m_items)
        item->setFolded(folded);
}

void Navigation::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::theme().sidebar);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme::theme().border);
}

void Navigation::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void Navigation::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Down)
        focusNextChild();
    else if (event->key() == Qt::Key_Up)
        focusPreviousChild();
    else
        QWidget::keyPressEvent(event);
}

void Navigation::retranslate()
{
    item(QStringLiteral("overview")).setText(tr("Overview"));
    item(QStringLiteral("containers")).setText(tr("Containers"));
    item(QStringLiteral("images")).setText(tr("Images"));
    item(QStringLiteral("volumes")).setText(tr("Volumes"));
    item(QStringLiteral("networks")).setText(tr("Networks"));
    item(QStringLiteral("logs")).setText(tr("Logs"));
    item(QStringLiteral("monitor")).setText(tr("Monitor"));
    item(QStringLiteral("archives")).setText(tr("Archives"));
    item(QStringLiteral("activity")).setText(tr("Activity"));
    item(QStringLiteral("settings")).setText(tr("Settings"));
    m_darkSwitch->setName(tr("Switch between light and dark"));
    for (RailItem* item : m_items)
        item->setFolded(m_isFolded);
}

void Navigation::updateIcons()
{
    const qreal ratio = devicePixelRatioF();
    m_logo->setPixmap(QIcon(QStringLiteral(":/icons/portlight.svg")).pixmap(QSize(26, 26), ratio));
    auto tone = theme::Tone::Info;
    if (m_engineState == EngineState::Running)
        tone = theme::Tone::Ok;
    else if (m_engineState == EngineState::Away)
        tone = theme::Tone::Bad;
    QPixmap dot(QSize(8, 8) * ratio);
    dot.setDevicePixelRatio(ratio);
    dot.fill(Qt::transparent);
    QPainter painter(&dot);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::theme().status(tone).foreground);
    painter.drawEllipse(QRectF(0, 0, 8, 8));
    painter.end();
    m_engineDot->setPixmap(dot);
    m_darkSwitch->setIconName(
        theme::theme().isDark ? QStringLiteral("sun") : QStringLiteral("moon"));
}

} // namespace portlight::shell
