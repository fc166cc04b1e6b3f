#include "cli/commands/command.h"
#include "cli/commands/pull.h"
#include "cli/text/terminal.h"

#include "engine/base/syscalls.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace portlight::cli {

namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

/// A file's bytes for a request's body.
std::function<Result<std::string>()> piecesOf(int descriptor)
{
    return [descriptor]() -> Result<std::string> {
        std::string piece(kPieceBytes, '\0');
        ssize_t got = 0;
        do
            got = ::read(descriptor, piece.data(), piece.size());
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return errnoError(errno, "read the input");
        piece.resize(static_cast<std::size_t>(got));
        return piece;
    };
}

/// The answer's body into a file, or to standard output where @p path is empty. A file that could
/// not be written whole is removed.
Result<void> saveBody(Connection& connection, const std::string& path)
{
    if (path.empty() && ::isatty(STDOUT_FILENO) == 1)
        return makeError(Errc::InvalidArgument,
            "cowardly refusing to save to a terminal. Use the -o flag or redirect");
    Fd file;
    if (!path.empty()) {
        PL_TRY(file, openFile(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    }
    const auto copy = [&]() -> Result<void> {
        for (;;) {
            PL_TRY(const std::string piece, connection.read());
            if (piece.empty())
                return success();
            if (file.isOpen()) {
                PL_TRY(writeAll(file, piece));
            } else if (!put(STDOUT_FILENO, piece))
                return makeError(Errc::Cancelled, "the output is closed");
        }
    };
    auto done = copy();
    if (!done && file.isOpen())
        ::unlink(path.c_str());
    return done;
}

Syntax loadSyntax()
{
    return { "[OPTIONS]", "Load an image from a tar archive or STDIN",
        { value('i', "input", "Read from tar archive file, instead of STDIN"),
            value(0, "platform", "Load only the given platform"),
            flag('q', "quiet", "Suppress the load output") } };
}

Result<int> load(Engine& engine, const Options& options)
{
    Fd file;
    if (options.has("input")) {
        PL_TRY(file, openFile(options.text("input"), O_RDONLY));
    } else if (::isatty(STDIN_FILENO) == 1)
        return makeError(
            Errc::InvalidArgument, "requested load from stdin, but stdin is empty; use -i FILE");
    Request request;
    request.method = "POST";
    request.target = target("/images/load",
        { { "quiet", options.isSet("quiet") || ::isatty(STDOUT_FILENO) == 0 ? "1" : "0" },
            { "platform", options.text("platform") } });
    request.pieces = piecesOf(file.isOpen() ? file.get() : STDIN_FILENO);
    PL_TRY(Connection connection, engine.call(request));
    PL_TRY(showProgress(connection, STDOUT_FILENO));
    return 0;
}

Syntax saveSyntax()
{
    return { "[OPTIONS] IMAGE [IMAGE...]",
        "Save one or more images to a tar archive (streamed to STDOUT by default)",
        { value('o', "output", "Write to a file, instead of STDOUT"),
            value(0, "platform", "Save only the given platform") },
        1, kAny };
}

Result<int> save(Engine& engine, const Options& options)
{
    Query query;
    for (const std::string& name : options.arguments())
        query.emplace_back("names", name);
    query.emplace_back("platform", options.text("platform"));
    PL_TRY(Connection connection, engine.call("GET", target("/images/get", query)));
    PL_TRY(saveBody(connection, options.text("output")));
    return 0;
}

Syntax exportSyntax()
{
    return { "[OPTIONS] CONTAINER", "Export a container's filesystem as a tar archive",
        { value('o', "output", "Write to a file, instead of STDOUT") }, 1, 1 };
}

Result<int> exportTree(Engine& engine, const Options& options)
{
    PL_TRY(Connection connection,
        engine.call("GET", containerPath(options.arguments()[0], "/export")));
    PL_TRY(saveBody(connection, options.text("output")));
    return 0;
}

Syntax importSyntax()
{
    return { "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
        "Import the contents from a tarball to create a filesystem image",
        { list('c', "change", "Apply Dockerfile instruction to the created image"),
            value('m', "message", "Set commit message for imported image"),
            value(0, "platform", "Set platform if server is multi-platform capable") },
        1, 2 };
}

Result<int> importTree(Engine& engine, const Options& options)
{
    const std::string source = options.arguments()[0];
    const std::string name =
        options.arguments().size() > 1 ? options.arguments()[1] : std::string();
    const std::size_t colon = name.rfind(':');
    const bool isTagged = colon != std::string::npos && name.find('/', colon) == std::string::npos;
    const bool isUrl = source.starts_with("http://") || source.starts_with("https://");
    Query query { { "fromSrc", isUrl ? source : std::string("-") },
        { "repo", name.substr(0, isTagged ? colon : name.size()) },
        { "tag", isTagged ? name.substr(colon + 1) : std::string() },
        { "message", options.text("message") }, { "platform", options.text("platform") } };
    for (const std::string& change : options.all("change"))
        query.emplace_back("changes", change);
    Request request;
    request.method = "POST";
    request.target = target("/images/create", query);
    Fd file;
    if (!isUrl && source != "-") {
        PL_TRY(file, openFile(source, O_RDONLY));
    }
    if (!isUrl)
        request.pieces = piecesOf(file.isOpen() ? file.get() : STDIN_FILENO);
    PL_TRY(Connection connection, engine.call(request));
    PL_TRY(showProgress(connection, STDOUT_FILENO));
    return 0;
}

Syntax commitSyntax()
{
    return { "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
        "Create a new image from a container's changes",
        { value('a', "author", "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")"),
            list('c', "change", "Apply Dockerfile instruction to the created image"),
            value('m', "message", "Commit message"),
            flag('p', "pause", "Pause container during commit") },
        1, 2 };
}

Result<int> commit(Engine& engine, const Options& options)
{
    const std::string name =
        options.arguments().size() > 1 ? options.arguments()[1] : std::string();
    const std::size_t colon = name.rfind(':');
    const bool isTagged = colon != std::string::npos && name.find('/', colon) == std::string::npos;
    Query query { { "container", options.arguments()[0] },
        { "repo", name.substr(0, isTagged ? colon : name.size()) },
        { "tag", isTagged ? name.substr(colon + 1) : std::string() },
        { "author", options.text("author") }, { "comment", options.text("message") },
        { "pause", options.has("pause") && !options.isSet("pause") ? "0" : "1" } };
    for (const std::string& change : options.all("change"))
        query.emplace_back("changes", change);
    PL_TRY(const Json answer, engine.json("POST", target("/commit", query), "{}"));
    say(text(member(answer, "Id")));
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "load", loadSyntax, load },
    { "save", saveSyntax, save },
    { "export", exportSyntax, exportTree },
    { "import", importSyntax, importTree },
    { "commit", commitSyntax, commit },
};

} // namespace

std::span<const CommandEntry> archiveCommands()
{
    return kCommands;
}

} // namespace portlight::cli
