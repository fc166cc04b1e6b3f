#include "app/views/log/log_view.h"

#include "app/models/log_filter.h"
#include "app/theme/theme.h"

#include <QDateTime>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr int kRepaintMs = 33;
constexpr int kMargin = 12;
constexpr double kMostOriginWidth = 180;
constexpr int kMarkWidth = 3; ///< the bar that marks what came from standard error

QFont monoFont()
{
    return theme::font(theme::FontRole::Mono);
}

QString timeText(qint64 timeMs)
{
    return timeMs == 0 ? QString()
                       : QDateTime::fromMSecsSinceEpoch(timeMs).toString(
                             QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

/// The bar at the left: how grave the line says it is, else where it was written to.
QColor markColor(const models::LogLine& line)
{
    const theme::Tokens& tokens = theme::theme();
    switch (models::logLevel(line.text)) {
    case models::LogLevel::Error:
        return tokens.status(theme::Tone::Bad).foreground;
    case models::LogLevel::Warning:
        return tokens.status(theme::Tone::Warn).foreground;
    default:
        return line.source == client::LogSource::Stderr ? tokens.control : QColor();
    }
}

} // namespace

LogView::LogView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    verticalScrollBar()->setSingleStep(1);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(kRepaintMs);
    connect(&m_repaint, &QTimer::timeout, this, &LogView::onAppended);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &LogView::scheduleUpdate);
}

LogView::~LogView() = default;

void LogView::setModel(models::LogModel* model)
{
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    m_currentLine = -1;
    m_anchor = m_cursor = {};
    if (m_model) {
        connect(m_model, &models::LogModel::linesAppended, this, &LogView::scheduleUpdate);
        connect(m_model, &models::LogModel::linesDropped, this, &LogView::onDropped);
        connect(m_model, &models::LogModel::cleared, this, &LogView::scheduleUpdate);
        connect(m_model, &QObject::destroyed, this, [this] { m_model = nullptr; });
    }
    setFollowing(true);
    onAppended();
}

void LogView::scheduleUpdate()
{
    m_isLayoutValid = false;
    if (!m_repaint.isActive())
        m_repaint.start();
}

void LogView::onAppended()
{
    m_isLayoutValid = false;
    updateScrollBars();
    viewport()->update();
}

void LogView::onDropped(qsizetype count)
{
    const auto moved = [count](Place place) {
        return place.line < count ? Place {} : Place { place.line - count, place.column };
    };
    m_anchor = moved(m_anchor);
    m_cursor = moved(m_cursor);
    m_currentLine = m_currentLine < count ? -1 : m_currentLine - count;
    if (!m_isFollowing && !m_lines) { // a list of lines begins anew by itself
        m_isScrollingItself = true;
        verticalScrollBar()->setValue(int(std::max<qsizetype>(0, firstVisibleLine() - count)));
        m_isScrollingItself = false;
    }
    scheduleUpdate();
}

double LogView::linesThatFit() const
{
    return std::max(
        1.0, std::floor(viewport()->height() / QFontMetricsF(monoFont()).lineSpacing()));
}

double LogView::timeWidth() const
{
    if (!m_showsTimes)
        return 0;
    return QFontMetricsF(monoFont()).horizontalAdvance(QStringLiteral("0000-00-00 00:00:00.000"))
        + 16;
}

double LogView::originWidth() const
{
    double widest = 0;
    const QFontMetricsF metrics(monoFont());
    for (const QString& name : m_origins)
        widest = std::max(widest, metrics.horizontalAdvance(name));
    return m_origins.isEmpty() ? 0 : std::min(widest, kMostOriginWidth) + 16;
}

double LogView::gutterWidth() const
{
    return kMargin + timeWidth() + originWidth();
}

void LogView::setOrigins(const QStringList& names)
{
    m_origins = names;
    onAppended();
}

// With wrapped lines the last page holds fewer lines than fit: count them from the end.
void LogView::updateScrollBars()
{
    const qsizetype count = rowCount();
    const int fit = int(linesThatFit());
    qsizetype lastPage = std::min<qsizetype>(count, fit);
    if (m_wraps && m_model) {
        const double width = std::max(80.0, viewport()->width() - gutterWidth() - kMargin);
        double used = 0;
        for (lastPage = 0; lastPage < count && lastPage < fit; ++lastPage) {
            used += layOutLine(lineOfRow(count - 1 - lastPage), width).height;
            if (used > viewport()->height())
                break;
        }
        lastPage = std::max<qsizetype>(lastPage, count > 0 ? 1 : 0);
    }
    m_isScrollingItself = true;
    verticalScrollBar()->setPageStep(std::max(1, fit - 1));
    verticalScrollBar()->setRange(0, int(count - lastPage));
    if (m_isFollowing)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    m_isScrollingItself = false;
    if (m_wraps)
        horizontalScrollBar()->setRange(0, 0);
}

