#pragma once

#include <QObject>
#include <QStringList>

#include <functional>

class QWidget;

namespace portlight::views {
class Toast;
}

namespace portlight::shell {

class EngineSession;
class Settings;

/// Archives in and out: what is asked, what is shown meanwhile and afterwards.
class ArchiveFlow : public QObject {
    Q_OBJECT

public:
    /// All must outlive it; dialogs open over @p window.
    ArchiveFlow(EngineSession& session, Settings& settings, views::Toast& toast, QWidget& window);

    /// Asks for files to look into; emits openRequested().
    void askAndOpen();
    /// Asks for images and a file; the export then goes on without a dialog.
    void askAndExportAny();
    /// Asks for files, then imports them.
    void askAndImport();
    /// Imports at once, or as soon as the engine answers.
    void import(const QStringList& paths);
    /// Asks which image to pull and shows how it comes.
    void askAndPull();
    void askAndExport(const QStringList& imageIds);

signals:
    void runRequested(const QString& reference);
    void openRequested(const QStringList& paths);

private:
    void askForFiles(const QString& title, const std::function<void(const QStringList&)>& done);
    void askForExport(const QStringList& imageIds, bool showsProgress);
    void showProgress(const QList<int>& taskIds);
    void onImported(const QStringList& images, const QString& text);

    EngineSession& m_session;
    Settings& m_settings;
    views::Toast& m_toast;
    QWidget& m_window;
    QStringList m_waiting; ///< dropped or given before the engine answered
};

} // namespace portlight::shell
