#include "app/shell/main_window.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/archive/archive_inspector.h"
#include "app/views/dialogs/export_dialog.h"
#include "app/views/pages/archives_page.h"
#include "app/views/widgets/state_page.h"
#include "tests/support/engine_process.h"
#include "tests/support/test_image.h"
#include "tests/support/verify.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTreeView>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;
using views::ArchivesPage;

/// The page Archives against the real engine: looking into an archive, importing a part of it,
/// exporting without what the receiver has, and what it says of files that are no archives.
class TestArchivesPage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void opensFromTheCommandLine();
    void showsALayersFiles();
    void importsAPart();
    void exportsADelta();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void keepsRecentArchives();
    void waitsForTheEngine();
    void cleanupTestCase();

private:
    template <typename T> T* find(const char* name) const { return m_window->findChild<T*>(name); }
    std::unique_ptr<shell::MainWindow> makeWindow(const QStringList& archives);
    models::ArchiveModel& tree() const
    {
        return *static_cast<models::ArchiveModel*>(find<QTreeView>("archiveTree")->model());
    }

    QTemporaryDir m_files;
    std::unique_ptr<EngineProcess> m_engine;
    shell::Language m_language;
    std::unique_ptr<shell::MainWindow> m_window;
    ArchivesPage* m_page = nullptr;
    QString m_both; ///< an archive of two images, one on the other
    QString m_first;
    QString m_second;
};

std::unique_ptr<shell::MainWindow> TestArchivesPage::makeWindow(const QStringList& archives)
{
    shell::Options options;
    options.address.socketPath = QString::fromStdString(m_engine->socket());
    options.mayStartEngine = false;
    options.archives = archives;
    auto window = std::make_unique<shell::MainWindow>(options, m_language);
    window->show();
    return window;
}

void TestArchivesPage::initTestCase()
{
    QVERIFY(m_files.isValid());
    qputenv("XDG_CONFIG_HOME", m_files.path().toUtf8());
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
    m_language.apply("en");
    auto engine = EngineProcess::start();
    PL_VERIFY(engine);
    m_engine = std::move(engine).value();
    auto first = TestImage::payload("page/first:1", { "hold" }, Compression::Gzip);
    PL_VERIFY(first);
    auto second = first.value();
    second.reference = "page/second:1";
    PL_DONE(second.addLayer({ { TarEntry::Type::Directory, "data", {} },
        { TarEntry::Type::File, "data/one", "1" }, { TarEntry::Type::File, ".wh.gone", {} } }));
    m_first = QString::fromStdString(first.value().id());
    m_second = QString::fromStdString(second.id());
    // Both in one archive, by way of an engine that is not the one that is tested.
    auto other = EngineProcess::start();
    PL_VERIFY(other);
    const Api api = other.value()->api();
    for (const TestImage* each :
        std::initializer_list<const TestImage*> { &first.value(), &second }) {
        const std::string file = m_files.filePath("each.tar").toStdString();
        PL_DONE(writeArchive(file, each->combinedFiles()));
        PL_STATUS(api.post("/portlight/v1/archives/import?path=" + encoded(file)), 200);
    }
    m_both = m_files.filePath("both.tar.zst");
    PL_STATUS(api.post("/portlight/v1/archives/export?names=page%2ffirst:1&names=page%2fsecond:1"
                       "&compression=zstd&path="
                  + encoded(m_both.toStdString())),
        200);
}

