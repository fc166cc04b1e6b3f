#include "app/shell/main_window.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/dialogs/confirm_dialog.h"
#include "app/views/dialogs/export_dialog.h"
#include "app/views/dialogs/run_dialog.h"
#include "app/views/dialogs/transfer_dialog.h"
#include "app/views/log/log_view.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/images_page.h"
#include "tests/support/engine_process.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;
using client::ContainerState;
using views::ListPage;

namespace {

const QString kImage = QStringLiteral("nginx:portlight-test");
const QString kName = QStringLiteral("web");
constexpr int kLongMs = 60'000; ///< for what moves the whole archive
constexpr int kMediumMs = 20'000;

} // namespace

/// The main job on real input, all of it in the window with its own buttons, fields and dialogs: an
/// archive that tools which are not ours made goes in, runs, is watched and read, stops, and comes
/// out as the same image. One function a step, each on what the one before left.
class TestWindowNginx : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void importsThroughTheFileDialog();
    void runsFromTheDialog();
    void chartsMove();
    void servesAndShowsItsLog();
    void stops();
    void exportsTheSameImage();
    void removesTheContainer();
    void cleanupTestCase();

private:
    template <typename T> T* find(const char* name) const { return m_window->findChild<T*>(name); }
    /// Clicks the button @p name of @p owner as a person does; false where there is no such
    /// button in sight and enabled.
    static bool click(QWidget* owner, const char* name);
    /// Makes the window show @p page with nothing but the object @p id selected.
    void select(const char* page, const QString& id);
    const models::ContainerRow* row() const { return m_window->session().containers.find(m_id); }
    ContainerState state() const { return row() ? row()->summary.state : ContainerState::Unknown; }

    std::string m_archive;
    std::string m_imageId; ///< as skopeo reads it from the archive
    QTemporaryDir m_files;
    std::unique_ptr<EngineProcess> m_engine;
    shell::Language m_language;
    std::unique_ptr<shell::MainWindow> m_window;
    QString m_id; ///< of the container
};

bool TestWindowNginx::click(QWidget* owner, const char* name)
{
    auto* button = owner->findChild<QAbstractButton*>(name);
    if (!button || !button->isVisible() || !button->isEnabled())
        return false;
    QTest::mouseClick(button, Qt::LeftButton);
    return true;
}

void TestWindowNginx::select(const char* page, const QString& id)
{
    m_window->showPage(page);
    auto* list = find<ListPage>(qPrintable(QLatin1String(page) + QLatin1String("Page")));
    QVERIFY(list);
    QTRY_COMPARE(list->state(), ListPage::State::Content);
    list->selectId(id);
    QCOMPARE(list->selectedIds(), QStringList { id });
}

void TestWindowNginx::initTestCase()
{
    const auto archive = nginxArchive();
    if (!archive)
        PL_MUST_RUN_SKIP(archive.error().message.c_str());
    m_archive = archive.value();
    const auto imageId = imageIdBySkopeo("docker-archive:" + m_archive);
    PL_VERIFY(imageId);
    m_imageId = imageId.value();

    QVERIFY(m_files.isValid());
    qputenv("XDG_CONFIG_HOME", m_files.path().toUtf8());
    qputenv("PORTLIGHT_NO_NATIVE_DIALOGS", "1");
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
    m_language.apply("en");
    auto engine = EngineProcess::start();
    PL_VERIFY(engine);
    m_engine = std::move(engine).value();
    shell::Options options;
    options.address.socketPath = QString::fromStdString(m_engine->socket());
    options.mayStartEngine = false;
    options.page = "images";
    m_window = std::make_unique<shell::MainWindow>(options, m_language);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->open();
    QTRY_VERIFY(m_window->session().connection.isRunning());
}

void TestWindowNginx::importsThroughTheFileDialog()
{
    QTRY_COMPARE(find<ListPage>("imagesPage")->state(), ListPage::State::Empty);
    // What the user sees of the progress: how far the bar got while it was in sight.
    double seen = 0;
    actions::TaskList& tasks = m_window->session().tasks;
    const auto watch = connect(&tasks, &QAbstractItemModel::dataChanged, this, [&] {
        const auto* progress = find<views::TransferDialog>("transferDialog");
        const auto* bar = progress ? progress->findChild<QProgressBar*>("taskBar") : nullptr;
        if (bar && bar->isVisible() && bar->maximum() > 0)
            seen = std::max(seen, double(bar->value()) / bar->maximum());
    });
    QVERIFY(click(m_window.get(), "images.importArchive"));
    auto* dialog = find<QFileDialog>("importFileDialog");
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->isVisible());
    auto* name = dialog->findChild<QLineEdit*>("fileNameEdit");
    QVERIFY(name);
    name->setText(QString::fromStdString(m_archive));
    QTest::keyClick(name, Qt::Key_Return);
    QTRY_VERIFY(find<views::TransferDialog>("transferDialog"));
    QTRY_VERIFY_WITH_TIMEOUT(m_window->session().images.suggestions().contains(kImage), kLongMs);
    QTRY_COMPARE_WITH_TIMEOUT(tasks.runningCount(), 0, kLongMs);
    disconnect(watch);
    QVERIFY2(seen > 0, "the bar never moved");
    // A success needs no click.
    QTRY_VERIFY(!find<views::TransferDialog>("transferDialog"));
    QVERIFY(m_window->session().images.find(QString::fromStdString(m_imageId)));
}

