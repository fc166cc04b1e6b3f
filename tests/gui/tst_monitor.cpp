#include "app/models/metrics_window.h"
#include "app/shell/main_window.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/charts/history_card.h"
#include "app/views/log/log_view.h"
#include "app/views/pages/monitor_page.h"
#include "app/views/pages/overview_page.h"
#include "app/views/widgets/sparkline_card.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/verify.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;
using shell::MainWindow;
using views::HistoryCard;
using views::MonitorPage;

namespace {

constexpr int kPatienceMs = 30'000;

} // namespace

/// The pages that tell what goes on, against the real engine and its recorder.
class TestMonitor : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void cleanupTestCase() { m_engine.reset(); }

    void overviewNamesWhatFailed();
    void chartsShowTheRecord();
    void zoomAndBackToLive();
    void tableTwin();
    void exports();
    void choiceIsBounded();
    void logsOfSeveralAreOne();
    void engineAway();

private:
    template <typename T> T* find(const char* name) const { return m_window->findChild<T*>(name); }
    MonitorPage& page() const { return *m_window->findChild<MonitorPage*>(); }
    HistoryCard& memory() const { return *find<HistoryCard>("historyMemory"); }
    void saveAs(const QString& path);

    QTemporaryDir m_files;
    std::unique_ptr<EngineProcess> m_engine;
    shell::Language m_language;
    std::unique_ptr<MainWindow> m_window;
};

void TestMonitor::initTestCase()
{
    qputenv("XDG_CONFIG_HOME", m_files.filePath("config").toUtf8());
    qputenv("PORTLIGHT_NO_NATIVE_DIALOGS", "1");
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
    auto engine = EngineProcess::start();
    PL_VERIFY(engine);
    m_engine = std::move(engine).value();
    const Api api = m_engine->api();
    PL_DONE(loadPayload(api, m_files.path().toStdString(), "payload:test"));
    for (const char* name : { "alpha", "beta" }) {
        const auto id = createContainer(api, "payload:test", { "hold" }, Json::object(), name);
        PL_VERIFY(id);
        PL_DONE(startContainer(api, id.value()));
    }
    const auto broken =
        createContainer(api, "payload:test", { "exit", "3" }, Json::object(), "broken");
    PL_VERIFY(broken);
    PL_DONE(startContainer(api, broken.value()));
    const auto code = waitForExit(api, broken.value());
    PL_VERIFY(code);
    QCOMPARE(code.value(), 3);
}

void TestMonitor::init()
{
    m_language.apply("en");
    shell::Options options;
    options.address.socketPath = QString::fromStdString(m_engine->socket());
    options.mayStartEngine = false;
    options.page = "overview";
    m_window = std::make_unique<MainWindow>(options, m_language);
    m_window->resize(1280, 800);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->open();
    QTRY_VERIFY_WITH_TIMEOUT(m_window->session().containers.rowCount() >= 3, kPatienceMs);
}

void TestMonitor::overviewNamesWhatFailed()
{
    auto* problems = find<QWidget>("overviewProblems");
    const auto hasText = [&](const QString& wanted) {
        for (const auto* label : problems->findChildren<QLabel*>())
            if (label->text().contains(wanted) && label->isVisible())
                return true;
        return false;
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasText("broken: exited with code 3"), kPatienceMs);
    QVERIFY(!hasText("alpha"));
    auto* totals = find<views::SparklineCard>("overviewContainers");
    QTRY_COMPARE_WITH_TIMEOUT(totals->figure(), QString("2 running"), kPatienceMs);
    auto* events = find<QListWidget>("overviewEvents");
    const auto happened = [&](const QString& text) {
        return !events->findItems(text, Qt::MatchContains).isEmpty();
    };
    QTRY_VERIFY_WITH_TIMEOUT(happened("broken: Exited with code 3"), kPatienceMs);
    auto* top = find<QTableWidget>("overviewTop");
    QTRY_COMPARE_WITH_TIMEOUT(top->rowCount(), 2, kPatienceMs);
    auto* disk = find<views::SparklineCard>("overviewDisk");
    QTRY_VERIFY_WITH_TIMEOUT(disk->figure().contains("B"), kPatienceMs);

    // Its own buttons help: the container is started anew, and fails anew.
    auto* start = problems->findChild<QPushButton*>("problemStart");
    QVERIFY(start);
    const int before = int(events->findItems("broken: Started", Qt::MatchContains).size());
    start->click();
    QTRY_VERIFY_WITH_TIMEOUT(
        events->findItems("broken: Started", Qt::MatchContains).size() > before, kPatienceMs);
    problems->findChild<QPushButton*>("problemLogs")->click();
    QCOMPARE(find<QWidget>("containerPage")->isVisible(), true);
}

