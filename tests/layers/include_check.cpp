#include "tests/layers/include_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <span>

namespace portlight::layers {

namespace {

/// A directory and the rows it may include, as the tree's table of layers has them. Its own row is
/// always allowed.
struct Layer {
    std::string_view directory;
    std::vector<std::string_view> mayInclude;
};

/// Rows that are deeper come before the row that holds them: the first match is the row.
const std::vector<Layer>& table()
{
    static const std::vector<Layer> rows {
        { "engine/base", {} },
        { "engine/oci", { "engine/base" } },
        { "engine/host", { "engine/base" } },
        { "engine/cgroup", { "engine/base", "engine/oci" } },
        { "engine/store", { "engine/base", "engine/oci" } },
        { "engine/runtime", { "engine/base", "engine/oci", "engine/cgroup" } },
        { "engine/image", { "engine/base", "engine/oci", "engine/store" } },
        { "engine/network", { "engine/base", "engine/store" } },
        { "engine/volume", { "engine/base", "engine/store" } },
        { "engine/shim", { "engine/base", "engine/oci", "engine/cgroup", "engine/runtime" } },
        { "engine/oci_cli", { "engine/base", "engine/oci", "engine/cgroup", "engine/runtime" } },
        { "engine/launcher", { "engine/base", "engine/oci", "engine/cgroup", "engine/runtime" } },
        { "engine/forwarder", { "engine/base" } },
        { "engine/names", { "engine/base" } },
        { "engine/core",
            { "engine/base", "engine/oci", "engine/host", "engine/cgroup", "engine/store",
                "engine/runtime", "engine/image", "engine/network", "engine/volume",
                "engine/names" } },
        { "engine/api", { "engine/base", "engine/oci", "engine/core" } },
        { "engine",
            { "engine/base", "engine/oci", "engine/host", "engine/cgroup", "engine/store",
                "engine/runtime", "engine/image", "engine/network", "engine/volume", "engine/shim",
                "engine/oci_cli", "engine/launcher", "engine/forwarder", "engine/names",
                "engine/core", "engine/api" } },
        { "cli", { "engine/base" } },
        { "app/client/types", {} },
        { "app/client", { "app/client/types" } },
        { "app/models", { "app/client/types" } },
        { "app/session", { "app/client/types", "app/client" } },
        { "app/compose", { "app/client/types" } },
        { "app/actions", { "app/client/types", "app/client", "app/models", "app/compose" } },
        { "app/theme", {} },
        { "app/views", { "app/client/types", "app/models", "app/actions", "app/theme" } },
        { "app/shell",
            { "app/client/types", "app/client", "app/models", "app/session", "app/compose",
                "app/actions", "app/theme", "app/views" } },
        { "app",
            { "app/client/types", "app/client", "app/models", "app/session", "app/compose",
                "app/actions", "app/theme", "app/views", "app/shell" } },
    };
    return rows;
}

/// Only main.cpp and its like belong to the rows "engine" and "app": a new directory needs a row.
/// The row "cli" is all of it.
bool holds(std::string_view directory, std::string_view path)
{
    if (!path.starts_with(directory) || path.size() <= directory.size()
        || path[directory.size()] != '/')
        return false;
    const bool isTop = directory == "engine" || directory == "app";
    return !isTop || path.find('/', directory.size() + 1) == std::string_view::npos;
}

const Layer* rowOf(std::string_view path)
{
    const auto row = std::ranges::find_if(
        table(), [&](const Layer& layer) { return holds(layer.directory, path); });
    return row == table().end() ? nullptr : &*row;
}

bool isGenerated(const std::string& include)
{
    return include.ends_with(".moc") || include.starts_with("moc_") || include.starts_with("ui_");
}

/// Why @p include may not stand in a file of @p from; empty where it may.
std::string objection(const Layer& from, const std::string& include)
{
    const bool isOurs = include.starts_with("engine/") || include.starts_with("app/")
        || include.starts_with("cli/");
    if (!isOurs && isGenerated(include))
        return {};
    if (!isOurs)
        return "\"" + include + "\" does not start at engine/, app/ or cli/";
    const Layer* to = rowOf(include);
    if (to == nullptr)
        return "\"" + include + "\" is in no layer of the table";
    if (to == &from || std::ranges::find(from.mayInclude, to->directory) != from.mayInclude.end())
        return {};
    return std::string(from.directory) + " may not include " + std::string(to->directory) + " (\""
        + include + "\")";
}

} // namespace

std::string_view layerOf(std::string_view path)
{
    const Layer* row = rowOf(path);
    return row == nullptr ? std::string_view {} : row->directory;
}

std::vector<Violation> checkFile(std::string_view path, std::string_view text)
{
    const Layer* from = rowOf(path);
    if (from == nullptr)
        return { { std::string(path), 0, "its directory is in no layer of the table" } };
    // Angle brackets reach the same headers, so they are no way around the table.
    static const std::regex directive(
        R"re(^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<((?:engine|app|cli)/[^>]+)>))re");
    std::vector<Violation> found;
    int line = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string content(text.substr(at, end - at));
        at = end + 1;
        ++line;
        std::smatch match;
        if (!std::regex_search(content, match, directive))
            continue;
        const std::string include = match[1].matched ? match[1].str() : match[2].str();
        if (auto reason = objection(*from, include); !reason.empty())
            found.push_back({ std::string(path), line, std::move(reason) });
    }
    return found;
}

std::vector<Violation> checkTree(const std::string& top, int& scannedFiles)
{
    namespace fs = std::filesystem;
    std::vector<Violation> found;
    scannedFiles = 0;
    for (const char* part : { "engine", "app", "cli" }) {
        std::error_code failure;
        for (fs::recursive_directory_iterator at(fs::path(top) / part, failure), end;
            !failure && at != end; at.increment(failure)) {
            const std::string extension = at->path().extension();
            if (!at->is_regular_file()
                || (extension != ".h" && extension != ".cpp" && extension != ".c"))
                continue;
            std::ifstream stream(at->path(), std::ios::binary);
            const std::string text(std::istreambuf_iterator<char>(stream), {});
            const std::string relative = at->path().lexically_relative(top).generic_string();
            std::ranges::move(checkFile(relative, text), std::back_inserter(found));
            ++scannedFiles;
        }
        if (failure)
            found.push_back({ part, 0, "cannot be read: " + failure.message() });
    }
    return found;
}

} // namespace portlight::layers
