#include "engine/shim/exit_record.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>

namespace portlight::shim {

runtime::ExitRecord exitRecordOf(int code, int status)
{
    runtime::ExitRecord record;
    if (code == CLD_EXITED) {
        record.exitCode = status & 0xFF;
    } else {
        record.signal = status;
        record.exitCode = 128 + status;
    }
    return record;
}

Result<void> saveExitRecord(const std::string& bundle, const runtime::ExitRecord& record)
{
    return writeFileDurably(bundle + "/exit.json", dumpJson(toJson(record)) + "\n");
}

Result<void> saveShimRecord(const std::string& stateDir, const runtime::ShimRecord& record)
{
    const std::string path = stateDir + "/shim.json";
    const std::string temporary = path + ".tmp";
    {
        PL_TRY(
            const auto file, openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
        PL_TRY(writeAll(file, dumpJson(toJson(record)) + "\n"));
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        return errnoError(errno, "write '" + path + "'");
    return success();
}

} // namespace portlight::shim