void TestArchivesPage::opensFromTheCommandLine()
{
    m_window = makeWindow({ m_both });
    m_page = find<ArchivesPage>("archivesPage");
    QTRY_VERIFY(m_page->isVisible());
    QCOMPARE(m_page->state(), ArchivesPage::State::Reading);
    m_window->open();
    QTRY_COMPARE(m_page->state(), ArchivesPage::State::Content);
    const QAbstractItemModelTester tester(
        &tree(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(find<QLabel>("archiveName")->text(), "both.tar.zst");
    const QString summary = find<QLabel>("archiveSummary")->text();
    QVERIFY2(summary.contains("2 images"), qPrintable(summary));
    QVERIFY2(summary.contains("2 layers, 0 of them here already"), qPrintable(summary));
    QCOMPARE(tree().rowCount(), 2);
    QCOMPARE(tree().checkedIds().size(), 2);
    QVERIFY(find<QPlainTextEdit>("archiveConfig")->toPlainText().contains("\"Entrypoint\""));
    QCOMPARE(tree().imageOf(tree().index(0, 0))->details.command, QStringList { "hold" });
    // Nothing came in by looking.
    QTRY_VERIFY(m_window->session().connection.isRunning());
    QCOMPARE(m_window->session().images.rowCount(), 0);
}

void TestArchivesPage::showsALayersFiles()
{
    auto* view = find<QTreeView>("archiveTree");
    QModelIndex second;
    for (int row = 0; row < tree().rowCount(); ++row)
        if (tree().imageOf(tree().index(row, 0))->details.id == m_second)
            second = tree().index(row, 0);
    QVERIFY(second.isValid());
    QCOMPARE(tree().rowCount(second), 2);
    view->setCurrentIndex(tree().index(1, 0, second));
    find<QTabWidget>("archiveTabs")->setCurrentIndex(1);
    auto* files = find<QTreeView>("archiveFiles");
    QTRY_COMPARE(files->model()->rowCount(), 2);
    auto* model = static_cast<models::FileTreeModel*>(files->model());
    const QAbstractItemModelTester tester(
        model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto* one = model->find("/data/one");
    QVERIFY(one);
    QCOMPARE(one->sizeBytes, qint64(1));
    const auto* gone = model->find("/gone");
    QVERIFY(gone);
    QCOMPARE(gone->change, client::FileEntry::Change::Removed);
    QVERIFY(!find<QLabel>("archiveFilesNote")->isVisible());
}

void TestArchivesPage::importsAPart()
{
    for (int row = 0; row < tree().rowCount(); ++row) {
        const QModelIndex index = tree().index(row, 0);
        if (tree().imageOf(index)->details.id == m_second)
            QVERIFY(tree().setData(index, Qt::Unchecked, Qt::CheckStateRole));
    }
    auto* import = find<QPushButton>("archiveImport");
    QCOMPARE(import->text(), "Import 1 image");
    QTest::mouseClick(import, Qt::LeftButton);
    QTRY_COMPARE(m_window->session().images.rowCount(), 1);
    QVERIFY(m_window->session().images.find(m_first));
    QTRY_VERIFY(find<QLabel>("archiveSummary")->text().contains("adds nothing"));
    for (int row = 0; row < tree().rowCount(); ++row)
        QVERIFY(tree().setData(tree().index(row, 0), Qt::Checked, Qt::CheckStateRole));
    QTest::mouseClick(import, Qt::LeftButton);
    QTRY_VERIFY(m_window->session().images.find(m_second));
    QTRY_COMPARE(m_window->session().tasks.runningCount(), 0);
}

void TestArchivesPage::exportsADelta()
{
    QTest::mouseClick(find<QPushButton>("archives.exportImages"), Qt::LeftButton);
    auto* dialog = find<views::ExportDialog>("exportDialog");
    QVERIFY(dialog);
    auto* choice = dialog->findChild<QListWidget*>("exportChoice");
    QVERIFY(!dialog->findChild<QPushButton*>("dialogPrimary")->isEnabled());
    choice->findItems("page/second:1", Qt::MatchExactly).constFirst()->setCheckState(Qt::Checked);
    const QString path = m_files.filePath("delta.tar");
    dialog->findChild<QLineEdit*>("exportPath")->setText(path);
    auto* compression = dialog->findChild<QComboBox*>("exportCompression");
    compression->setCurrentIndex(1);
    emit compression->activated(1);
    auto* delta = dialog->findChild<QComboBox*>("exportDelta");
    delta->setCurrentText("page/first:1");
    QCOMPARE(dialog->order().path, path + ".gz");
    QCOMPARE(dialog->order().leftOut, QStringList { "page/first:1" });
    QSignalSpy exported(&m_window->session().archives, &actions::ArchiveTasks::exported);
    QTest::mouseClick(dialog->findChild<QPushButton*>("dialogPrimary"), Qt::LeftButton);
    QTRY_COMPARE(exported.size(), 1);
    QVERIFY(find<QWidget>("archivesPage")->isVisible());
    const auto* task = m_window->session().tasks.find(exported.at(0).at(0).toInt());
    QVERIFY2(task->message.contains("without 1 layer"), qPrintable(task->message));
    QVERIFY(QFileInfo(path + ".gz").size() < QFileInfo(m_both).size());
}

void TestArchivesPage::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("heading");
    QFile whole(m_both);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    QTest::newRow("rubbish") << "rubbish.tar" << QByteArray(4096, 'x') << "cannot be imported";
    QTest::newRow("cut short") << "cut.tar" << whole.read(whole.size() / 2) << "cannot be imported";
    QTest::newRow("empty") << "empty.tar" << QByteArray("") << "cannot be imported";
    QTest::newRow("gone") << "gone.tar" << QByteArray() << "is not there any more";
}

void TestArchivesPage::saysWhatIsWrong()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, content);
    QFETCH(const QString, heading);
    const QString path = m_files.filePath(name);
    if (!content.isNull()) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    m_window->openArchives({ path });
    QTRY_COMPARE(m_page->state(), ArchivesPage::State::Failed);
    const auto* shown = find<views::StatePage>("archivesState");
    QVERIFY2(shown->heading().contains(heading), qPrintable(shown->heading()));
    QVERIFY(!shown->detail().isEmpty());
    find<QAction>("archiveRetry")->trigger();
    QCOMPARE(m_page->state(), ArchivesPage::State::Reading);
    QTRY_COMPARE(m_page->state(), ArchivesPage::State::Failed);
}

void TestArchivesPage::keepsRecentArchives()
{
    auto* recent = find<QListView>("recentArchives");
    const QString newest = recent->model()->index(0, 0).data().toString();
    QCOMPARE(newest, "gone.tar");
    m_window.reset();
    m_window = makeWindow({});
    m_page = find<ArchivesPage>("archivesPage");
    recent = find<QListView>("recentArchives");
    QVERIFY(recent->model()->rowCount() >= 5);
    QCOMPARE(recent->model()->index(0, 0).data().toString(), newest);
}

void TestArchivesPage::waitsForTheEngine()
{
    m_window->openArchives({ m_both });
    QCOMPARE(m_page->state(), ArchivesPage::State::Reading);
    QTest::mouseClick(find<QPushButton>("archiveCancelReading"), Qt::LeftButton);
    QCOMPARE(m_page->state(), ArchivesPage::State::Empty);
    m_window->openArchives({ m_both });
    m_window->open();
    QTRY_COMPARE(m_page->state(), ArchivesPage::State::Content);
}

void TestArchivesPage::cleanupTestCase()
{
    m_window.reset();
    m_engine.reset();
}

QTEST_MAIN(TestArchivesPage)
#include "tst_archives_page.moc"
