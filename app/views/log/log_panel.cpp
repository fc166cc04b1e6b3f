#include "app/views/log/log_panel.h"

#include "app/theme/icons.h"
#include "app/views/log/log_view.h"
#include "app/views/widgets/action_button.h"
#include "app/views/widgets/message_bar.h"
#include "app/views/widgets/text_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QSaveFile>

#include <algorithm>

namespace portlight::views {

namespace {

// The entries of the box of levels.
enum LevelEntry { kAll, kWarnings, kErrors, kStderr, kLevels };

} // namespace

LogPanel::LogPanel(QWidget* parent)
    : QWidget(parent)
    , m_search(new QLineEdit)
    , m_count(new TextLabel(theme::FontRole::Small, TextColor::Text2))
    , m_previous(new IconButton(QStringLiteral("chevron-up")))
    , m_next(new IconButton(QStringLiteral("chevron-down")))
    , m_case(new QToolButton)
    , m_regex(new QToolButton)
    , m_only(new IconButton(QStringLiteral("filter")))
    , m_level(new QComboBox)
    , m_times(new IconButton(QStringLiteral("clock")))
    , m_wrap(new IconButton(QStringLiteral("wrap")))
    , m_copy(new IconButton(QStringLiteral("copy")))
    , m_save(new IconButton(QStringLiteral("save")))
    , m_bar(new MessageBar)
    , m_view(new LogView)
    , m_pill(new QPushButton(m_view))
{
    m_search->setObjectName(QStringLiteral("logSearch"));
    m_count->setObjectName(QStringLiteral("logSearchCount"));
    m_view->setObjectName(QStringLiteral("logView"));
    m_pill->setObjectName(QStringLiteral("jumpToLatest"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    setupTools();
    layout->addWidget(m_bar);
    layout->addWidget(m_view, 1);
    m_pill->setIcon(theme::icon(QStringLiteral("to-bottom"), theme::IconColor::OnAccent));
    setButtonKind(*m_pill, ButtonKind::Primary);
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, [this] { m_view->setFollowing(true); });
    connect(m_view, &LogView::followingChanged, this, [this](bool follows) {
        m_pill->setVisible(!follows);
        placePill();
    });
    connect(m_bar, &MessageBar::actionRequested, this, &LogPanel::retryRequested);
    m_view->installEventFilter(this);
    retranslate();
}

void LogPanel::setupTools()
{
    auto* tools = new QHBoxLayout;
    tools->setSpacing(4);
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_search->setMinimumWidth(240);
    m_search->setMaximumWidth(420);
    m_case->setText(QStringLiteral("Aa"));
    m_regex->setText(QStringLiteral(".*"));
    m_regex->setObjectName(QStringLiteral("logRegex"));
    m_only->setObjectName(QStringLiteral("logOnlyMatches"));
    m_level->setObjectName(QStringLiteral("logLevel"));
    for (QToolButton* toggle : { m_case, m_regex, static_cast<QToolButton*>(m_only) }) {
        toggle->setCheckable(true);
        toggle->setAutoRaise(true);
        connect(toggle, &QToolButton::toggled, this, &LogPanel::search);
    }
    for (int i = 0; i < kLevels; ++i)
        m_level->addItem(QString());
    connect(m_level, &QComboBox::currentIndexChanged, this, &LogPanel::search);
    for (IconButton* toggle : { m_times, m_wrap }) {
        toggle->setCheckable(true);
        toggle->setChecked(true);
    }
    tools->addWidget(m_search, 1);
    tools->addWidget(m_case);
    tools->addWidget(m_regex);
    tools->addWidget(m_only);
    tools->addWidget(m_previous);
    tools->addWidget(m_next);
    tools->addSpacing(8);
    tools->addWidget(m_count);
    tools->addStretch(1);
    tools->addWidget(m_level);
    tools->addSpacing(4);
    for (QWidget* button : std::initializer_list<QWidget*> { m_times, m_wrap, m_copy, m_save })
        tools->addWidget(button);
    static_cast<QVBoxLayout*>(layout())->addLayout(tools);
    connect(m_search, &QLineEdit::textChanged, this, &LogPanel::search);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { step(1); });
    m_search->installEventFilter(this);
    connect(&m_finder, &LogSearch::restarted, this, &LogPanel::onRestarted);
    connect(&m_finder, &LogSearch::progressed, this, &LogPanel::onProgress);
    connect(m_previous, &IconButton::clicked, this, [this] { step(-1); });
    connect(m_next, &IconButton::clicked, this, [this] { step(1); });
    connect(m_times, &IconButton::toggled, m_view, &LogView::setShowsTimes);
    connect(m_wrap, &IconButton::toggled, m_view, &LogView::setWraps);
    connect(m_copy, &IconButton::clicked, this, [this] {
        if (m_view->selectedText().isEmpty())
            m_view->selectAll();
        m_view->copySelection();
    });
    connect(m_save, &IconButton::clicked, this, &LogPanel::askForFile);
}

void LogPanel::setModel(models::LogModel* model, const QString& suggestedFileName)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    m_fileName = suggestedFileName;
    m_view->setLines(nullptr);
    m_view->setModel(model);
    if (m_model)
        connect(m_model, &QObject::destroyed, this, [this] { m_model = nullptr; });
    m_finder.setModel(model);
    search();
}

void LogPanel::setProblem(const QString& text, const QString& detail)
{
    m_bar->setVisible(!text.isEmpty());
    if (!text.isEmpty())
        m_bar->showMessage(theme::Tone::Warn, text, detail, tr("Try again"));
}

void LogPanel::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

