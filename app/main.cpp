#include "app/shell/language.h"
#include "app/shell/main_window.h"
#include "app/shell/milestones.h"
#include "app/shell/options.h"
#include "app/shell/settings.h"
#include "app/shell/single_instance.h"
#include "app/theme/style.h"
#include "app/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QIcon>
#include <QTimer>

#include <cstdio>
#include <cstring>
#include <optional>

#include <sys/prctl.h>

namespace {

using namespace portlight;

constexpr int kBadArguments = 2;

/// --help and --version answer without a display.
bool answered(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--version") == 0) {
            std::puts("portlight " PORTLIGHT_VERSION);
            return true;
        }
        if (std::strcmp(argv[i], "--help") == 0) {
            std::fputs(qPrintable(shell::usage()), stdout);
            return true;
        }
    }
    return false;
}

void applyAppearance(const shell::Settings& settings, shell::Language& language)
{
    QApplication::setStyle(new theme::Style);
    theme::Theme& theme = theme::Theme::instance();
    theme.setReducesMotion(settings.reducesMotion());
    theme.setUsesSystemFont(settings.usesSystemFont());
    theme.setScalePercent(settings.textScalePercent());
    theme.setMode(settings.themeMode());
    theme.apply();
    language.apply(settings.language());
}

} // namespace

int main(int argc, char** argv)
{
    if (answered(argc, argv))
        return 0;
    // Lists of processes show the name that the user knows, not that of this file.
    ::prctl(PR_SET_NAME, "portlight");
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("portlight"));
    QApplication::setOrganizationName(QStringLiteral("portlight"));
    QApplication::setApplicationVersion(QStringLiteral(PORTLIGHT_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("portlight"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/portlight.svg")));

    const auto parsed = shell::parseOptions(QApplication::arguments().mid(1), QDir::currentPath());
    if (const auto* problem = std::get_if<QString>(&parsed)) {
        std::fprintf(stderr, "portlight: %s\n%s", qPrintable(*problem), qPrintable(shell::usage()));
        return kBadArguments;
    }
    const auto& options = *std::get_if<shell::Options>(&parsed);
    shell::SingleInstance instance(options.address.socketPath);
    if (!instance.claim()) {
        if (instance.handOver(options.page, options.archives))
            return 0;
        std::fputs(
            "portlight: another window is open for this engine but does not answer\n", stderr);
        return 1;
    }

    shell::Settings settings;
    shell::Language language;
    applyAppearance(settings, language);
    shell::MainWindow window(options, language);
    QObject::connect(
        &instance, &shell::SingleInstance::requested, &window, &shell::MainWindow::handleRequest);
    std::optional<shell::Milestones> milestones;
    if (options.printsMilestones)
        milestones.emplace(window);
    // The engine is only asked for once the first frame is out.
    QObject::connect(&window, &shell::MainWindow::painted, &window, &shell::MainWindow::open,
        Qt::QueuedConnection);
    window.show();
    return QApplication::exec();
}
