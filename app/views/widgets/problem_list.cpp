#include "app/views/widgets/problem_list.h"

#include "app/models/format.h"
#include "app/theme/icons.h"
#include "app/theme/theme.h"
#include "app/views/widgets/text_label.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace portlight::views {

namespace {

constexpr int kMostShown = 5;

/// An icon label that keeps its colour right after a theme switch.
class ToneIcon : public QLabel {
public:
    explicit ToneIcon(models::EventTone tone)
        : m_tone(theme::Tone(tone))
    {
        connect(&theme::Theme::instance(), &theme::Theme::changed, this, [this] { paint(); });
        paint();
    }

private:
    void paint()
    {
        const bool isBad = m_tone == theme::Tone::Bad;
        setPixmap(theme::iconPixmap(isBad ? QStringLiteral("error") : QStringLiteral("warning"), 20,
            theme::theme().status(m_tone).foreground, devicePixelRatioF()));
    }
    theme::Tone m_tone;
};

QPushButton* rowButton(const QString& text, const QString& name)
{
    auto* button = new QPushButton(text);
    button->setObjectName(name);
    return button;
}

} // namespace

ProblemList::ProblemList(QWidget* parent)
    : Card(parent)
    , m_title(new TextLabel(theme::FontRole::Heading))
    , m_empty(new TextLabel(theme::FontRole::Body, TextColor::Text2))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_empty);
    layout->addStretch(1);
}

void ProblemList::setTitle(const QString& title)
{
    m_title->setText(title);
    setAccessibleName(title);
}

void ProblemList::setEmptyText(const QString& text)
{
    m_empty->setText(text);
}

void ProblemList::setProblems(const QList<models::Problem>& problems)
{
    if (problems == m_problems && m_content)
        return;
    m_problems = problems;
    rebuild();
}

void ProblemList::rebuild()
{
    delete m_content;
    m_content = new QWidget;
    auto* rows = new QVBoxLayout(m_content);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    for (qsizetype at = 0; at < std::min<qsizetype>(m_problems.size(), kMostShown); ++at) {
        if (at > 0)
            rows->addWidget(new HairLine);
        rows->addWidget(makeRow(m_problems.at(at)));
    }
    if (const int more = int(m_problems.size()) - kMostShown; more > 0) {
        auto* button = rowButton(tr("Show %n more", nullptr, more), QStringLiteral("moreProblems"));
        connect(button, &QPushButton::clicked, this, &ProblemList::moreRequested);
        rows->addWidget(button, 0, Qt::AlignLeft);
    }
    m_empty->setVisible(m_problems.isEmpty());
    m_content->setVisible(!m_problems.isEmpty());
    static_cast<QVBoxLayout*>(layout())->insertWidget(2, m_content);
}

QWidget* ProblemList::makeRow(const models::Problem& problem)
{
    auto* row = new QWidget;
    auto* title = new TextLabel(theme::FontRole::Strong);
    title->setText(problem.title);
    title->setWordWrap(true);
    title->makeSelectable();
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(title);
    const auto addText = [&](const QString& text, theme::FontRole role) {
        if (text.isEmpty())
            return;
        auto* label = new TextLabel(role, TextColor::Text2);
        label->setText(text);
        label->setWordWrap(true);
        label->makeSelectable();
        words->addWidget(label);
    };
    addText(problem.text, theme::FontRole::Body);
    addText(problem.fix, theme::FontRole::Mono);
    if (problem.time.isValid())
        addText(models::format::age(problem.time), theme::FontRole::Small);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    const QString id = problem.containerId;
    if (!id.isEmpty()) {
        auto* logs = rowButton(tr("Logs"), QStringLiteral("problemLogs"));
        connect(logs, &QPushButton::clicked, this, [this, id] { emit logsRequested(id); });
        auto* open = rowButton(tr("Details"), QStringLiteral("problemDetails"));
        connect(open, &QPushButton::clicked, this, [this, id] { emit containerRequested(id); });
        buttons->addWidget(logs);
        buttons->addWidget(open);
    }
    if (problem.canStart) {
        auto* start = rowButton(tr("Start"), QStringLiteral("problemStart"));
        connect(start, &QPushButton::clicked, this, [this, id] { emit startRequested(id); });
        buttons->addWidget(start);
    }
    if (!problem.fix.isEmpty()) {
        auto* copy = rowButton(tr("Copy"), QStringLiteral("copyFix"));
        connect(copy, &QPushButton::clicked, this,
            [this, fix = problem.fix] { emit copyRequested(fix); });
        buttons->addWidget(copy);
    }
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(new ToneIcon(problem.tone), 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    layout->addLayout(buttons);
    layout->setAlignment(buttons, Qt::AlignTop);
    return row;
}

void ProblemList::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange && m_content)
        rebuild();
    Card::changeEvent(event);
}

} // namespace portlight::views
