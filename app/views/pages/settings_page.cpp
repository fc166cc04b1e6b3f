#include "app/views/pages/settings_page.h"

#include "app/views/widgets/facts_card.h"
#include "app/views/widgets/text_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QVBoxLayout>

namespace portlight::views {

namespace {

constexpr int kScales[] = { 80, 90, 100, 110, 125, 150, 175, 200 };

QComboBox* combo(const char* name)
{
    auto* box = new QComboBox;
    box->setObjectName(QLatin1String(name));
    box->setMinimumWidth(220);
    return box;
}

} // namespace

SettingsPage::SettingsPage(QWidget* parent)
    : QWidget(parent)
    , m_title(new TextLabel(theme::FontRole::Title))
    , m_appearanceTitle(new TextLabel(theme::FontRole::Heading))
    , m_modeLabel(new TextLabel)
    , m_mode(combo("themeMode"))
    , m_languageLabel(new TextLabel)
    , m_language(combo("language"))
    , m_scaleLabel(new TextLabel)
    , m_scale(combo("textScale"))
    , m_systemFont(new QCheckBox)
    , m_reduceMotion(new QCheckBox)
    , m_notify(new QCheckBox)
    , m_engine(new FactsCard)
    , m_host(new FactsCard)
{
    setObjectName(QStringLiteral("settingsPage"));
    m_systemFont->setObjectName(QStringLiteral("systemFont"));
    m_reduceMotion->setObjectName(QStringLiteral("reduceMotion"));
    m_notify->setObjectName(QStringLiteral("notify"));
    m_engine->setObjectName(QStringLiteral("engineFacts"));
    m_host->setObjectName(QStringLiteral("hostFacts"));
    auto* cards = new QHBoxLayout;
    cards->setSpacing(16);
    cards->addWidget(m_engine, 1);
    cards->addWidget(m_host, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(16);
    layout->addWidget(m_title);
    layout->addWidget(makeAppearance());
    layout->addLayout(cards, 1);

    for (const auto mode : { theme::Mode::System, theme::Mode::Light, theme::Mode::Dark })
        m_mode->addItem({}, int(mode));
    m_language->addItem({}, QString());
    m_language->addItem(QStringLiteral("English"), QStringLiteral("en"));
    m_language->addItem(QStringLiteral("简体中文"), QStringLiteral("zh_CN"));
    for (const int percent : kScales)
        m_scale->addItem({}, percent);
    // `activated`, not `currentIndexChanged`: only what the user chooses comes back.
    connect(m_mode, &QComboBox::activated, this,
        [this] { emit modeChosen(theme::Mode(m_mode->currentData().toInt())); });
    connect(m_language, &QComboBox::activated, this,
        [this] { emit languageChosen(m_language->currentData().toString()); });
    connect(m_scale, &QComboBox::activated, this,
        [this] { emit textScaleChosen(m_scale->currentData().toInt()); });
    connect(m_systemFont, &QCheckBox::clicked, this, &SettingsPage::systemFontChosen);
    connect(m_notify, &QCheckBox::clicked, this, &SettingsPage::notificationsChosen);
    connect(m_reduceMotion, &QCheckBox::clicked, this, &SettingsPage::reducedMotionChosen);
    retranslate();
}

QWidget* SettingsPage::makeAppearance()
{
    auto* card = new Card;
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(12);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->addRow(m_modeLabel, m_mode);
    form->addRow(m_languageLabel, m_language);
    form->addRow(m_scaleLabel, m_scale);
    form->addRow(QString(), m_systemFont);
    form->addRow(QString(), m_reduceMotion);
    form->addRow(QString(), m_notify);
    m_modeLabel->setBuddy(m_mode);
    m_languageLabel->setBuddy(m_language);
    m_scaleLabel->setBuddy(m_scale);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(m_appearanceTitle);
    layout->addLayout(form);
    return card;
}

void SettingsPage::setAppearance(const AppearanceValues& values)
{
    m_mode->setCurrentIndex(m_mode->findData(int(values.mode)));
    m_language->setCurrentIndex(std::max(0, m_language->findData(values.language)));
    const int scale = m_scale->findData(values.textScalePercent);
    if (scale >= 0)
        m_scale->setCurrentIndex(scale);
    m_systemFont->setChecked(values.usesSystemFont);
    m_reduceMotion->setChecked(values.reducesMotion);
    m_notify->setChecked(values.notifies);
}

void SettingsPage::setEngineFacts(const QList<QPair<QString, QString>>& facts)
{
    QList<Fact> list;
    for (const auto& [label, value] : facts)
        list.append({ label, value });
    m_engine->setFacts(list);
}

void SettingsPage::setHostReport(const client::HostReport& report)
{
    m_report = report;
    showHostReport();
}

void SettingsPage::showHostReport()
{
    QList<Fact> facts;
    for (const client::HostFeature& feature : m_report.features) {
        if (feature.isAvailable)
            continue;
        QString text = feature.cause;
        if (!feature.fix.isEmpty())
            text += QLatin1Char('\n') + tr("Fix: %1").arg(feature.fix);
        facts.append({ feature.name, text });
    }
    const bool lacksNothing = facts.isEmpty();
    m_host->setTitle(lacksNothing ? tr("This computer") : tr("What this computer lacks"));
    if (lacksNothing && !m_report.features.isEmpty())
        facts.append({ tr("Features"), tr("all that the engine can use are there") });
    m_host->setFacts(facts);
    m_host->setVisible(!facts.isEmpty());
}

void SettingsPage::retranslate()
{
    m_title->setText(tr("Settings"));
    m_appearanceTitle->setText(tr("Appearance"));
    m_modeLabel->setText(tr("Theme"));
    m_mode->setItemText(0, tr("As the system"));
    m_mode->setItemText(1, tr("Light"));
    m_mode->setItemText(2, tr("Dark"));
    m_languageLabel->setText(tr("Language"));
    m_language->setItemText(0, tr("As the system"));
    m_scaleLabel->setText(tr("Text size"));
    for (int i = 0; i < m_scale->count(); ++i)
        m_scale->setItemText(i, tr("%1 %").arg(m_scale->itemData(i).toInt()));
    m_systemFont->setText(tr("Use the font of the system"));
    m_reduceMotion->setText(tr("Reduce motion"));
    m_notify->setText(tr("Notify me when a container fails or long work is done"));
    m_engine->setTitle(tr("Engine"));
    showHostReport();
}

void SettingsPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace portlight::views
