#include "app/shell/main_window.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/dialogs/export_dialog.h"
#include "app/views/dialogs/run_dialog.h"
#include "app/views/log/log_panel.h"
#include "app/views/log/log_view.h"
#include "app/views/pages/archives_page.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/containers_page.h"
#include "app/views/pages/images_page.h"
#include "app/views/terminal/terminal_view.h"
#include "app/views/widgets/state_page.h"
#include "tests/support/engine_process.h"
#include "tests/support/test_image.h"
#include "tests/support/verify.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QUrl>
#include <QtTest>

#include <fstream>

using namespace portlight;
using namespace portlight::test;
using shell::MainWindow;
using views::ListPage;

/// The window against the real engine: one engine for all functions, a fresh window for each.
class TestWindow : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { m_engine.reset(); }

    void paintsBeforeTheEngineAnswers();
    void saysWhyTheEngineIsAway();
    void importsByDrop();
    void refusesAForeignArchive();
    void searchThatMatchesNothing();
    void containerFromDialogToRemoval();
    void terminalInAContainer();
    void palette();
    void runDialogValidates();
    void exportsAnImage();
    void engineKilledAndBack();
    void languageSwitches();
    void themeSwitches();

private:
    template <typename T> T* find(const char* name) const { return m_window->findChild<T*>(name); }
    ListPage* list(const char* name) const { return find<ListPage>(name); }
    void drop(const QString& path);
    QString createContainer(const QString& name);

    QTemporaryDir m_files;
    std::unique_ptr<EngineProcess> m_engine;
    std::unique_ptr<shell::Language> m_language;
    std::unique_ptr<MainWindow> m_window;
};

void TestWindow::initTestCase()
{
    QVERIFY(m_files.isValid());
    qputenv("XDG_CONFIG_HOME", m_files.path().toUtf8());
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
    EngineProcess::Options options;
    options.hasStarterImage = true;
    auto engine = EngineProcess::start(options);
    PL_VERIFY(engine);
    m_engine = std::move(engine).value();
    const auto image = TestImage::payload("payload:test");
    PL_VERIFY(image);
    const auto tar = makeTar([&] {
        std::vector<TarEntry> entries;
        for (const auto& [path, content] : image.value().dockerFiles())
            entries.push_back({ .path = path, .content = content });
        return entries;
    }());
    PL_VERIFY(tar);
    std::ofstream(m_files.filePath("payload.tar").toStdString(), std::ios::binary) << tar.value();
}

