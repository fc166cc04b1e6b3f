// portlight_pictures DIRECTORY [WIDTHxHEIGHT]
//
// Draws every page and dialog of the window, against a real engine with a few real containers, in
// light and dark, English and Chinese: DIRECTORY/en-light-containers.png and so on. For people to
// look at; nothing is compared. QT_SCALE_FACTOR works as always.
#include "app/shell/main_window.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"
#include "app/views/dialogs/run_dialog.h"
#include "app/views/pages/archives_page.h"
#include "app/views/pages/container_page.h"
#include "app/views/pages/containers_page.h"
#include "app/views/pages/images_page.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <cstdio>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr const char* kImage = "portlight/starter";
constexpr const char* kTalker = "i=0; while true; do i=$((i+1)); echo \"request $i answered\"; "
                                "echo \"\033[33mwarning\033[0m: slow $i\" >&2; sleep 0.5; done";
constexpr int kFiguresMs = 12'000; // enough for a line in the charts
constexpr int kPatienceMs = 20'000;

struct Look {
    QString language;
    theme::Mode mode;
    QString name() const
    {
        return language.left(2) + (mode == theme::Mode::Dark ? "-dark-" : "-light-");
    }
};

/// Takes the pictures of one engine, one look after the other.
class Painter {
public:
    Painter(QString directory, QSize size)
        : m_directory(std::move(directory))
        , m_size(size)
    {
    }

    bool run();

private:
    bool fillEngine();
    std::unique_ptr<shell::MainWindow> makeWindow(const QString& socket);
    void take(QWidget& widget, const char* name);
    void takeTop(const char* name); ///< the dialog that is open, which is closed after it
    void trigger(const char* action);
    void pages();
    void archives();
    void containerPage();
    void dialogs();
    void states();
    void forEachLook(const std::function<void()>& draw);

    QString m_directory;
    QSize m_size;
    QTemporaryDir m_files;
    std::unique_ptr<EngineProcess> m_engine;
    shell::Language m_language;
    std::unique_ptr<shell::MainWindow> m_window;
    Look m_look { "en", theme::Mode::Light };
};

bool Painter::fillEngine()
{
    EngineProcess::Options options;
    options.hasStarterImage = true;
    auto engine = EngineProcess::start(options);
    if (!engine) {
        std::fprintf(stderr, "%s\n", engine.error().message.c_str());
        return false;
    }
    m_engine = std::move(engine).value();
    const Api api = m_engine->api();
    // The engine listens before it has taken its first image in.
    const std::string image = std::string("/images/") + kImage + "/json";
    if (!QTest::qWaitFor([&] { return api.get(image).status == 200; }, kPatienceMs)) {
        std::fprintf(stderr, "the engine has no starter image\n");
        return false;
    }
    const auto make = [&](const char* name, const std::vector<std::string>& words, bool starts,
                          const Json& settings = Json::object()) {
        const auto id = createContainer(api, kImage, words, settings, name);
        if (id && starts)
            static_cast<void>(startContainer(api, id.value()));
    };
    const Json limited { { "HostConfig", { { "Memory", 64 << 20 } } },
        { "ExposedPorts", { { "80/tcp", Json::object() } } } };
    make("shop-web-1", { "sh", "-c", kTalker }, true);
    make("shop-web-2", { "sh", "-c", kTalker }, true);
    make("shop-worker", { "sh", "-c", "while true; do usleep 3000; done" }, true, limited);
    make("migration", { "sh", "-c", "echo cannot connect >&2; exit 3" }, true);
    make("backup", { "true" }, true);
    make("a-very-long-container-name-that-nobody-shortened-before-it-was-used-in-a-table",
        { "sleep", "100" }, false);
    return true;
}

std::unique_ptr<shell::MainWindow> Painter::makeWindow(const QString& socket)
{
    shell::Options options;
    options.address.socketPath = socket;
    options.mayStartEngine = false;
    options.page = "containers";
    auto window = std::make_unique<shell::MainWindow>(options, m_language);
    window->resize(m_size);
    window->show();
    static_cast<void>(QTest::qWaitForWindowExposed(window.get()));
    return window;
}

