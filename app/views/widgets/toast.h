#pragma once

#include <QFrame>
#include <QTimer>

#include <functional>

class QPushButton;

namespace portlight::views {

class IconButton;
class TextLabel;

/// A short message at the bottom right of its parent for six seconds, longer while the pointer is
/// over it. Never for errors that need an action; takes no focus by itself.
class Toast : public QFrame {
    Q_OBJECT

public:
    explicit Toast(QWidget* parent);

    void showMessage(
        const QString& text, const QString& actionText = {}, std::function<void()> action = {});
    QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();

    TextLabel* m_text;
    QPushButton* m_action;
    IconButton* m_close;
    std::function<void()> m_callback;
    QTimer m_timer;
};

} // namespace portlight::views
