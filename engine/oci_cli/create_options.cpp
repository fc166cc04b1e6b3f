#include "engine/oci_cli/launch.h"

#include <fcntl.h>

namespace portlight::oci_cli {

std::vector<OptionName> createOptionNames()
{
    return { { "bundle", 'b', true }, { "pid-file", '\0', true }, { "console-socket", '\0', true },
        { "preserve-fds", '\0', true }, { "no-pivot" }, { "no-new-keyring" } };
}

Result<CreateOptions> createOptionsFrom(const Options& options)
{
    if (options.words.size() != 1)
        return makeError(Errc::InvalidArgument, "one container id is wanted");
    CreateOptions wanted;
    wanted.id = options.words.front();
    PL_TRY(checkId(wanted.id));
    wanted.bundle = options.value("bundle", ".");
    wanted.pidFile = options.value("pid-file");
    wanted.consoleSocket = options.value("console-socket");
    wanted.usesPivotRoot = !options.has("no-pivot");
    wanted.hasNewKeyring = !options.has("no-new-keyring");
    PL_TRY(
        const auto preserved, numberOption(options.value("preserve-fds", "0"), "--preserve-fds"));
    if (preserved < 0 || preserved > 1024)
        return makeError(Errc::InvalidArgument, "--preserve-fds is not a number up to 1024");
    wanted.preservedFds = static_cast<unsigned>(preserved);
    for (int fd = 3; fd < 3 + static_cast<int>(preserved); ++fd) {
        if (::fcntl(fd, F_GETFD) < 0)
            return makeError(Errc::InvalidArgument,
                "--preserve-fds: descriptor " + std::to_string(fd) + " is not open");
        ::fcntl(fd, F_SETFD, 0);
    }
    return wanted;
}

} // namespace portlight::oci_cli