void TestWindow::init()
{
    shell::Options options;
    options.address.socketPath = QString::fromStdString(m_engine->socket());
    options.mayStartEngine = false;
    options.page = "containers";
    m_language = std::make_unique<shell::Language>();
    m_language->apply("en");
    m_window = std::make_unique<MainWindow>(options, *m_language);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestWindow::cleanup()
{
    m_window.reset();
    m_language.reset();
}

void TestWindow::drop(const QString& path)
{
    QMimeData data;
    data.setUrls({ QUrl::fromLocalFile(path) });
    // Qt delivers a drop only to the widget that took the drag before.
    QDragEnterEvent enter(m_window->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(m_window->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &event);
}

QString TestWindow::createContainer(const QString& name)
{
    client::CreateContainerRequest request;
    request.name = name;
    request.image = "payload:test";
    QSignalSpy created(&m_window->session().containerActions, &actions::ContainerActions::created);
    m_window->session().containerActions.create(request, true);
    return created.wait(20000) ? created.at(0).at(0).toString() : QString();
}

void TestWindow::paintsBeforeTheEngineAnswers()
{
    // Not opened: the engine was not asked for anything yet.
    QCOMPARE(list("containersPage")->state(), ListPage::State::Loading);
    m_window->open();
    QTRY_VERIFY(m_window->session().connection.isRunning());
    QTRY_VERIFY(list("containersPage")->state() != ListPage::State::Loading);
}

void TestWindow::saysWhyTheEngineIsAway()
{
    shell::Options options;
    options.address.socketPath = m_files.filePath("nobody.sock");
    options.mayStartEngine = false;
    MainWindow window(options, *m_language);
    window.show();
    window.open();
    auto* page = window.findChild<ListPage*>("containersPage");
    QTRY_COMPARE(page->state(), ListPage::State::EngineAway);
    const auto* detail = page->findChild<QLabel*>("stateDetail");
    QVERIFY(!detail->text().isEmpty());
    QVERIFY(page->findChild<QWidget*>("tryAgainButton"));
    QVERIFY(page->findChild<QWidget*>("copyDetailsButton"));
    QVERIFY(!window.findChild<QAction*>("newContainer")->isEnabled());
    QVERIFY(!window.findChild<QAction*>("newContainer")->toolTip().isEmpty());
}

void TestWindow::importsByDrop()
{
    QAbstractItemModelTester tester(
        &m_window->session().images, QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_window->showPage("images");
    m_window->open();
    QTRY_COMPARE(list("imagesPage")->state(), ListPage::State::Content);
    drop(m_files.filePath("payload.tar"));
    QCOMPARE(find<QStackedWidget>("pages")->currentWidget()->objectName(), "archivesPage");
    auto* import = find<QPushButton>("archiveImport");
    QTRY_VERIFY(import->isVisible() && import->isEnabled());
    QTest::mouseClick(import, Qt::LeftButton);
    QTRY_VERIFY(m_window->session().images.suggestions().contains("payload:test"));
}

void TestWindow::refusesAForeignArchive()
{
    QFile broken(m_files.filePath("broken.tar"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write(QByteArray(4096, 'x'));
    broken.close();
    m_window->open();
    QTRY_VERIFY(m_window->session().connection.isRunning());
    drop(broken.fileName());
    QTRY_COMPARE(
        find<views::ArchivesPage>("archivesPage")->state(), views::ArchivesPage::State::Failed);
    QVERIFY(!find<views::StatePage>("archivesState")->detail().isEmpty());
    QVERIFY(m_window->session().connection.isRunning());
}

void TestWindow::searchThatMatchesNothing()
{
    m_window->showPage("images");
    m_window->open();
    auto* page = list("imagesPage");
    QTRY_COMPARE(page->state(), ListPage::State::Content);
    auto* search = find<QLineEdit>("imagesSearch");
    QTest::keyClicks(search, "no such image");
    QTRY_COMPARE(page->state(), ListPage::State::NothingMatches);
    find<QAction>("clearFilter")->trigger();
    QTRY_COMPARE(page->state(), ListPage::State::Content);
    QVERIFY(search->text().isEmpty());
}

void TestWindow::containerFromDialogToRemoval()
{
    QAbstractItemModelTester tester(
        &m_window->session().containers, QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_window->open();
    QTRY_VERIFY(m_window->session().images.suggestions().contains("payload:test"));
    const QString id = createContainer("from-window");
    QVERIFY(!id.isEmpty());
    const auto state = [&] {
        const auto* row = m_window->session().containers.find(id);
        return row ? row->summary.state : client::ContainerState::Unknown;
    };
    QTRY_COMPARE(state(), client::ContainerState::Running);

    auto* page = list("containersPage");
    page->selectId(id);
    QCOMPARE(page->selectedIds(), QStringList { id });
    QVERIFY(find<QAction>("stop")->isEnabled());
    QVERIFY(!find<QAction>("start")->isEnabled());
    QVERIFY(!find<QAction>("start")->toolTip().isEmpty());
    m_window->showContainer(id);
    QTRY_COMPARE(find<QLabel>("containerName")->text(), QString("from-window"));
    QTRY_VERIFY_WITH_TIMEOUT(m_window->session().history.history(id), 10000);
    find<QTabWidget>("containerTabs")->setCurrentIndex(int(views::ContainerPage::Tab::Inspect));
    QTRY_VERIFY(find<QPlainTextEdit>("inspectJson")->toPlainText().contains("from-window"));

    find<QAction>("kill")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(state(), client::ContainerState::Exited, 15000);
    m_window->session().containerActions.run(actions::ContainerAction::Remove, { id });
    QTRY_COMPARE(m_window->session().containers.rowOf(id), -1);
}

void TestWindow::terminalInAContainer()
{
    m_window->open();
    QTRY_VERIFY(m_window->session().images.suggestions().contains("portlight/starter:latest"));
    client::CreateContainerRequest request;
    request.name = "with-shell";
    request.image = "portlight/starter";
    request.command = { "sleep", "1000" };
    QSignalSpy created(&m_window->session().containerActions, &actions::ContainerActions::created);
    m_window->session().containerActions.create(request, true);
    QTRY_COMPARE_WITH_TIMEOUT(created.size(), 1, 20000);
    const QString id = created.at(0).at(0).toString();
    QTRY_VERIFY(m_window->session().containers.find(id));
    QTRY_VERIFY(m_window->session().containers.find(id)->summary.isRunning());
    m_window->showContainer(id);
    find<QTabWidget>("containerTabs")->setCurrentIndex(int(views::ContainerPage::Tab::Terminal));
    auto* open = find<QPushButton>("terminalOpen");
    QTRY_VERIFY(open->isVisible() && open->isEnabled());
    QTest::mouseClick(open, Qt::LeftButton);
    QTRY_VERIFY(find<views::TerminalView>("terminalView"));
    auto* terminal = find<views::TerminalView>("terminalView");
    QTRY_VERIFY_WITH_TIMEOUT(terminal->visibleText().contains('#'), 10000); // the prompt
    QTest::keyClicks(terminal, "echo $((6*7)); stty size");
    QTest::keyClick(terminal, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(terminal->visibleText().contains("\n42\n"), 10000);
    const QString size =
        QString("%1 %2").arg(terminal->screen().rows()).arg(terminal->screen().columns());
    QTRY_VERIFY2(terminal->visibleText().contains(size), qPrintable(terminal->visibleText()));
    // It is still there after a look at another page.
    m_window->showPage("images");
    m_window->showContainer(id);
    QCOMPARE(find<views::TerminalView>("terminalView"), terminal);
    QTest::keyClicks(terminal, "exit 3");
    QTest::keyClick(terminal, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(terminal->visibleText().contains("exit code 3"), 10000);
    m_window->session().containerActions.run(actions::ContainerAction::Remove, { id });
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().containers.rowOf(id), -1, 20000);
    QTRY_VERIFY(!find<views::TerminalView>("terminalView"));
}

void TestWindow::palette()
{
    m_window->open();
    QTRY_VERIFY(m_window->session().images.suggestions().contains("payload:test"));
    find<QAction>("palette")->trigger();
    auto* field = find<QLineEdit>("paletteField");
    QTRY_VERIFY(field->isVisible());
    QTest::keyClicks(field, "payload");
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(!field->isVisible());
    QTRY_COMPARE(list("imagesPage")->selectedIds().size(), 1);
    find<QAction>("palette")->trigger();
    QTest::keyClicks(field, "no such thing at all");
    QTest::keyClick(field, Qt::Key_Return); // nothing to do
    QVERIFY(field->isVisible());
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!field->isVisible());
}

void TestWindow::runDialogValidates()
{
    m_window->open();
    QTRY_VERIFY(m_window->session().images.suggestions().contains("payload:test"));
    const QString id = createContainer("taken");
    QVERIFY(!id.isEmpty());
    QTRY_VERIFY(m_window->session().containers.find(id));
    views::RunDialog dialog(m_window->session().images, m_window->session().containers,
        m_window->session().networks, {}, m_window.get());
    dialog.setImage("payload:test");
    QCOMPARE(dialog.obstacle(), QString());
    auto* name = dialog.findChild<QLineEdit*>("runName");
    for (const char* bad : { "taken", "-x", "a b" }) {
        name->setText(bad);
        QVERIFY2(!dialog.obstacle().isEmpty(), bad);
    }
    name->setText("free-name");
    QCOMPARE(dialog.obstacle(), QString());
    dialog.findChild<QLineEdit*>("runCommand")->setText("sh -c 'unclosed");
    QVERIFY(!dialog.obstacle().isEmpty());
    dialog.findChild<QLineEdit*>("runCommand")->setText("sh");
    auto* ports = dialog.findChild<QPlainTextEdit*>("runPorts");
    auto* mounts = dialog.findChild<QPlainTextEdit*>("runMounts");
    ports->setPlainText("8080:80\nnonsense");
    QVERIFY(!dialog.obstacle().isEmpty());
    ports->setPlainText("8080:80");
    mounts->setPlainText("data:relative");
    QVERIFY(!dialog.obstacle().isEmpty());
    mounts->setPlainText("data:/srv:ro");
    QCOMPARE(dialog.obstacle(), QString());
    QCOMPARE(dialog.findChild<QPlainTextEdit*>("runDockerCommand")->toPlainText(),
        QString("docker run -d --name free-name -p 8080:80 -v data:/srv:ro payload:test sh"));
    dialog.findChild<QComboBox*>("runRestart")->setCurrentIndex(1);
    dialog.findChild<QCheckBox*>("runRemovesItself")->setChecked(true);
    QVERIFY(!dialog.obstacle().isEmpty()); // restart and remove contradict each other
    m_window->session().containerActions.run(actions::ContainerAction::Remove, { id });
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().containers.rowOf(id), -1, 20000);
}

void TestWindow::exportsAnImage()
{
    m_window->showPage("images");
    m_window->open();
    QTRY_COMPARE(list("imagesPage")->state(), ListPage::State::Content);
    QTRY_VERIFY(m_window->session().images.suggestions().contains("payload:test"));
    for (int row = 0; row < m_window->session().images.rowCount(); ++row)
        if (m_window->session().images.row(row).summary.references.contains("payload:test"))
            list("imagesPage")->selectId(m_window->session().images.row(row).summary.id);
    QVERIFY(find<QAction>("exportImages")->isEnabled());
    find<QAction>("exportImages")->trigger();
    auto* dialog = m_window->findChild<views::ExportDialog*>();
    QVERIFY(dialog);
    const QString target = m_files.filePath("out.tar");
    QSignalSpy exported(&m_window->session().archives, &actions::ArchiveTasks::exported);
    dialog->findChild<QLineEdit*>("exportPath")->setText(target);
    emit dialog->exportRequested(dialog->order());
    QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 1, 20000);
    QVERIFY(QFileInfo(target).size() > 10000);
}

void TestWindow::engineKilledAndBack()
{
    m_window->showPage("images");
    m_window->open();
    auto* page = list("imagesPage");
    QTRY_COMPARE(page->state(), ListPage::State::Content);
    const int before = m_window->session().images.rowCount();
    const auto killed = m_engine->kill();
    PL_VERIFY(killed);
    QTRY_VERIFY(page->state() != ListPage::State::Content);
    QTRY_COMPARE_WITH_TIMEOUT(page->state(), ListPage::State::EngineAway, 30000);
    const auto restarted = m_engine->restart();
    PL_VERIFY(restarted);
    find<QAction>("tryAgain")->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(page->state(), ListPage::State::Content, 20000);
    QTRY_COMPARE(m_window->session().images.rowCount(), before);
}

void TestWindow::languageSwitches()
{
    QTRY_COMPARE(find<QLabel>("containersTitle")->text(), QString("Containers"));
    m_language->apply("zh_CN");
    QTRY_COMPARE(find<QLabel>("containersTitle")->text(), QString("容器"));
    QTRY_COMPARE(find<QAction>("tryAgain")->text(), QString("重试"));
    m_language->apply("en");
    QTRY_COMPARE(find<QLabel>("containersTitle")->text(), QString("Containers"));
}

void TestWindow::themeSwitches()
{
    auto& theme = theme::Theme::instance();
    const auto corner = [this] {
        return m_window->grab().toImage().pixelColor(m_window->width() - 4, 300);
    };
    theme.setMode(theme::Mode::Light);
    QCOMPARE(corner(), theme::lightTokens().window);
    theme.setMode(theme::Mode::Dark);
    QCOMPARE(corner(), theme::darkTokens().window);
    theme.setMode(theme::Mode::Light);
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
