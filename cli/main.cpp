#include "cli/client/engine_start.h"
#include "cli/dispatch.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <unistd.h>

/// `portlight`: a command in the terminal, or else the window. The window is a program of its own
/// beside this one, so that commands do not load its libraries.
int main(int argc, char** argv)
{
    // A reader that has enough is an error of write(2), which the commands look at.
    std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (const auto code = portlight::cli::runCommandLine(words))
        return *code;
    std::signal(SIGPIPE, SIG_DFL);
    const std::string window = portlight::cli::programDirectory() + "/portlight-window";
    ::execv(window.c_str(), argv);
    std::fprintf(stderr, "portlight: the window '%s' cannot be started: %s\n", window.c_str(),
        std::strerror(errno));
    return 1;
}
