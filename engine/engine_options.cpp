#include "engine/engine_options.h"

#include "engine/base/json.h"
#include "engine/base/syscalls.h"
#include "engine/base/version.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <array>
#include <filesystem>

namespace portlight {

namespace {

constexpr std::array<std::pair<std::string_view, log::Level>, 4> kLevels {
    { { "error", log::Level::Error }, { "warn", log::Level::Warn }, { "info", log::Level::Info },
        { "debug", log::Level::Debug } }
};

std::optional<log::Level> levelOf(std::string_view name)
{
    for (const auto& [known, level] : kLevels)
        if (known == name)
            return level;
    return std::nullopt;
}

std::string absolute(const std::string& path)
{
    std::error_code ignored;
    auto made = std::filesystem::absolute(path, ignored).lexically_normal().string();
    while (made.size() > 1 && made.back() == '/')
        made.pop_back();
    return made.empty() ? path : made;
}

Result<void> readRuntimes(const Json& json, std::vector<host::OciRuntime>& runtimes)
{
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "runtimes must be an object");
    for (const auto& [name, value] : json.items()) {
        host::OciRuntime runtime { name, {}, {} };
        PL_TRY(runtime.path, jsonString(value, "path"));
        PL_TRY(runtime.arguments, jsonStrings(value, "runtimeArgs"));
        if (name.empty() || name == host::kOwnRuntime)
            return makeError(
                Errc::InvalidArgument, "runtimes: the name '" + name + "' is not to be given");
        if (!runtime.path.starts_with('/'))
            return makeError(Errc::InvalidArgument,
                "runtimes: '" + name + "' needs a \"path\" that is absolute");
        runtimes.push_back(std::move(runtime));
    }
    return success();
}

Result<void> readKey(const std::string& key, const Json& value, EngineConfig& config)
{
    if (key == "log-level") {
        config.logLevel = value.is_string() ? levelOf(value.get<std::string>()) : std::nullopt;
        return config.logLevel
            ? Result<void>(success())
            : makeError(Errc::InvalidArgument,
                  "log-level must be \"error\", \"warn\", \"info\" or \"debug\"");
    }
    if (key == "runtimes")
        return readRuntimes(value, config.runtimes.registered);
    if (key != "default-runtime")
        return makeError(Errc::InvalidArgument, "unknown key '" + key + "'");
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
        return makeError(Errc::InvalidArgument, "default-runtime must be a name");
    config.runtimes.defaultName = value.get<std::string>();
    return success();
}

} // namespace

ParsedCommandLine parseCommandLine(int argc, const char* const* argv)
{
    ParsedCommandLine parsed;
    std::string rootless = "auto";
    std::string level;
    CLI::App app(
        "The engine of Portlight: serves the Docker Engine API on a Unix socket.", "portlightd");
    app.set_version_flag("--version", std::string("portlightd ") + kVersion);
    const auto path = [&app](const char* name, std::string& target, const char* help) {
        app.add_option(name, target, help)->check([](const std::string& value) {
            return value.empty() ? std::string("must not be empty") : std::string();
        });
    };
    path("--socket", parsed.options.socket, "Unix socket to listen on");
    path("--data-root", parsed.options.dataRoot, "images, layers, containers");
    path("--state-dir", parsed.options.stateDir, "runtime state, gone after a reboot");
    path("--config", parsed.options.config, "configuration file (JSON)");
    app.add_option("--rootless", rootless, "run in a user namespace: auto, yes or no")
        ->check(CLI::IsMember({ "auto", "yes", "no" }));
    app.add_option("--log-level", level, "error, warn, info or debug")
        ->check(CLI::IsMember({ "error", "warn", "info", "debug" }));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        parsed.exitCode = app.exit(error) == 0 ? 0 : 2;
        return parsed;
    }
    parsed.options.rootless = rootless == "yes" ? RootlessMode::Yes
        : rootless == "no"                      ? RootlessMode::No
                                                : RootlessMode::Auto;
    parsed.options.logLevel = levelOf(level);
    return parsed;
}

Result<EngineConfig> readEngineConfig(const std::string& path)
{
    EngineConfig config;
    const auto text = readFile(path, 1U << 20U);
    if (!text && text.error().code == Errc::NotFound)
        return config;
    if (!text)
        return text.error();
    const auto json = parseJson(text.value());
    if (!json)
        return withContext(json.error(), "configuration '" + path + "'");
    if (!json.value().is_object())
        return makeError(Errc::InvalidArgument, "configuration '" + path + "': not a JSON object");
    for (const auto& [key, value] : json.value().items()) {
        if (auto taken = readKey(key, value, config); !taken)
            return withContext(taken.error(), "configuration '" + path + "'");
    }
    if (auto found = config.runtimes.find({}); !found)
        return withContext(found.error(), "configuration '" + path + "': default-runtime");
    return config;
}

Result<EnginePaths> choosePaths(const EngineOptions& options, bool isRoot)
{
    EnginePaths paths;
    // Defaults are asked for only where they are needed: they may not exist (no HOME).
    if (options.dataRoot.empty() || options.stateDir.empty() || options.config.empty()) {
        auto defaults = defaultPaths(isRoot);
        if (!defaults && (options.dataRoot.empty() || options.stateDir.empty()))
            return defaults.error();
        if (defaults)
            paths = std::move(defaults).value();
    }
    if (!options.dataRoot.empty())
        paths.dataRoot = absolute(options.dataRoot);
    if (!options.stateDir.empty()) {
        paths.stateDir = absolute(options.stateDir);
        paths.socket = paths.stateDir + "/engine.sock";
    }
    if (!options.socket.empty())
        paths.socket = absolute(options.socket);
    if (!options.config.empty())
        paths.configFile = absolute(options.config);
    return paths;
}

} // namespace portlight
