#pragma once

#include "app/models/problems.h"
#include "app/views/widgets/card.h"

class QVBoxLayout;

namespace portlight::views {

class TextLabel;

/// A card of problems: what, why, since when, and the buttons that help. Rows are only made anew
/// when the problems differ, so that the focus stays.
class ProblemList : public Card {
    Q_OBJECT

public:
    explicit ProblemList(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    /// What stands there where there is no problem.
    void setEmptyText(const QString& text);
    void setProblems(const QList<models::Problem>& problems);

signals:
    void containerRequested(const QString& id);
    void logsRequested(const QString& id);
    void startRequested(const QString& id);
    void copyRequested(const QString& text);
    void moreRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    void rebuild();
    QWidget* makeRow(const models::Problem& problem);

    TextLabel* m_title;
    TextLabel* m_empty;
    QWidget* m_content = nullptr;
    QList<models::Problem> m_problems;
};

} // namespace portlight::views
