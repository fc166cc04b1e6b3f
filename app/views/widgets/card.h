#pragma once

#include <QFrame>

namespace portlight::views {

/// A flat surface with a rounded border.
class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

/// A horizontal hairline in the border colour.
class HairLine : public QWidget {
    Q_OBJECT

public:
    explicit HairLine(QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace portlight::views
