#include "engine/runtime/seccomp_cache.h"

#include "engine/base/digest.h"
#include "engine/base/syscalls.h"
#include "engine/runtime/seccomp_compiler.h"

#include <unistd.h>

namespace portlight::runtime {

Result<std::string> compiledSeccompFile(const Json& ociLinuxSeccomp, const std::string& cacheDir)
{
    const std::string text = dumpJson(ociLinuxSeccomp);
    if (text.find("SCMP_ACT_NOTIFY") != std::string::npos)
        return makeError(Errc::NotImplemented, "seccomp: SCMP_ACT_NOTIFY is not supported");
    const std::string key = compilerVersion() + text;
    const std::string path = cacheDir + "/" + std::string(Digest::of(key).hex()) + ".bpf";
    if (::access(path.c_str(), R_OK) == 0)
        return path;
    PL_TRY(const auto program, compileSeccomp(ociLinuxSeccomp));
    PL_TRY(makeDirs(cacheDir));
    PL_TRY(writeFileDurably(path, program));
    return path;
}

} // namespace portlight::runtime
