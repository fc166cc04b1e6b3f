#pragma once

#include "app/views/widgets/card.h"

#include <QList>
#include <QString>

class QGridLayout;

namespace portlight::views {

class TextLabel;

/// One line of a facts card.
struct Fact {
    QString label;
    QString value;
    bool isMono = false; ///< ids, paths: mono with a copy button
};

/// A card of labels and selectable values; long values wrap.
class FactsCard : public Card {
    Q_OBJECT

public:
    explicit FactsCard(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    /// Only changes what differs, so that a selection of text survives an update.
    void setFacts(const QList<Fact>& facts);

protected:
    void changeEvent(QEvent* event) override;

private:
    void rebuild(const QList<Fact>& facts);

    TextLabel* m_title;
    QGridLayout* m_grid;
    QWidget* m_content;
    QList<TextLabel*> m_labels;
    QList<TextLabel*> m_values;
    QList<bool> m_isMono;
};

} // namespace portlight::views