void Painter::take(QWidget& widget, const char* name)
{
    QTest::qWait(150);
    widget.grab().save(m_directory + "/" + m_look.name() + name + ".png");
}

void Painter::takeTop(const char* name)
{
    QTest::qWait(150);
    QWidget* top = QApplication::activeModalWidget();
    for (auto* dialog : m_window->findChildren<QDialog*>())
        if (dialog->isVisible())
            top = dialog;
    if (!top) {
        std::fprintf(stderr, "nothing is open for %s\n", name);
        return;
    }
    take(*top, name);
    top->close();
    QTest::qWait(50);
}

void Painter::trigger(const char* action)
{
    m_window->findChild<QAction*>(action)->trigger();
    QTest::qWait(50);
}

void Painter::forEachLook(const std::function<void()>& draw)
{
    for (const QString language : { "en", "zh_CN" })
        for (const auto mode : { theme::Mode::Light, theme::Mode::Dark }) {
            m_look = { language, mode };
            m_language.apply(language);
            theme::Theme::instance().setMode(mode);
            draw();
        }
}

void Painter::pages()
{
    auto* containers = m_window->findChild<views::ContainersPage*>();
    m_window->showPage("containers");
    containers->table().clearSelection();
    take(*m_window, "containers");
    containers->table().selectAll();
    take(*m_window, "containers-selected");
    containers->table().clearSelection();
    auto* search = m_window->findChild<QLineEdit*>("containersSearch");
    search->setText("redis");
    take(*m_window, "containers-no-match");
    search->clear();
    m_window->showPage("images");
    take(*m_window, "images");
    m_window->findChild<views::ImagesPage*>()->table().selectAll();
    take(*m_window, "images-selected");
    m_window->showPage("overview");
    QTest::qWait(1500);
    take(*m_window, "overview");
    m_window->showPage("logs");
    QTest::qWait(1200);
    take(*m_window, "logs");
    m_window->showPage("monitor");
    QTest::qWait(1500);
    take(*m_window, "monitor");
    m_window->showPage("activity");
    take(*m_window, "activity");
    m_window->showPage("settings");
    take(*m_window, "settings");
}

void Painter::archives()
{
    const QString path = m_files.filePath("starter.tar.zst");
    auto& session = m_window->session();
    if (!QFile::exists(path)) {
        client::ExportOrder order { { kImage }, path, client::ArchiveFormat::Docker, "zstd", {} };
        session.archives.exportImages(order);
        static_cast<void>(
            QTest::qWaitFor([&] { return session.tasks.runningCount() == 0; }, kPatienceMs));
    }
    m_window->handleRequest({}, { path });
    auto* page = m_window->findChild<views::ArchivesPage*>();
    static_cast<void>(QTest::qWaitFor(
        [&] { return page->state() == views::ArchivesPage::State::Content; }, kPatienceMs));
    take(*m_window, "archive");
    auto* tree = m_window->findChild<QTreeView*>("archiveTree");
    tree->setCurrentIndex(tree->model()->index(0, 0, tree->model()->index(0, 0)));
    auto* tabs = m_window->findChild<QTabWidget*>("archiveTabs");
    take(*m_window, "archive-layer");
    tabs->setCurrentIndex(1);
    QTest::qWait(500);
    take(*m_window, "archive-files");
    tabs->setCurrentIndex(2);
    take(*m_window, "archive-config");
    tabs->setCurrentIndex(0);
    trigger("exportArchive");
    takeTop("archive-export");
}

void Painter::containerPage()
{
    const auto& model = m_window->session().containers;
    auto* tabs = m_window->findChild<QTabWidget*>("containerTabs");
    for (int row = 0; row < model.rowCount(); ++row) {
        const QString name = model.row(row).summary.name;
        if (name != "shop-web-1" && name != "shop-worker" && name != "migration")
            continue;
        m_window->showContainer(model.row(row).summary.id);
        for (int tab = 0; tab < (name == "shop-web-1" ? tabs->count() : 1); ++tab) {
            tabs->setCurrentIndex(tab);
            QTest::qWait(400);
            take(*m_window, qPrintable(QString("container-%1-%2").arg(name).arg(tab)));
        }
        tabs->setCurrentIndex(0);
    }
}

