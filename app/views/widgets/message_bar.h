#pragma once

#include "app/theme/tokens.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace portlight::views {

class IconButton;
class TextLabel;

/// A bar above a page's content: something went wrong, the data below stays. Hidden until it has a
/// message.
class MessageBar : public QFrame {
    Q_OBJECT

public:
    explicit MessageBar(QWidget* parent = nullptr);

    /// @p detail are the engine's words; an empty @p actionText hides the button.
    void showMessage(theme::Tone tone, const QString& text, const QString& detail,
        const QString& actionText = {});
    QString text() const;

signals:
    void actionRequested();
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateIcon();
    void retranslate();

    theme::Tone m_tone = theme::Tone::Warn;
    QLabel* m_icon;
    TextLabel* m_text;
    TextLabel* m_detail;
    QPushButton* m_action;
    IconButton* m_close;
};

} // namespace portlight::views
