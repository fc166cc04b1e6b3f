#pragma once

#include "app/client/engine_client.h"
#include "app/models/log_merger.h"
#include "app/models/log_model.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace portlight::views {
class LogsPage;
}

namespace portlight::shell {

class EngineSession;

/// Reads the logs that are chosen on the Logs page and merges them, from when the page is first
/// shown on. Another page in front does not end the streams: what is scrolled to stays.
class LogsPresenter : public QObject {
    Q_OBJECT

public:
    LogsPresenter(EngineSession& session, views::LogsPage& page);
    ~LogsPresenter() override;

    void show();

private:
    struct Source {
        QString id;
        client::LogStream* stream = nullptr;
        bool runsAgain = false; ///< started since its stream was opened
    };
    void onStart(const QString& id);
    void updateContainers();
    void restart();
    void open(int origin, const QString& id, bool isRaw);
    void closeAll();

    EngineSession& m_session;
    views::LogsPage& m_page;
    models::LogModel m_model;
    models::LogMerger m_merger { m_model };
    std::vector<Source> m_sources;
    QTimer m_settle; ///< several ticks in a row are one change
    int m_generation = 0; ///< answers to an older choice are ignored
    bool m_wasShown = false;
    bool m_wasChosen = false;
};

} // namespace portlight::shell
