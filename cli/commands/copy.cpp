#include "cli/commands/command.h"
#include "cli/commands/tar_stream.h"
#include "cli/text/human.h"
#include "cli/text/terminal.h"

#include <filesystem>

#include <unistd.h>

namespace portlight::cli {

namespace {

namespace fs = std::filesystem;

struct Place {
    std::string container {}; ///< empty: here
    std::string path {};
};

/// "CONTAINER:PATH", "PATH" or "-". A path with a colon is meant where it starts with / or a dot.
Place placeOf(const std::string& text)
{
    const std::size_t colon = text.find(':');
    if (text.starts_with('/') || text.starts_with('.') || colon == std::string::npos || colon == 0)
        return { {}, text };
    return { text.substr(0, colon), text.substr(colon + 1) };
}

/// `cp DIR/.` copies what the directory holds.
bool meansContents(const std::string& path)
{
    return path == "." || path.ends_with("/.");
}

std::string withoutSlashes(std::string path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

std::string lastName(const std::string& path)
{
    const std::string name = fs::path(withoutSlashes(path)).filename().string();
    return name.empty() ? std::string("/") : name;
}

/// What stands at a path in a container; null where nothing does. Engine API,
/// ContainerArchiveInfo.
Result<Json> statOf(Engine& engine, const Place& place)
{
    Request request;
    request.method = "HEAD";
    request.target = target(containerPath(place.container, "/archive"), { { "path", place.path } });
    PL_TRY(Connection connection, engine.open(request));
    if (connection.status() == 404) {
        // A container that is not there is a failure; a path that is not there is none.
        PL_TRY(engine.get(containerPath(place.container, "/json")));
        return Json();
    }
    if (connection.status() != 200)
        return engineError(connection.status(), {});
    PL_TRY(const std::string header, fromBase64(connection.header("x-docker-container-path-stat")));
    return parseJson(header);
}

constexpr std::uint64_t kGoDirectory = 1ULL << 31U;
constexpr std::uint64_t kGoLink = 1ULL << 27U;

bool hasMode(const Json& stat, std::uint64_t bit)
{
    const Json& mode = member(stat, "mode");
    return mode.is_number() && (mode.get<std::uint64_t>() & bit) != 0;
}

Result<void> copyOut(Engine& engine, const Options& options, Place from, const std::string& to)
{
    if (options.isSet("follow-link")) {
        PL_TRY(const Json stat, statOf(engine, from));
        if (hasMode(stat, kGoLink))
            from.path = text(member(stat, "linkTarget"), from.path);
    }
    PL_TRY(Connection connection,
        engine.call(
            "GET", target(containerPath(from.container, "/archive"), { { "path", from.path } })));
    if (to == "-") {
        for (;;) {
            PL_TRY(const std::string piece, connection.read());
            if (piece.empty() || !put(STDOUT_FILENO, piece))
                return success();
        }
    }
    PL_TRY(const std::string header, fromBase64(connection.header("x-docker-container-path-stat")));
    PL_TRY(const Json stat, parseJson(header));
    const std::string name = text(member(stat, "name"));
    std::error_code failure;
    const bool isDirectory = fs::is_directory(to, failure);
    std::string destination = withoutSlashes(to);
    if (isDirectory && !meansContents(from.path))
        destination = (fs::path(to) / lastName(name)).string();
    else if (isDirectory && !hasMode(stat, kGoDirectory))
        return makeError(Errc::InvalidArgument, "'" + to + "' is a directory");
    else if (!isDirectory && to.ends_with('/') && !hasMode(stat, kGoDirectory))
        return makeError(Errc::NotFound, "no such directory: " + to);
    else if (!isDirectory && fs::exists(to, failure) && hasMode(stat, kGoDirectory))
        return makeError(Errc::InvalidArgument, "cannot copy directory to a file: " + to);
    const fs::path parent = fs::path(destination).parent_path();
    if (!parent.empty() && !fs::is_directory(parent, failure))
        return makeError(Errc::NotFound, "no such directory: " + parent.string());
    return unpackTo(connection, meansContents(from.path) ? name : lastName(name), destination,
        options.isSet("archive"));
}

Result<void> putArchive(Engine& engine, const Place& directory,
    std::function<Result<std::string>()> pieces, bool keepsOwners)
{
    Request request;
    request.method = "PUT";
    request.target = target(containerPath(directory.container, "/archive"),
        { { "path", directory.path }, { "noOverwriteDirNonDir", "true" },
            { "copyUIDGID", keepsOwners ? "true" : "" } });
    request.pieces = std::move(pieces);
    PL_TRY(engine.call(request));
    return success();
}

std::function<Result<std::string>()> standardInput()
{
    return []() -> Result<std::string> {
        std::string piece(64 * 1024, '\0');
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got < 0)
            return errnoError(errno, "read standard input");
        piece.resize(static_cast<std::size_t>(got));
        return piece;
    };
}

Result<void> copyIn(Engine& engine, const Options& options, const std::string& from, Place to)
{
    const bool keepsOwners = options.isSet("archive");
    if (from == "-")
        return putArchive(engine, to, standardInput(), keepsOwners);
    const std::string source =
        withoutSlashes(meansContents(from) ? fs::path(from).parent_path().string() : from);
    std::error_code failure;
    const fs::path local = source.empty() ? fs::path(".") : fs::path(source);
    const bool isDirectory =
        options.isSet("follow-link") || from.ends_with('/') || meansContents(from)
        ? fs::is_directory(local, failure)
        : fs::is_directory(fs::symlink_status(local, failure));
    if (!fs::exists(fs::symlink_status(local, failure)))
        return makeError(Errc::NotFound, "lstat " + from + ": no such file or directory");
    PL_TRY(Json stat, statOf(engine, to));
    if (hasMode(stat, kGoLink)) {
        to.path = text(member(stat, "linkTarget"), to.path);
        PL_TRY(stat, statOf(engine, to));
    }
    const bool isThere = stat.is_object();
    const bool intoDirectory = hasMode(stat, kGoDirectory);
    if (isThere && !intoDirectory && isDirectory)
        return makeError(Errc::InvalidArgument,
            "cannot copy directory to a file: " + to.container + ':' + to.path);
    if (!isThere && !isDirectory && to.path.ends_with('/'))
        return makeError(Errc::NotFound,
            "the destination directory " + to.container + ':' + to.path
                + " must exist to copy into it");
    Place directory = to;
    std::string name = lastName(fs::absolute(local).lexically_normal().string());
    if (intoDirectory && meansContents(from)) {
        name = ".";
    } else if (!intoDirectory) {
        directory.path = fs::path(withoutSlashes(to.path)).parent_path().string();
        name = lastName(to.path);
        if (directory.path.empty())
            directory.path = "/";
    }
    PL_TRY(auto pieces, tarOf(local.string(), name, options.isSet("follow-link")));
    return putArchive(engine, directory, std::move(pieces), keepsOwners);
}

Syntax copySyntax()
{
    return { "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tportlight cp [OPTIONS] SRC_PATH|- "
             "CONTAINER:DEST_PATH",
        "Copy files/folders between a container and the local filesystem",
        { flag('a', "archive", "Archive mode (copy all uid/gid information)"),
            flag('L', "follow-link", "Always follow symbol link in SRC_PATH"),
            flag('q', "quiet", "Suppress progress output during copy") },
        2, 2 };
}

Result<int> copy(Engine& engine, const Options& options)
{
    const Place from = placeOf(options.arguments()[0]);
    const Place to = placeOf(options.arguments()[1]);
    if (from.container.empty() == to.container.empty())
        return makeError(Errc::InvalidArgument,
            from.container.empty() ? "must specify at least one container source"
                                   : "copying between containers is not supported");
    if (from.container.empty()) {
        PL_TRY(copyIn(engine, options, from.path, to));
    } else {
        PL_TRY(copyOut(engine, options, from, to.path));
    }
    return 0;
}

constexpr CommandEntry kCommands[] { { "cp", copySyntax, copy } };

} // namespace

std::span<const CommandEntry> copyCommands()
{
    return kCommands;
}

} // namespace portlight::cli
