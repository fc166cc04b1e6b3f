#pragma once

#include "app/client/exec_stream.h"

#include <QHash>
#include <QObject>
#include <QPointer>

namespace portlight::views {
class ContainerPage;
class TerminalView;
} // namespace portlight::views

namespace portlight::shell {

class EngineSession;

/// Joins terminals to programs inside containers. A container's session stays while others are in
/// sight, until its program ends, it is closed, or the container is removed.
class TerminalPresenter : public QObject {
    Q_OBJECT

public:
    /// Both must outlive this object.
    TerminalPresenter(EngineSession& session, views::ContainerPage& page);

private:
    struct Terminal {
        QPointer<views::TerminalView> view;
        QPointer<client::ExecStream> stream; ///< null: over
    };
    void update();
    void open();
    void close();
    void start(const QString& id, Terminal& terminal);
    void onEnded(const QString& id);
    void dropRemoved();

    EngineSession& m_session;
    views::ContainerPage& m_page;
    QHash<QString, Terminal> m_terminals; ///< by container
    bool m_isSupported = true;
};

} // namespace portlight::shell
