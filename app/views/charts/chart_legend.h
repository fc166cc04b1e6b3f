#pragma once

#include <QColor>
#include <QList>
#include <QWidget>

namespace portlight::views {

/// Names of a chart's lines with their values, wrapped over as many rows as they need. Values stand
/// in columns of fixed width, so that ticking figures move nothing.
class ChartLegend : public QWidget {
    Q_OBJECT

public:
    struct Entry {
        QString name;
        QColor color;
        Qt::PenStyle style = Qt::SolidLine;
        QString value; ///< under the cursor, or the newest
        bool operator==(const Entry&) const = default;
    };

    explicit ChartLegend(QWidget* parent = nullptr);

    void setEntries(const QList<Entry>& entries);
    /// All of it as a sentence: "web 12.5 %, db 3.0 %".
    QString text() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    int cellWidth() const;
    int rowHeight() const;
    int columnsFor(int width) const;

    QList<Entry> m_entries;
    mutable int m_widestValue = 0;
};

} // namespace portlight::views
