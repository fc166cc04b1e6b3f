#pragma once

#include <QAbstractButton>
#include <QList>
#include <QWidget>

class QLabel;

namespace portlight::views {
class ElidedLabel;
class IconButton;
} // namespace portlight::views

namespace portlight::shell {

/// One page in the rail: icon, label, count, a dot when something failed there.
class RailItem : public QAbstractButton {
    Q_OBJECT

public:
    RailItem(const QString& page, const QString& iconName, QWidget* parent);

    const QString& page() const { return m_page; }
    /// Negative: no count.
    void setCount(int count);
    void setFailed(bool failed);
    void setFolded(bool folded);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_page;
    QString m_iconName;
    int m_count = -1;
    bool m_hasFailed = false;
    bool m_isFolded = false;
};

/// The rail: pages that exist, and at its foot the state of the engine and the theme switch.
class Navigation : public QWidget {
    Q_OBJECT

public:
    enum class EngineState { Waiting, Running, Away };

    explicit Navigation(QAction* toggleDark, QWidget* parent = nullptr);

    void setCurrentPage(const QString& page);
    RailItem& item(const QString& page) const;
    QList<RailItem*> items() const { return m_items; }
    void setEngine(EngineState state, const QString& text, const QString& toolTip);
    /// Icons only, for narrow windows.
    void setFolded(bool folded);

signals:
    void pageRequested(const QString& page);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addItem(const QString& page, const QString& iconName);
    void retranslate();
    void updateIcons();

    QList<RailItem*> m_items;
    QLabel* m_logo;
    views::ElidedLabel* m_brand;
    QLabel* m_engineDot;
    views::ElidedLabel* m_engineText;
    views::IconButton* m_darkSwitch;
    EngineState m_engineState = EngineState::Waiting;
    bool m_isFolded = false;
};

} // namespace portlight::shell
