#include "app/views/dialogs/field.h"

#include "app/views/widgets/text_label.h"

#include <QVBoxLayout>

namespace portlight::views {

Field::Field(QWidget* input, QWidget* parent)
    : QWidget(parent)
    , m_input(input)
    , m_label(new TextLabel(theme::FontRole::Body, TextColor::Text2))
    , m_line(new TextLabel(theme::FontRole::Small, TextColor::Text3))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_label);
    // Beside a taller field a line stays at the top.
    const bool grows = m_input->sizePolicy().expandingDirections().testFlag(Qt::Vertical);
    layout->addWidget(m_input, grows ? 1 : 0);
    layout->addWidget(m_line);
    if (!grows)
        layout->addStretch();
    m_label->setBuddy(m_input);
    m_line->setObjectName(m_input->objectName() + QStringLiteral("Line"));
    m_line->hide();
}

void Field::setLabel(const QString& text)
{
    m_label->setText(text);
}

void Field::setHelp(const QString& text)
{
    m_help = text;
    showLine();
}

void Field::setComplaint(const QString& text)
{
    if (text == m_complaint)
        return;
    m_complaint = text;
    m_input->setProperty("invalid", !text.isEmpty());
    m_input->update();
    showLine();
}

void Field::showLine()
{
    const bool isBad = hasComplaint();
    m_line->setTextColor(isBad ? TextColor::Bad : TextColor::Text3);
    m_line->setText(isBad ? m_complaint : m_help);
    m_line->setVisible(!m_line->text().isEmpty());
    m_input->setAccessibleDescription(m_line->text());
}

} // namespace portlight::views
