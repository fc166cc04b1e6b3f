#pragma once

#include "app/models/exit_text.h"
#include "app/views/widgets/card.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace portlight::views {

class TextLabel;

/// Why a container does not run: exit code or signal in words, and the last lines it wrote.
class EndCard : public Card {
    Q_OBJECT

public:
    explicit EndCard(QWidget* parent = nullptr);

    /// Hides itself for a container that has not ended.
    void setEnd(const models::ExitText& text);
    /// Plain text, oldest line first.
    void setLastLines(const QStringList& lines);

signals:
    void logRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void updateIcon();

    models::ExitText m_end;
    QLabel* m_icon;
    TextLabel* m_heading;
    TextLabel* m_reason;
    QPlainTextEdit* m_lines;
    QPushButton* m_log;
};

} // namespace portlight::views
