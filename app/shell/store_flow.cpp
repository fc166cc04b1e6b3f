#include "app/shell/store_flow.h"

#include "app/shell/confirm.h"
#include "app/shell/engine_session.h"
#include "app/views/dialogs/store_dialogs.h"
#include "app/views/widgets/toast.h"

namespace portlight::shell {

using actions::NetworkActions;
using actions::VolumeActions;

StoreFlow::StoreFlow(EngineSession& session, views::Toast& toast, QWidget& window)
    : QObject(&window)
    , m_session(session)
    , m_toast(toast)
    , m_window(window)
{
    connect(&session.volumeActions, &VolumeActions::removed, this, &StoreFlow::report);
    connect(&session.networkActions, &NetworkActions::removed, this, &StoreFlow::report);
}

void StoreFlow::newVolume()
{
    QStringList taken;
    for (int row = 0; row < m_session.volumes.rowCount(); ++row)
        taken.append(m_session.volumes.row(row).summary.name);
    auto* dialog = new views::NewVolumeDialog(taken, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    VolumeActions& volumes = m_session.volumeActions;
    connect(dialog, &views::NewVolumeDialog::createRequested, &volumes, &VolumeActions::create);
    connect(
        &volumes, &VolumeActions::createFailed, dialog, [dialog](const client::ApiError& error) {
            dialog->showFailure(StoreFlow::tr("The volume was not created"), error.message);
        });
    connect(&volumes, &VolumeActions::created, dialog, [this, dialog](const QString& name) {
        dialog->accept();
        m_toast.showMessage(tr("Created volume %1").arg(name));
    });
    dialog->open();
}

void StoreFlow::removeVolumes(const QStringList& names)
{
    confirmThen(m_session.volumeActions.removeConfirmation(names), m_window, this,
        [this, names] { m_session.volumeActions.remove(names); });
}

void StoreFlow::newNetwork()
{
    auto* dialog = new views::NewNetworkDialog(m_session.networks.names(), &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    NetworkActions& networks = m_session.networkActions;
    connect(dialog, &views::NewNetworkDialog::createRequested, &networks, &NetworkActions::create);
    connect(
        &networks, &NetworkActions::createFailed, dialog, [dialog](const client::ApiError& error) {
            dialog->showFailure(StoreFlow::tr("The network was not created"), error.message);
        });
    connect(&networks, &NetworkActions::created, dialog, [this, dialog](const QString& name) {
        dialog->accept();
        m_toast.showMessage(tr("Created network %1").arg(name));
    });
    dialog->open();
}

void StoreFlow::removeNetworks(const QStringList& ids)
{
    confirmThen(m_session.networkActions.removeConfirmation(ids), m_window, this,
        [this, ids] { m_session.networkActions.remove(ids); });
}

void StoreFlow::report(const actions::ActionSummary& summary)
{
    if (summary.failures.isEmpty())
        m_toast.showMessage(summary.text);
    else
        emit failed(summary.text, failureLines(summary));
}

} // namespace portlight::shell
