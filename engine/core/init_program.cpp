#include "engine/core/init_program.h"

#include "engine/base/syscalls.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace portlight::core {

namespace {

constexpr const char* kNames[] { "docker-init", "catatonit", "tini-static", "tini" };
constexpr const char* kDirectories[] { "/usr/libexec/docker", "/usr/libexec/podman",
    "/usr/lib/podman" };
constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";

/// A program of this machine without a loader of its own (PT_INTERP); elf(5).
bool isStaticProgram(const std::string& path)
{
    const auto file = openFile(path, O_RDONLY | O_NONBLOCK);
    if (!file || ::access(path.c_str(), X_OK) != 0)
        return false;
    Elf64_Ehdr head {};
    if (::pread(file.value().get(), &head, sizeof head, 0) != sizeof head
        || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64
        || head.e_phentsize != sizeof(Elf64_Phdr))
        return false;
    for (int at = 0; at < head.e_phnum; ++at) {
        Elf64_Phdr part {};
        const auto offset = static_cast<off_t>(head.e_phoff) + at * off_t { sizeof part };
        if (::pread(file.value().get(), &part, sizeof part, offset) != sizeof part
            || part.p_type == PT_INTERP)
            return false;
    }
    return true;
}

} // namespace

Result<std::string> findInitProgram()
{
    const char* const fromEnvironment = std::getenv("PATH");
    std::string path(fromEnvironment != nullptr ? fromEnvironment : kDefaultPath);
    for (const char* directory : kDirectories)
        path.append(":").append(directory);
    for (const char* name : kNames) {
        std::string_view rest = path;
        while (true) {
            const auto colon = rest.find(':');
            const std::string candidate = std::string(rest.substr(0, colon)) + "/" + name;
            if (candidate.front() == '/' && isStaticProgram(candidate))
                return candidate;
            if (colon == std::string_view::npos)
                break;
            rest.remove_prefix(colon + 1);
        }
    }
    return makeError(Errc::Unavailable,
        "HostConfig.Init: this host has no init for containers (catatonit or tini-static); "
        "fix: apt-get install catatonit");
}

} // namespace portlight::core
