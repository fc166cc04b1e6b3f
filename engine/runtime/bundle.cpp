#include "engine/runtime/bundle.h"

#include "engine/base/syscalls.h"

namespace portlight::runtime {

namespace {

constexpr std::size_t kMaxConfigBytes = 8U << 20U;

Result<Json> readJson(const std::string& path)
{
    PL_TRY(const auto text, readFile(path, kMaxConfigBytes));
    auto json = parseJson(text);
    if (!json)
        return withContext(json.error(), path);
    return json;
}

} // namespace

Result<Bundle> loadBundle(const std::string& path)
{
    Bundle bundle;
    bundle.path = path;
    PL_TRY(const auto config, readJson(path + "/config.json"));
    auto parsed = oci::runtimeConfigFromJson(config);
    if (!parsed)
        return withContext(parsed.error(), path + "/config.json");
    bundle.config = std::move(parsed).value();
    const auto launch = readJson(path + "/launch.json");
    if (launch) {
        auto options = launchOptionsFromJson(launch.value());
        if (!options)
            return withContext(options.error(), path + "/launch.json");
        bundle.launch = std::move(options).value();
    } else if (launch.error().code != Errc::NotFound) {
        return launch.error();
    }
    return bundle;
}

} // namespace portlight::runtime
