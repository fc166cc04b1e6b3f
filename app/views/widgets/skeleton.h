#pragma once

#include <QTimer>
#include <QWidget>

class QHeaderView;

namespace portlight::views {

/// Grey rows in the geometry of the table that is loading. They appear after 150 ms, so that a
/// quick answer shows no flash, and pulse gently unless motion is reduced.
class Skeleton : public QWidget {
    Q_OBJECT

public:
    /// @p header gives the columns; it must outlive this widget.
    Skeleton(const QHeaderView* header, int rowHeight, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    const QHeaderView* m_header;
    int m_rowHeight;
    int m_step = 0;
    bool m_isRevealed = false;
    QTimer m_reveal;
    QTimer m_pulse;
};

} // namespace portlight::views
