#include "app/shell/terminal_presenter.h"

#include "app/shell/engine_session.h"
#include "app/views/pages/container_page.h"
#include "app/views/terminal/terminal_panel.h"

namespace portlight::shell {

using views::ContainerPage;
using views::TerminalView;

TerminalPresenter::TerminalPresenter(EngineSession& session, ContainerPage& page)
    : QObject(&page)
    , m_session(session)
    , m_page(page)
{
    connect(&page, &ContainerPage::tabChanged, this, &TerminalPresenter::update);
    connect(&page, &ContainerPage::containerChanged, this, &TerminalPresenter::update);
    connect(&page.terminal(), &views::TerminalPanel::openRequested, this, &TerminalPresenter::open);
    connect(
        &page.terminal(), &views::TerminalPanel::closeRequested, this, &TerminalPresenter::close);
    connect(&session, &EngineSession::containersLoaded, this, [this] {
        dropRemoved();
        update();
    });
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        m_isSupported = true;
        update();
    });
}

void TerminalPresenter::update()
{
    const QString id = m_page.containerId();
    const models::ContainerRow* row = m_session.containers.find(id);
    QString obstacle;
    if (!m_isSupported)
        obstacle = tr("This engine cannot run programs in containers.");
    else if (!row || row->summary.state != client::ContainerState::Running)
        obstacle = tr("A terminal needs a running container.");
    const Terminal terminal = m_terminals.value(id);
    m_page.terminal().setObstacle(obstacle);
    m_page.terminal().setOpen(!terminal.stream.isNull());
    m_page.terminal().showTerminal(terminal.view);
    if (terminal.view && m_page.tab() == ContainerPage::Tab::Terminal && m_page.isVisible())
        terminal.view->setFocus();
}

void TerminalPresenter::open()
{
    const QString id = m_page.containerId();
    if (m_page.terminal().command().isEmpty())
        return;
    Terminal& terminal = m_terminals[id];
    if (terminal.stream)
        return;
    if (terminal.view)
        terminal.view->deleteLater(); // of a session that is over
    terminal.view = new TerminalView;
    m_page.terminal().showTerminal(terminal.view); // gives it its size
    QMetaObject::invokeMethod(
        this, [this, id] { start(id, m_terminals[id]); }, Qt::QueuedConnection);
}

void TerminalPresenter::start(const QString& id, Terminal& terminal)
{
    if (!terminal.view || terminal.stream)
        return;
    client::ExecOptions options;
    options.command = m_page.terminal().command();
    options.user = m_page.terminal().user();
    options.columns = terminal.view->screen().columns();
    options.rows = terminal.view->screen().rows();
    client::ExecStream* stream = m_session.client.exec(id, options, terminal.view);
    terminal.stream = stream;
    TerminalView* view = terminal.view;
    connect(stream, &client::ExecStream::received, view, &TerminalView::write);
    connect(view, &TerminalView::floodChanged, stream, &client::ExecStream::setPaused);
    connect(view, &TerminalView::sizeChanged, stream, &client::ExecStream::resize);
    connect(
        &view->screen(), &views::TerminalScreen::wantsToSend, stream, &client::ExecStream::write);
    // The size may have changed between the request and its answer.
    connect(stream, &client::EngineStream::opened, view,
        [stream, view] { stream->resize(view->screen().columns(), view->screen().rows()); });
    connect(
        stream, &client::EngineStream::failed, this, [this, view](const client::ApiError& error) {
            if (error.isUnsupported())
                m_isSupported = false;
            view->note(tr("The terminal could not be opened: %1").arg(error.message));
        });
    connect(stream, &client::ExecStream::exited, view, [view](int code) {
        view->note(TerminalPresenter::tr("The program ended with exit code %1.").arg(code));
    });
    connect(stream, &client::EngineStream::ended, this, [this, id] { onEnded(id); });
    update();
}

void TerminalPresenter::onEnded(const QString& id)
{
    const auto terminal = m_terminals.find(id);
    if (terminal == m_terminals.end() || !terminal->stream)
        return;
    terminal->stream->deleteLater();
    terminal->stream = nullptr;
    update();
}

void TerminalPresenter::close()
{
    const auto terminal = m_terminals.find(m_page.containerId());
    if (terminal == m_terminals.end())
        return;
    delete terminal->stream; // hangs the line up: the program gets SIGHUP
    delete terminal->view;
    m_terminals.erase(terminal);
    update();
}

void TerminalPresenter::dropRemoved()
{
    for (auto terminal = m_terminals.begin(); terminal != m_terminals.end();) {
        if (m_session.containers.find(terminal.key())) {
            ++terminal;
            continue;
        }
        delete terminal->stream;
        delete terminal->view;
        terminal = m_terminals.erase(terminal);
    }
}

} // namespace portlight::shell