void Painter::dialogs()
{
    m_window->showPage("containers");
    trigger("newContainer");
    takeTop("run-empty");
    trigger("newContainer");
    auto* run = m_window->findChild<views::RunDialog*>();
    run->setImage(kImage);
    run->findChild<QLineEdit*>("runName")->setText("backup");
    run->findChild<QLineEdit*>("runCommand")->setText("sh -c 'echo");
    run->findChild<QLineEdit*>("runWorkingDirectory")->setText("srv");
    run->findChild<QPlainTextEdit*>("runPorts")->setPlainText("8080:80\n99999");
    run->findChild<QPlainTextEdit*>("runMounts")->setPlainText("data:/srv:ro");
    run->findChild<QPlainTextEdit*>("runEnvironment")->setPlainText("A=1\nnonsense");
    run->findChild<QDoubleSpinBox*>("runMemory")->setValue(2);
    takeTop("run-errors");
    auto* page = m_window->findChild<views::ContainersPage*>();
    page->table().selectAll();
    trigger("removeContainer");
    takeTop("remove-several");
    page->table().clearSelection();
    page->selectId(m_window->session().containers.row(0).summary.id);
    trigger("removeContainer");
    takeTop("remove-one");
    m_window->showPage("images");
    m_window->findChild<views::ImagesPage*>()->table().selectAll();
    trigger("exportImages");
    if (auto* path = m_window->findChild<QLineEdit*>("exportPath"))
        path->setText("/nowhere/at/all.tar");
    takeTop("export-error");
    trigger("exportImages");
    takeTop("export");
    const QString broken = m_files.filePath("broken.tar");
    QFile file(broken);
    if (file.open(QIODevice::WriteOnly))
        file.write(QByteArray(4096, 'x'));
    file.close();
    m_window->handleRequest({}, { broken });
    QTest::qWait(1000);
    take(*m_window, "archive-broken");
    m_window->showPage("containers");
    trigger("shortcuts");
    takeTop("shortcuts");
    trigger("about");
    takeTop("about");
}

void Painter::states()
{
    forEachLook([this] {
        const auto loading = makeWindow(m_files.filePath("nobody.sock"));
        QTest::qWait(300);
        take(*loading, "loading");
        loading->open();
        QTest::qWait(300);
        take(*loading, "engine-away");
    });
    auto engine = EngineProcess::start();
    if (!engine)
        return;
    const auto empty = makeWindow(QString::fromStdString(engine.value()->socket()));
    empty->open();
    static_cast<void>(QTest::qWaitFor(
        [&] {
            return empty->findChild<views::ContainersPage*>()->state()
                == views::ListPage::State::Empty;
        },
        kPatienceMs));
    forEachLook([&] {
        for (const char* page : { "containers", "images", "archives", "activity" }) {
            empty->showPage(page);
            take(*empty, qPrintable(QString("empty-") + page));
        }
    });
}

bool Painter::run()
{
    QDir().mkpath(m_directory);
    if (!fillEngine())
        return false;
    m_language.apply("en");
    m_window = makeWindow(QString::fromStdString(m_engine->socket()));
    m_window->open();
    const bool isListed =
        QTest::qWaitFor([&] { return m_window->session().containers.rowCount() > 0; }, kPatienceMs);
    if (!isListed)
        return false;
    QTest::qWait(kFiguresMs);
    forEachLook([this] {
        pages();
        archives();
        containerPage();
        dialogs();
    });
    states();
    m_window.reset();
    return true;
}

} // namespace

int main(int count, char** words)
{
    QApplication application(count, words);
    const QStringList arguments = QApplication::arguments();
    const QStringList size = arguments.value(2, "1280x800").split('x');
    if (arguments.size() < 2 || arguments.size() > 3 || size.size() != 2) {
        std::fprintf(stderr, "portlight_pictures DIRECTORY [WIDTHxHEIGHT]\n");
        return 2;
    }
    const QTemporaryDir settings;
    qputenv("XDG_CONFIG_HOME", settings.path().toUtf8());
    QApplication::setStyle(new theme::Style);
    theme::Theme::instance().apply();
    Painter painter(arguments.at(1), QSize(size.at(0).toInt(), size.at(1).toInt()));
    return painter.run() ? 0 : 1;
}