models::LogQuery LogPanel::query() const
{
    models::LogQuery query;
    query.needle = m_search->text();
    query.sensitivity = m_case->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive;
    query.isRegex = m_regex->isChecked();
    query.hidesOthers = m_only->isChecked();
    switch (m_level->currentIndex()) {
    case kWarnings:
        query.least = models::LogLevel::Warning;
        break;
    case kErrors:
        query.least = models::LogLevel::Error;
        break;
    case kStderr:
        query.onlyStderr = true;
        break;
    default:
        break;
    }
    return query;
}

void LogPanel::search()
{
    m_finder.setQuery(query());
    const bool isBad = !m_finder.filter().problem().isEmpty();
    m_search->setProperty("invalid", isBad);
    m_search->setToolTip(m_finder.filter().problem());
    m_search->update();
    m_view->setHighlight(m_finder.filter().expression());
    m_view->setLines(m_finder.shown());
    showCount();
}

void LogPanel::onRestarted()
{
    m_current = -1;
    m_view->setLines(m_finder.shown());
    m_view->setCurrentLine(-1);
}

void LogPanel::onProgress()
{
    const QList<qsizetype>& hits = m_finder.hits();
    if (m_current < 0 && !hits.isEmpty()) {
        // The hit nearest to what is being looked at.
        const auto near = std::lower_bound(hits.begin(), hits.end(), m_view->firstVisibleLine());
        m_current = near == hits.end() ? hits.size() - 1 : near - hits.begin();
        m_view->setCurrentLine(hits.at(m_current));
    }
    m_view->linesChanged();
    showCount();
}

void LogPanel::step(int direction)
{
    const QList<qsizetype>& hits = m_finder.hits();
    if (hits.isEmpty())
        return;
    m_current = (m_current + direction + hits.size()) % hits.size();
    m_view->setCurrentLine(hits.at(m_current));
    showCount();
}

void LogPanel::showCount()
{
    const QLocale locale;
    const qsizetype hits = m_finder.hits().size();
    if (m_search->text().isEmpty())
        m_count->clear();
    else if (!m_finder.filter().problem().isEmpty())
        m_count->setText(tr("Not a regular expression"));
    else if (hits == 0)
        m_count->setText(m_finder.isAtEnd() ? tr("No line matches") : tr("Searching…"));
    else
        m_count->setText(tr("%1 of %2", "hit of hits")
                .arg(locale.toString(m_current + 1), locale.toString(hits)));
    m_previous->setEnabled(hits > 0);
    m_next->setEnabled(hits > 0);
}

void LogPanel::askForFile()
{
    auto* dialog = new QFileDialog(this, tr("Save log"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(m_fileName);
    connect(dialog, &QFileDialog::fileSelected, this, &LogPanel::save);
    dialog->open();
}

bool LogPanel::save(const QString& path)
{
    QSaveFile file(path);
    bool isWritten = file.open(QIODevice::WriteOnly);
    for (qsizetype at = 0; isWritten && m_model && at < m_model->lineCount(); ++at) {
        const models::LogLine line = m_model->line(at);
        QByteArray bytes;
        if (m_times->isChecked() && line.timeMs != 0)
            bytes = QDateTime::fromMSecsSinceEpoch(line.timeMs, Qt::UTC)
                        .toString(Qt::ISODateWithMs)
                        .toUtf8()
                + ' ';
        if (const QString origin = m_view->origins().value(line.origin); !origin.isEmpty())
            bytes += origin.toUtf8() + ": ";
        bytes.append(line.text.data(), line.text.size());
        bytes.append('\n');
        isWritten = file.write(bytes) == bytes.size();
    }
    isWritten = isWritten && file.commit();
    if (!isWritten)
        m_bar->showMessage(
            theme::Tone::Bad, tr("The log was not saved to %1").arg(path), file.errorString());
    return isWritten;
}

void LogPanel::placePill()
{
    m_pill->adjustSize();
    const QRect area = m_view->viewport()->geometry();
    m_pill->move(area.right() - m_pill->width() - 16, area.bottom() - m_pill->height() - 16);
    m_pill->raise();
}

void LogPanel::retranslate()
{
    m_search->setPlaceholderText(tr("Find in log"));
    m_search->setAccessibleName(tr("Find in log"));
    m_case->setToolTip(tr("Match case"));
    m_case->setAccessibleName(tr("Match case"));
    m_regex->setToolTip(tr("Regular expression"));
    m_regex->setAccessibleName(tr("Regular expression"));
    m_only->setName(tr("Show only matching lines"));
    m_level->setAccessibleDescription(tr("Which lines are shown"));
    m_level->setItemText(kAll, tr("All lines"));
    m_level->setItemText(kWarnings, tr("Warnings and errors"));
    m_level->setItemText(kErrors, tr("Errors"));
    m_level->setItemText(kStderr, tr("Standard error"));
    m_previous->setName(tr("Previous hit"));
    m_next->setName(tr("Next hit"));
    m_times->setName(tr("Time stamps"));
    m_wrap->setName(tr("Wrap long lines"));
    m_copy->setName(tr("Copy selection or everything"));
    m_save->setName(tr("Save log…"));
    m_pill->setText(tr("Jump to latest"));
    m_view->setAccessibleName(tr("Log"));
    showCount();
    placePill();
}

void LogPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QWidget::changeEvent(event);
}

void LogPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placePill();
}

bool LogPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::Resize)
        placePill();
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return && key->modifiers() == Qt::ShiftModifier) {
            step(-1);
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            m_search->clear();
            m_view->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void LogPanel::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Find))
        focusSearch();
    else if (event->key() == Qt::Key_F3)
        step(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
    else
        QWidget::keyPressEvent(event);
}

} // namespace portlight::views
