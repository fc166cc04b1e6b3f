#pragma once

#include "app/views/pages/engine_notice.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QStackedLayout;

namespace portlight::views {

class ContainerChooser;
class LogPanel;
class StatePage;
class TextLabel;

/// A container that can be chosen on the Logs page.
struct LogSourceEntry {
    QString id;
    QString name;
    bool isRunning = false;
    bool operator==(const LogSourceEntry&) const = default;
};

/// The logs of several containers as one stream, each line with its container's name in a colour of
/// its own. What is read is the presenter's; tools are those of LogPanel.
class LogsPage : public QWidget {
    Q_OBJECT

public:
    static constexpr int kMostChosen = 20;

    explicit LogsPage(QWidget* parent = nullptr);

    void setEngine(const EngineNotice& notice);
    void setContainers(const QList<LogSourceEntry>& containers);
    /// In the order of the list.
    QList<LogSourceEntry> chosen() const;
    void setChosenIds(const QStringList& ids);
    /// How far back: seconds; nullopt: everything.
    std::optional<qint64> rangeSeconds() const;
    LogPanel& log() const { return *m_log; }
    /// Colours of the list go with those of the lines.
    void setColored(const QStringList& ids);

signals:
    void choiceChanged();
    void rangeChanged();

protected:
    void changeEvent(QEvent* event) override;

private:
    void showState();
    void retranslate();

    TextLabel* m_title;
    TextLabel* m_rangeLabel;
    QComboBox* m_range;
    ContainerChooser* m_chooser;
    LogPanel* m_log;
    QWidget* m_body;
    StatePage* m_state;
    StatePage* m_nothingChosen;
    QStackedLayout* m_pages;
    QStackedLayout* m_right;
    QList<LogSourceEntry> m_containers;
    EngineNotice m_engine;
};

} // namespace portlight::views
