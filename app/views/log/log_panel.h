#pragma once

#include "app/models/log_model.h"
#include "app/views/log/log_search.h"

#include <QList>
#include <QPointer>
#include <QWidget>

class QAction;
class QComboBox;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace portlight::views {

class IconButton;
class LogView;
class MessageBar;
class TextLabel;

/// A log with its tools: find (also by regular expression) with count, previous and next, only what
/// matches, only what is grave, time stamps, wrapping, copy, save, and "Jump to latest" while it
/// does not follow.
class LogPanel : public QWidget {
    Q_OBJECT

public:
    explicit LogPanel(QWidget* parent = nullptr);

    /// Null shows nothing. @p suggestedFileName: for "Save…".
    void setModel(models::LogModel* model, const QString& suggestedFileName);
    /// Why there is nothing to read, empty: there is.
    void setProblem(const QString& text, const QString& detail);
    LogView* view() const { return m_view; }
    void focusSearch();
    /// Writes all lines to @p path; false with a message in the panel when that fails.
    bool save(const QString& path);

signals:
    void retryRequested();

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void setupTools();
    void retranslate();
    void search();
    models::LogQuery query() const;
    void onRestarted();
    void onProgress();
    void step(int direction);
    void showCount();
    void placePill();
    void askForFile();

    models::LogModel* m_model = nullptr;
    QString m_fileName;
    LogSearch m_finder;
    qsizetype m_current = -1; ///< index into the hits
    QLineEdit* m_search;
    TextLabel* m_count;
    IconButton* m_previous;
    IconButton* m_next;
    QToolButton* m_case;
    QToolButton* m_regex;
    IconButton* m_only;
    QComboBox* m_level;
    IconButton* m_times;
    IconButton* m_wrap;
    IconButton* m_copy;
    IconButton* m_save;
    MessageBar* m_bar;
    LogView* m_view;
    QPushButton* m_pill;
};

} // namespace portlight::views
