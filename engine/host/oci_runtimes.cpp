#include "engine/host/oci_runtimes.h"

#include "engine/host/subordinate_ids.h"

#include <algorithm>

namespace portlight::host {

namespace {

// Each takes runc's command line.
constexpr const char* kKnown[] { "crun", "kata-runtime", "krun", "runc", "runsc", "youki" };

} // namespace

std::vector<OciRuntime> OciRuntimes::list() const
{
    std::vector<OciRuntime> others = registered;
    for (const char* name : kKnown) {
        const bool isNamed = std::ranges::any_of(
            registered, [name](const OciRuntime& each) { return each.name == name; });
        if (isNamed)
            continue;
        if (std::string path = findProgram(name); !path.empty())
            others.push_back({ name, std::move(path), {} });
    }
    std::ranges::sort(others, {}, &OciRuntime::name);
    others.insert(others.begin(), OciRuntime { kOwnRuntime, {}, {} });
    return others;
}

Result<OciRuntime> OciRuntimes::find(const std::string& name) const
{
    const std::string& wanted = name.empty() ? defaultName : name;
    std::string present;
    for (OciRuntime& each : list()) {
        if (each.name == wanted)
            return std::move(each);
        present += (present.empty() ? "" : ", ") + each.name;
    }
    return makeError(Errc::InvalidArgument,
        "unknown or invalid runtime name: " + wanted.substr(0, 64) + "; this engine has: " + present
            + " (others are registered under \"runtimes\" in engine.json)");
}

} // namespace portlight::host
