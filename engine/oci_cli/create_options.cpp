#include "engine/oci_cli/launch.h"

#include <fcntl.h>

#include <cstdlib>

namespace portlight::oci_cli {

namespace {

constexpr std::int64_t kMaxFds = 1024;

Result<unsigned> fdCount(const std::string& text, const std::string& what)
{
    PL_TRY(const auto count, numberOption(text, what));
    if (count < 0 || count > kMaxFds)
        return makeError(Errc::InvalidArgument, what + " is not a number up to 1024");
    return static_cast<unsigned>(count);
}

} // namespace

std::vector<OptionName> createOptionNames()
{
    return { { "bundle", 'b', true }, { "config", 'f', true }, { "pid-file", '\0', true },
        { "console-socket", '\0', true }, { "preserve-fds", '\0', true }, { "no-pivot" },
        { "no-new-keyring" } };
}

Result<CreateOptions> createOptionsFrom(const Options& options)
{
    if (options.words.size() != 1)
        return makeError(Errc::InvalidArgument, "one container id is wanted");
    CreateOptions wanted;
    wanted.id = options.words.front();
    PL_TRY(checkId(wanted.id));
    wanted.bundle = options.value("bundle", ".");
    wanted.config = options.value("config", wanted.config);
    wanted.pidFile = options.value("pid-file");
    wanted.consoleSocket = options.value("console-socket");
    wanted.usesPivotRoot = !options.has("no-pivot");
    wanted.hasNewKeyring = !options.has("no-new-keyring");
    PL_TRY(const auto preserved, fdCount(options.value("preserve-fds", "0"), "--preserve-fds"));
    const char* const listen = std::getenv("LISTEN_FDS");
    PL_TRY(wanted.listenFds, fdCount(listen == nullptr ? "0" : listen, "LISTEN_FDS"));
    wanted.preservedFds = preserved + wanted.listenFds;
    for (int fd = 3; fd < 3 + static_cast<int>(wanted.preservedFds); ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) // what is not open is nothing to keep
            ::fcntl(fd, F_SETFD, 0);
    }
    return wanted;
}

} // namespace portlight::oci_cli