void TestMonitor::chartsShowTheRecord()
{
    m_window->showPage("monitor");
    auto* list = find<QListWidget>("monitorContainers");
    QTRY_VERIFY_WITH_TIMEOUT(list->count() >= 2, kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(memory().legendText().contains("kB"), kPatienceMs);
    QVERIFY2(memory().legendText().contains("alpha"), qPrintable(memory().legendText()));
    QVERIFY(memory().legendText().contains("beta"));
    // Without the other one each pair has its own words.
    for (int row = 0; row < list->count(); ++row)
        list->item(row)->setCheckState(
            list->item(row)->text() == "alpha" ? Qt::Checked : Qt::Unchecked);
    QTRY_VERIFY_WITH_TIMEOUT(!memory().legendText().contains("beta"), kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(
        find<HistoryCard>("historyPids")->legendText().startsWith("alpha 1"), kPatienceMs);
    auto* processes = find<QTableWidget>("processTable");
    QTRY_VERIFY_WITH_TIMEOUT(processes->rowCount() == 1, kPatienceMs);
    QVERIFY(memory().accessibleDescription().contains("alpha"));
    for (const int seconds : { 60, 3600, 86'400, 30 * 86'400, 600 }) {
        auto* range = find<QPushButton>(qPrintable(QString("range.%1").arg(seconds)));
        range->click();
        QVERIFY(range->isChecked());
        QCOMPARE(memory().plot().span().length(), qint64(seconds) * 1000);
    }
    QTRY_VERIFY_WITH_TIMEOUT(memory().legendText().contains("kB"), kPatienceMs);
}

void TestMonitor::zoomAndBackToLive()
{
    m_window->showPage("monitor");
    QTRY_VERIFY_WITH_TIMEOUT(memory().legendText().contains("kB"), kPatienceMs);
    auto* live = find<QPushButton>("monitorLive");
    QVERIFY(live->isChecked());
    const qint64 before = memory().plot().span().length();
    memory().setFocus();
    QTest::keyClick(&memory(), Qt::Key_Left); // a cursor, in all charts
    QTest::keyClick(&memory(), Qt::Key_Plus);
    QTRY_COMPARE_WITH_TIMEOUT(memory().plot().span().length(), before / 2, kPatienceMs);
    QVERIFY(!live->isChecked());
    QCOMPARE(find<HistoryCard>("historyCpu")->plot().span(), memory().plot().span());
    const auto zoomed = memory().plot().span();
    QTest::keyClick(&memory(), Qt::Key_Left, Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(memory().plot().span().fromMs < zoomed.fromMs, kPatienceMs);
    QTest::keyClick(&memory(), Qt::Key_Home);
    QTRY_VERIFY_WITH_TIMEOUT(live->isChecked(), kPatienceMs);
    QCOMPARE(memory().plot().span().length(), before);
}

void TestMonitor::tableTwin()
{
    m_window->showPage("monitor");
    QTRY_VERIFY_WITH_TIMEOUT(memory().legendText().contains("kB"), kPatienceMs);
    memory().setFocus();
    QTest::keyClick(&memory(), Qt::Key_T, Qt::ControlModifier);
    QVERIFY(memory().isShowingTable());
    auto* table = memory().findChild<QTableView*>("historyTable");
    QVERIFY(table && table->model()->rowCount() > 0);
    QCOMPARE(table->model()->columnCount(), 3);
    QVERIFY(table->model()->index(0, 1).data().toString().contains("kB"));
    QTest::keyClick(&memory(), Qt::Key_Escape);
    QVERIFY(!memory().isShowingTable());
}

void TestMonitor::saveAs(const QString& path)
{
    QFileDialog* dialog = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT(
        (dialog = m_window->findChild<QFileDialog*>("exportFileDialog")) != nullptr, kPatienceMs);
    dialog->setDirectory(QFileInfo(path).path());
    dialog->selectFile(path);
    static_cast<QDialog*>(dialog)->accept();
}

void TestMonitor::exports()
{
    m_window->showPage("monitor");
    QTRY_VERIFY_WITH_TIMEOUT(memory().legendText().contains("kB"), kPatienceMs);
    const QString csv = m_files.filePath("figures.csv");
    find<QPushButton>("exportCsv")->click();
    saveAs(csv);
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(csv).size() > 0, kPatienceMs);
    QFile file(csv);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = file.readAll().split('\n');
    QVERIFY(lines.size() > 3);
    QVERIFY(lines.at(0).startsWith("time,container,id,cpu_percent"));
    QCOMPARE(lines.at(1).count(','), lines.at(0).count(','));
    QVERIFY(QDateTime::fromString(lines.at(1).left(20), Qt::ISODate).isValid());
    const QString png = m_files.filePath("charts.png");
    QTRY_VERIFY(!m_window->findChild<QFileDialog*>("exportFileDialog"));
    find<QPushButton>("exportPicture")->click();
    saveAs(png);
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(png).size() > 0, kPatienceMs);
    QVERIFY(QImage(png).width() > 1000);
}

void TestMonitor::choiceIsBounded()
{
    QList<client::RecordedContainer> many;
    for (int at = 0; at < 12; ++at)
        many.append({ QString("id%1").arg(at), QString("name%1").arg(at), {}, 0, 0, true, false });
    MonitorPage alone;
    alone.setContainers(many);
    auto* list = alone.findChild<QListWidget*>("monitorContainers");
    for (int row = 0; row < MonitorPage::kMostChosen; ++row)
        list->item(row)->setCheckState(Qt::Checked);
    QCOMPARE(alone.chosenIds().size(), MonitorPage::kMostChosen);
    QVERIFY(!list->item(MonitorPage::kMostChosen)->flags().testFlag(Qt::ItemIsEnabled));
    list->item(0)->setCheckState(Qt::Unchecked);
    QVERIFY(list->item(MonitorPage::kMostChosen)->flags().testFlag(Qt::ItemIsEnabled));
    // What is chosen stays chosen when the list changes its order.
    std::reverse(many.begin(), many.end());
    alone.setContainers(many);
    QVERIFY(alone.chosenIds().contains("id1") && !alone.chosenIds().contains("id0"));
}

void TestMonitor::logsOfSeveralAreOne()
{
    const Api api = m_engine->api();
    for (const char* name : { "writer-1", "writer-2" }) {
        const auto id = createContainer(
            api, "payload:test", { "lines", "40", "20000", "out", "0" }, Json::object(), name);
        PL_VERIFY(id);
        PL_DONE(startContainer(api, id.value()));
    }
    m_window->showPage("logs");
    auto* list = find<QListWidget>("logsContainers");
    QTRY_VERIFY_WITH_TIMEOUT(
        list->findItems("writer", Qt::MatchStartsWith).size() == 2, kPatienceMs);
    for (int row = 0; row < list->count(); ++row)
        list->item(row)->setCheckState(
            list->item(row)->text().startsWith("writer") ? Qt::Checked : Qt::Unchecked);
    auto* page = find<QWidget>("logsPage");
    auto* view = page->findChild<views::LogView*>("logView");
    QTRY_VERIFY_WITH_TIMEOUT(view->model() && view->model()->lineCount() == 80, kPatienceMs);
    // Both are in it, in the order of their times.
    qint64 last = 0;
    QSet<int> origins;
    for (qsizetype line = 0; line < 80; ++line) {
        QVERIFY(view->model()->line(line).timeMs >= last);
        last = view->model()->line(line).timeMs;
        origins.insert(view->model()->line(line).origin);
    }
    QCOMPARE(origins.size(), 2);
    QTRY_VERIFY(view->visibleText().contains("writer-2: line")); // it was started last
    auto* search = page->findChild<QLineEdit*>("logSearch");
    search->setText("line 40");
    auto* count = page->findChild<QLabel*>("logSearchCount");
    QTRY_VERIFY_WITH_TIMEOUT(count->text().contains("2"), kPatienceMs);
    // A container that is run again writes on in the same stream.
    search->clear();
    PL_STATUS(api.post("/containers/writer-1/start"), 204);
    QTRY_VERIFY_WITH_TIMEOUT(view->model()->lineCount() == 120, kPatienceMs);
}

void TestMonitor::engineAway()
{
    m_window->showPage("monitor");
    QTRY_VERIFY_WITH_TIMEOUT(memory().legendText().contains("kB"), kPatienceMs);
    PL_DONE(m_engine->kill());
    QTRY_VERIFY_WITH_TIMEOUT(find<QWidget>("monitorState")->isVisible(), kPatienceMs);
    m_window->showPage("overview");
    QVERIFY(find<QWidget>("overviewState")->isVisible());
    PL_DONE(m_engine->restart());
    QTRY_VERIFY_WITH_TIMEOUT(!find<QWidget>("overviewState")->isVisible(), kPatienceMs);
    m_window->showPage("monitor");
    QTRY_VERIFY_WITH_TIMEOUT(memory().isVisible(), kPatienceMs);
}

QTEST_MAIN(TestMonitor)
#include "tst_monitor.moc"