void LogView::paintEvent(QPaintEvent*)
{
    layOut();
    const theme::Tokens& tokens = theme::theme();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), tokens.surface);
    painter.setFont(monoFont());
    const double left = gutterWidth();
    const double ascent = QFontMetricsF(monoFont()).ascent();
    for (const ShownLine& shown : m_shown) {
        const models::LogLine line = m_model->line(shown.line);
        if (const QColor mark = markColor(line); mark.isValid())
            painter.fillRect(QRectF(0, shown.top, kMarkWidth, shown.height), mark);
        if (m_showsTimes) {
            painter.setPen(tokens.text3);
            painter.drawText(QPointF(kMargin, shown.top + ascent), timeText(line.timeMs));
        }
        if (!m_origins.isEmpty()) {
            painter.setPen(tokens.series.at(line.origin % tokens.series.size()));
            painter.drawText(QPointF(kMargin + timeWidth(), shown.top + ascent),
                painter.fontMetrics().elidedText(
                    m_origins.value(line.origin), Qt::ElideMiddle, int(originWidth() - 16)));
        }
        painter.save();
        painter.setClipRect(QRectF(left, shown.top, viewport()->width() - left, shown.height));
        painter.setPen(tokens.text);
        shown.layout->draw(&painter, QPointF(left - horizontalScrollBar()->value(), shown.top));
        painter.restore();
    }
}

void LogView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    onAppended();
}

void LogView::scrollContentsBy(int, int)
{
    m_isLayoutValid = false;
    viewport()->update();
    if (m_isScrollingItself)
        return;
    const bool isAtEnd = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    if (isAtEnd != m_isFollowing) {
        m_isFollowing = isAtEnd;
        emit followingChanged(isAtEnd);
    }
}

bool LogView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        scheduleUpdate();
    return QAbstractScrollArea::viewportEvent(event);
}

void LogView::setShowsTimes(bool shows)
{
    m_showsTimes = shows;
    onAppended();
}

void LogView::setWraps(bool wraps)
{
    m_wraps = wraps;
    onAppended();
}

void LogView::setFollowing(bool follows)
{
    if (follows == m_isFollowing && !follows)
        return;
    const bool hasChanged = follows != m_isFollowing;
    m_isFollowing = follows;
    onAppended();
    if (hasChanged)
        emit followingChanged(follows);
}

void LogView::setHighlight(const QRegularExpression& expression)
{
    m_highlight = expression;
    m_isLayoutValid = false;
    viewport()->update();
}

void LogView::setLines(const QList<qsizetype>* lines)
{
    const qsizetype first = firstVisibleLine();
    m_lines = lines;
    onAppended();
    // What was in sight stays so, as far as it is shown at all.
    if (!m_isFollowing) {
        m_isScrollingItself = true;
        verticalScrollBar()->setValue(int(rowOfLine(first)));
        m_isScrollingItself = false;
    }
}

void LogView::setCurrentLine(qsizetype line)
{
    m_currentLine = line;
    m_isLayoutValid = false;
    viewport()->update();
    if (line < 0)
        return;
    updateScrollBars();
    const qsizetype row = rowOfLine(line);
    const qsizetype first = verticalScrollBar()->value();
    const auto fit = qsizetype(linesThatFit());
    if (row >= first && row < first + fit - 1)
        return;
    setFollowing(false);
    verticalScrollBar()->setValue(int(std::max<qsizetype>(0, row - fit / 3)));
}

qsizetype LogView::rowCount() const
{
    if (!m_model)
        return 0;
    return m_lines ? m_lines->size() : m_model->lineCount();
}

qsizetype LogView::lineOfRow(qsizetype row) const
{
    return m_lines ? m_lines->at(row) : row;
}

qsizetype LogView::rowOfLine(qsizetype line) const
{
    if (!m_lines)
        return line;
    return std::lower_bound(m_lines->begin(), m_lines->end(), line) - m_lines->begin();
}

qsizetype LogView::firstVisibleLine() const
{
    const qsizetype row = verticalScrollBar()->value();
    return row < rowCount() ? lineOfRow(row) : 0;
}

QString LogView::visibleText() const
{
    QStringList lines;
    for (const ShownLine& shown : m_shown) {
        const QString origin =
            m_origins.isEmpty() ? QString() : m_origins.value(m_model->line(shown.line).origin);
        lines.append(origin.isEmpty() ? shown.layout->text()
                                      : origin + QStringLiteral(": ") + shown.layout->text());
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace portlight::views
