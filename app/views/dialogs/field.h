#pragma once

#include <QWidget>

namespace portlight::views {

class TextLabel;

/// A labelled input with one line of help or complaint under it.
class Field : public QWidget {
    Q_OBJECT

public:
    /// Takes @p input over; it becomes the label's buddy.
    explicit Field(QWidget* input, QWidget* parent = nullptr);

    void setLabel(const QString& text);
    void setHelp(const QString& text);
    /// Empty: the input is fine.
    void setComplaint(const QString& text);
    bool hasComplaint() const { return !m_complaint.isEmpty(); }

private:
    void showLine();

    QWidget* m_input;
    TextLabel* m_label;
    TextLabel* m_line;
    QString m_help;
    QString m_complaint;
};

} // namespace portlight::views