void TestWindowNginx::runsFromTheDialog()
{
    select("images", QString::fromStdString(m_imageId));
    QVERIFY(click(m_window.get(), "images.selection.runImage"));
    auto* dialog = find<views::RunDialog>("runDialog");
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->isVisible());
    QCOMPARE(dialog->findChild<QComboBox*>("runImage")->currentText(), kImage);
    QTest::keyClicks(dialog->findChild<QLineEdit*>("runName"), kName);
    QCOMPARE(dialog->findChild<QPlainTextEdit*>("runDockerCommand")->toPlainText(),
        "docker run -d --name " + kName + " " + kImage);
    QSignalSpy created(&m_window->session().containerActions, &actions::ContainerActions::created);
    QVERIFY(click(dialog, "dialogPrimary"));
    QTRY_COMPARE_WITH_TIMEOUT(created.size(), 1, kMediumMs);
    m_id = created.first().first().toString();
    QTRY_COMPARE_WITH_TIMEOUT(state(), ContainerState::Running, kMediumMs);
    QTRY_VERIFY(!find<views::RunDialog>("runDialog"));
}

void TestWindowNginx::chartsMove()
{
    // The message after the run leads to the container's page.
    QVERIFY(click(m_window.get(), "toastAction"));
    QTRY_COMPARE(find<QLabel>("containerName")->text(), kName);
    const auto current = [this](const char* chart) {
        return find<QWidget>(chart)->findChild<QLabel*>("chartCurrent")->text();
    };
    QTRY_VERIFY_WITH_TIMEOUT(current("memoryChart").contains("MB"), kMediumMs);
    QTRY_VERIFY_WITH_TIMEOUT(current("cpuChart").contains('%'), kMediumMs);
    const auto samples = [this] {
        const auto* history = m_window->session().history.history(m_id);
        return history ? history->memoryBytes.size() : 0;
    };
    const auto before = samples();
    QTRY_VERIFY_WITH_TIMEOUT(samples() >= before + 2, kMediumMs);
}

void TestWindowNginx::servesAndShowsItsLog()
{
    const Json details = m_engine->api().get("/containers/" + m_id.toStdString() + "/json").json();
    const auto pid = jsonInt(jsonMember(details, "State"), "Pid");
    PL_VERIFY(pid);
    const auto fetch = [&] {
        return runInNetworkOf(static_cast<pid_t>(pid.value()),
            { PORTLIGHT_BUILD_DIR "/tests/test_payload", "fetch", "80", "/" });
    };
    QTRY_COMPARE(fetch().exitCode, 0); // it may still be about to listen
    const Ran page = fetch();
    QVERIFY2(page.out.startsWith("HTTP/1.1 200"), page.out.constData());
    QVERIFY2(page.out.endsWith("\r\n\r\nPortlight serves this page\n"), page.out.constData());

    find<QTabWidget>("containerTabs")->setCurrentIndex(int(views::ContainerPage::Tab::Logs));
    auto* log = find<QWidget>("containerPage")->findChild<views::LogView*>("logView");
    QTRY_VERIFY(log->isVisible());
    // Its error log comes through standard error, its access log through standard output.
    QTRY_VERIFY_WITH_TIMEOUT(log->visibleText().contains("start worker process"), kMediumMs);
    QTRY_VERIFY_WITH_TIMEOUT(log->visibleText().contains("\"GET / HTTP/1."), kMediumMs);
}

void TestWindowNginx::stops()
{
    QVERIFY(click(find<QWidget>("containerPage"), "container.stop"));
    QTRY_COMPARE_WITH_TIMEOUT(state(), ContainerState::Exited, kMediumMs);
    // SIGQUIT, the image's stop signal, lets nginx end by itself.
    QTRY_COMPARE(row()->summary.exitCode.value_or(-1), 0);
    const auto* log = find<QWidget>("containerPage")->findChild<views::LogView*>("logView");
    QTRY_VERIFY(log->visibleText().contains("exit"));
}

void TestWindowNginx::exportsTheSameImage()
{
    select("images", QString::fromStdString(m_imageId));
    QVERIFY(click(m_window.get(), "images.selection.exportImages"));
    auto* dialog = find<views::ExportDialog>("exportDialog");
    QVERIFY(dialog);
    QTRY_VERIFY(dialog->isVisible());
    const QString target = m_files.filePath("exported.tar");
    dialog->findChild<QLineEdit*>("exportPath")->setText(target);
    QSignalSpy exported(&m_window->session().archives, &actions::ArchiveTasks::exported);
    QVERIFY(click(dialog, "dialogPrimary"));
    QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 1, kLongMs);
    const auto readBack = imageIdBySkopeo("docker-archive:" + target.toStdString());
    PL_VERIFY(readBack);
    QCOMPARE(readBack.value(), m_imageId);
}

void TestWindowNginx::removesTheContainer()
{
    select("containers", m_id);
    QVERIFY(click(m_window.get(), "containers.selection.removeContainer"));
    auto* question = find<views::ConfirmDialog>("confirmDialog");
    QVERIFY(question);
    QTRY_VERIFY(question->isVisible());
    QVERIFY(!question->findChild<QLabel*>("confirmLost")->text().isEmpty());
    QVERIFY(click(question, "dialogPrimary"));
    QTRY_VERIFY_WITH_TIMEOUT(!row(), kMediumMs);
    QTRY_COMPARE(find<ListPage>("containersPage")->state(), ListPage::State::Empty);
}

void TestWindowNginx::cleanupTestCase()
{
    m_window.reset();
    m_engine.reset();
}

QTEST_MAIN(TestWindowNginx)
#include "tst_window_nginx.moc"
