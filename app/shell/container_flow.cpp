#include "app/shell/container_flow.h"

#include "app/shell/confirm.h"
#include "app/shell/engine_session.h"
#include "app/views/dialogs/run_dialog.h"
#include "app/views/widgets/toast.h"

namespace portlight::shell {

using actions::ContainerAction;

ContainerFlow::ContainerFlow(EngineSession& session, views::Toast& toast, QWidget& window)
    : QObject(&window)
    , m_session(session)
    , m_toast(toast)
    , m_window(window)
{
    connect(&session.containerActions, &actions::ContainerActions::finished, this,
        [this](ContainerAction, const actions::ActionSummary& summary) { report(summary); });
    connect(&session.imageActions, &actions::ImageActions::removed, this, &ContainerFlow::report);
    connect(&session.containerActions, &actions::ContainerActions::startFailed, this,
        [this](const QString& id, const client::ApiError& error) {
            const models::ContainerRow* row = m_session.containers.find(id);
            emit failed(
                tr("%1 was created but did not start").arg(row ? row->summary.name : id.left(12)),
                error.message);
        });
}

void ContainerFlow::run(ContainerAction action, const QStringList& ids)
{
    confirmThen(m_session.containerActions.confirmation(action, ids), m_window, this,
        [this, action, ids] { m_session.containerActions.run(action, ids); });
}

void ContainerFlow::removeImages(const QStringList& ids)
{
    confirmThen(m_session.imageActions.removeConfirmation(ids), m_window, this,
        [this, ids] { m_session.imageActions.remove(ids); });
}

void ContainerFlow::create(const QString& reference)
{
    auto* dialog = new views::RunDialog(m_session.images, m_session.containers, m_session.networks,
        { m_session.hasNetworks(), m_session.hasVolumes() }, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!reference.isEmpty())
        dialog->setImage(reference);
    auto& actions = m_session.containerActions;
    connect(dialog, &views::RunDialog::createRequested, &actions,
        [dialog, &actions](const client::CreateContainerRequest& request, bool start) {
            dialog->setBusy(true);
            actions.create(request, start);
        });
    connect(&actions, &actions::ContainerActions::createFailed, dialog,
        [dialog](const client::ApiError& error) {
            dialog->setBusy(false);
            dialog->showFailure(ContainerFlow::tr("The container was not created"), error.message);
        });
    connect(&actions, &actions::ContainerActions::created, dialog,
        [this, dialog](const QString& id, const QString& name) {
            dialog->accept();
            m_toast.showMessage(tr("Created %1").arg(name), tr("Show details"),
                [this, id] { emit showRequested(id); });
        });
    dialog->open();
}

void ContainerFlow::report(const actions::ActionSummary& summary)
{
    if (summary.failures.isEmpty())
        m_toast.showMessage(summary.text);
    else
        emit failed(summary.text, failureLines(summary));
}

} // namespace portlight::shell
