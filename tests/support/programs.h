#pragma once

#include "engine/base/result.h"
#include "tests/support/local_user.h"

#include <QByteArray>
#include <QProcessEnvironment>
#include <QStringList>

#include <optional>
#include <string>
#include <sys/types.h>

/// Programs that are not ours, run to their end.
namespace portlight::test {

/// What a program did. A program that could not be started has exit code -1 and the reason in
/// `err`.
struct Ran {
    int exitCode = -1;
    QByteArray out {};
    QByteArray err {};
};

struct RunOptions {
    QByteArray input {}; ///< for standard input
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    std::optional<LocalUser> user {}; ///< whose rights it gets; the test's own without one
    int patienceMs = 60'000; ///< then it is ended, which counts as not started
};
/// Runs @p words, the program first.
Ran runProgram(const QStringList& words, const RunOptions& options = {});

/// The same inside the network namespace of @p pid (nsenter of util-linux).
Ran runInNetworkOf(pid_t pid, const QStringList& words);

/// The path of an archive of about 100 MB that skopeo made from a Debian root with nginx
/// (make_nginx_archive): image "nginx:portlight-test", page "Portlight serves this page" on
/// port 80. Made once per checkout and kept in build/cache. Errors: Unavailable with the script's
/// words.
Result<std::string> nginxArchive();

/// The path of an archive with four images of real programs from Debian packages
/// (make_services_archive): postgres, redis, app and proxy, each ":portlight-test". The application
/// counts visits in the first two and stands behind the proxy. Made and kept as nginxArchive().
Result<std::string> servicesArchive();

/// The image id that skopeo reads from an archive: the digest of its configuration. @p source is
/// "docker-archive:PATH" or "oci-archive:PATH". Every digest inside is checked by it on the way.
Result<std::string> imageIdBySkopeo(const std::string& source);

} // namespace portlight::test
