#include "app/views/dialogs/palette.h"

#include "app/theme/style_paint.h"
#include "app/theme/theme.h"
#include "app/views/dialogs/palette_model.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace portlight::views {

namespace {

constexpr int kWidth = 600;
constexpr int kMostRows = 10;
constexpr int kRowHeight = 36;
constexpr int kTop = 72;
constexpr int kPage = 8;

} // namespace

Palette::Palette(QWidget& window)
    : QFrame(&window)
    , m_window(window)
    , m_field(new QLineEdit)
    , m_list(new QListView)
    , m_model(new PaletteModel(this))
{
    setObjectName(QStringLiteral("palette"));
    m_field->setObjectName(QStringLiteral("paletteField"));
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setProperty("flatTable", true);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setAutoFillBackground(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    connect(m_field, &QLineEdit::textChanged, this, &Palette::search);
    connect(m_list, &QListView::clicked, this, &Palette::runCurrent);
    connect(m_list, &QListView::entered, m_list, &QListView::setCurrentIndex);
    m_field->installEventFilter(this);
    m_window.installEventFilter(this);
    retranslate();
    hide();
}

void Palette::open(QList<PaletteEntry> entries)
{
    m_focusBefore = QApplication::focusWidget();
    m_model->setEntries(std::move(entries));
    m_field->clear();
    search({});
    place();
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void Palette::search(const QString& needle)
{
    m_model->setNeedle(needle);
    m_list->setCurrentIndex(m_model->index(0));
    place();
}

void Palette::step(int rows)
{
    const int last = m_model->rowCount() - 1;
    const int row = std::clamp(m_list->currentIndex().row() + rows, 0, std::max(0, last));
    m_list->setCurrentIndex(m_model->index(row));
    m_list->scrollTo(m_list->currentIndex());
}

void Palette::runCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid() || !m_model->entry(current.row()).isEnabled)
        return;
    const auto run = m_model->entry(current.row()).run;
    hide();
    // Where it came from, unless what runs moves it elsewhere.
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::PopupFocusReason);
    run();
}

void Palette::place()
{
    const int width = std::min(kWidth, m_window.width() - 48);
    const int rows = std::clamp(m_model->rowCount(), 1, kMostRows);
    const int list = rows * std::max(kRowHeight, m_list->sizeHintForRow(0));
    const int wanted = list + m_field->sizeHint().height() + 24;
    const int height = std::min(wanted, m_window.height() - kTop - 48);
    setGeometry((m_window.width() - width) / 2, kTop, width, height);
}

void Palette::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.window); // the corners outside the round box
    theme::paint::box(painter, rect(), theme::paint::kCardRadius, t.raised, t.control);
}

void Palette::retranslate()
{
    m_field->setPlaceholderText(tr("Type a command, or the name of anything…"));
    m_field->setAccessibleName(tr("Find commands and objects"));
    m_list->setAccessibleName(tr("What was found"));
}

void Palette::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    QFrame::changeEvent(event);
}

bool Palette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_window && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_field)
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && isVisible()) {
        hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool isPress = event->type() == QEvent::KeyPress;
    switch (key->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (isPress)
            step(key->key() == Qt::Key_Up ? -1 : 1);
        break;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        if (isPress)
            step(key->key() == Qt::Key_PageUp ? -kPage : kPage);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isPress)
            runCurrent();
        break;
    case Qt::Key_Escape:
        if (isPress) {
            hide();
            if (m_focusBefore)
                m_focusBefore->setFocus(Qt::PopupFocusReason);
        }
        break;
    default:
        return QFrame::eventFilter(watched, event);
    }
    event->accept();
    return true;
}

} // namespace portlight::views
