#include "engine/oci_cli/context.h"

#include "engine/base/json.h"
#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace portlight::oci_cli {

void Context::log(std::string_view level, const std::string& message) const
{
    const std::string line = "portlight-oci: " + message + "\n";
    (void)::write(STDERR_FILENO, line.data(), line.size());
    if (logPath.empty())
        return;
    const std::string time = formatTimestamp(wallClockNs());
    const std::string entry = isLogJson
        ? dumpJson(Json { { "msg", message }, { "level", level }, { "time", time } })
        : "time=\"" + time + "\" level=" + std::string(level) + " msg=" + dumpJson(Json(message));
    if (const auto file = openFile(logPath, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, 0644))
        (void)writeAll(file.value(), entry + "\n");
}

std::string defaultRoot()
{
    if (::geteuid() == 0 && ::getuid() == 0) {
        // Root of a user namespace is an ordinary user outside of it.
        if (::access("/run", W_OK) == 0)
            return "/run/portlight-oci";
    }
    if (const char* directory = std::getenv("XDG_RUNTIME_DIR");
        directory != nullptr && directory[0] == '/')
        return std::string(directory) + "/portlight-oci";
    return "/tmp/portlight-oci-" + std::to_string(::geteuid());
}

} // namespace portlight::oci_cli
