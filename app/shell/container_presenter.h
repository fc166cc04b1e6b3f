#pragma once

#include "app/client/container_streams.h"
#include "app/client/request_handle.h"
#include "app/models/log_model.h"

#include <QObject>
#include <QPointer>

namespace portlight::views {
class ContainerPage;
}

namespace portlight::shell {

class EngineSession;

/// Feeds the container page: details when something happens to the container, its log while the
/// log is looked at.
class ContainerPresenter : public QObject {
    Q_OBJECT

public:
    /// Both must outlive it.
    ContainerPresenter(EngineSession& session, views::ContainerPage& page);

    void show(const QString& id);
    /// The page is hidden: the log stream ends.
    void hide();
    void refresh();

private:
    void inspect();
    /// The last lines of the log of one that ended.
    void readLastLines();
    void updateLog();
    void openLog(bool isRaw);
    void closeLog();
    void onStatsAvailability();

    EngineSession& m_session;
    views::ContainerPage& m_page;
    QString m_id;
    bool m_isShown = false;
    bool m_isRunning = false;
    std::optional<bool> m_hasTty; ///< known once the details came
    client::RequestHandle m_inspect;
    models::LogModel m_log;
    QPointer<client::LogStream> m_stream;
    QString m_loggedId; ///< whose lines m_log holds
    models::LogModel m_tail; ///< the last lines of one that ended
    QPointer<client::LogStream> m_tailStream;
    QDateTime m_tailOf; ///< the end whose last lines were asked for
};

} // namespace portlight::shell
