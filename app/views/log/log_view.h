#pragma once

#include "app/models/log_model.h"
#include "app/views/log/ansi_text.h"

#include <QAbstractScrollArea>
#include <QRegularExpression>
#include <QTextLayout>
#include <QTimer>

#include <memory>
#include <vector>

namespace portlight::views {

/// A log of any length: only the lines in sight are decoded and laid out, the scroll bar counts
/// lines. Follows the end until the user scrolls up, and again when he comes back to it.
class LogView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);
    ~LogView() override;

    /// @p model must outlive this view or be replaced before; null shows nothing.
    void setModel(models::LogModel* model);
    models::LogModel* model() const { return m_model; }

    /// Names of the logs that lines come from, by LogLine::origin, shown before each line in a
    /// colour of its own; empty: there is one log.
    void setOrigins(const QStringList& names);
    const QStringList& origins() const { return m_origins; }
    void setShowsTimes(bool shows);
    void setWraps(bool wraps);
    bool isFollowing() const { return m_isFollowing; }
    void setFollowing(bool follows);
    /// What @p expression matches is coloured; an empty pattern: nothing.
    void setHighlight(const QRegularExpression& expression);
    /// Shows only @p lines, ascending numbers of the model's lines; null: all. The list stays the
    /// caller's: after each change of it linesChanged() is to be called.
    void setLines(const QList<qsizetype>* lines);
    void linesChanged() { scheduleUpdate(); }
    /// Brings @p line into sight and marks its hits as the current ones; -1 marks none.
    void setCurrentLine(qsizetype line);
    /// The model's number of the first line in sight.
    qsizetype firstVisibleLine() const;

    QString selectedText() const;
    void selectAll();
    void copySelection() const;
    /// What is in sight, a line each: for screen readers and tests.
    QString visibleText() const;

signals:
    void followingChanged(bool isFollowing);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    /// A place in the text: line number and character in the line as shown.
    struct Place {
        qsizetype line = 0;
        int column = 0;
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    struct ShownLine {
        qsizetype line = 0;
        double top = 0;
        double height = 0;
        std::unique_ptr<QTextLayout> layout;
    };

    void scheduleUpdate();
    void updateScrollBars();
    void onAppended();
    void onDropped(qsizetype count);
    void layOut();
    ShownLine layOutLine(qsizetype line, double width) const;
    QList<QTextLayout::FormatRange> formats(qsizetype line, const AnsiText& text) const;
    void appendHits(
        QList<QTextLayout::FormatRange>& ranges, qsizetype line, const QString& text) const;
    double linesThatFit() const;
    /// Rows are the lines that are shown.
    qsizetype rowCount() const;
    qsizetype lineOfRow(qsizetype row) const;
    /// The row of @p line, or of the next one that is shown.
    qsizetype rowOfLine(qsizetype line) const;
    double timeWidth() const;
    double originWidth() const;
    double gutterWidth() const;
    Place placeAt(const QPoint& position) const;
    QString textOf(qsizetype line) const;

    models::LogModel* m_model = nullptr;
    std::vector<ShownLine> m_shown;
    bool m_isLayoutValid = false;
    bool m_isFollowing = true;
    bool m_isScrollingItself = false;
    QStringList m_origins;
    bool m_showsTimes = true;
    bool m_wraps = true;
    QRegularExpression m_highlight;
    const QList<qsizetype>* m_lines = nullptr; ///< null: all
    qsizetype m_currentLine = -1;
    Place m_anchor;
    Place m_cursor;
    QTimer m_repaint;
};

} // namespace portlight::views
