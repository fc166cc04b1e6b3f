#include "app/views/dialogs/pull_dialog.h"

#include "app/actions/pull_tasks.h"
#include "app/views/dialogs/field.h"

#include <QBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace portlight::views {

PullDialog::PullDialog(QWidget* parent)
    : Dialog(parent)
    , m_reference(new QLineEdit)
{
    setObjectName(QStringLiteral("pullDialog"));
    m_reference->setObjectName(QStringLiteral("pullReference"));
    m_field = new Field(m_reference);
    content()->addWidget(m_field);
    content()->addStretch(1);
    connect(m_reference, &QLineEdit::textChanged, this, &PullDialog::validate);
    connect(primary(), &QPushButton::clicked, this, [this] {
        emit pullRequested(reference());
        accept();
    });
    resize(520, 0);
    retranslate();
}

QString PullDialog::reference() const
{
    return m_reference->text().trimmed();
}

void PullDialog::validate()
{
    const QString text = reference();
    const bool isGood = actions::isImageReference(text);
    m_field->setComplaint(text.isEmpty() || isGood
            ? QString()
            : tr("Small letters and digits, such as nginx:1.27 or ghcr.io/owner/name:tag"));
    m_field->setHelp(tr("Without a registry it comes from docker.io, without a tag it is latest."));
    setObstacle(isGood ? QString() : tr("Name an image"));
}

void PullDialog::retranslate()
{
    setHeading(tr("Pull an image"));
    m_field->setLabel(tr("Image"));
    m_reference->setPlaceholderText(QStringLiteral("nginx:latest"));
    primary()->setText(tr("Pull", "button"));
    validate();
}

} // namespace portlight::views
