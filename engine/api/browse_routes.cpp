#include "engine/api/browse_routes.h"

#include "engine/base/timestamps.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <limits>
#include <stdexcept>

namespace portlight::api {

namespace {

constexpr std::int64_t kMostEntries = 10'000;
constexpr std::int64_t kDefaultEntries = 1000;
constexpr std::size_t kPieceBytes = 256U << 10U;

std::string hexOf(std::string_view bytes)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text += kDigits[static_cast<unsigned char>(byte) >> 4U];
        text += kDigits[static_cast<unsigned char>(byte) & 15U];
    }
    return text;
}

Result<std::string> bytesOf(const std::string& hex)
{
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
        if (error != std::errc {} || end != hex.data() + at + 2)
            break;
        bytes += static_cast<char>(value);
    }
    if (bytes.size() * 2 != hex.size())
        return makeError(Errc::InvalidArgument,
            "after: not the Next of a directory's answer: " + hex.substr(0, 64));
    return bytes;
}

/// True where JSON gives @p text back as it is.
bool isUtf8(const std::string& text)
{
    if (std::ranges::all_of(
            text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; }))
        return true;
    const auto parsed = parseJson(dumpJson(Json(text)));
    return parsed && parsed.value().get<std::string>() == text;
}

std::string percentEncoded(std::string_view bytes)
{
    const std::string hex = hexOf(bytes);
    std::string text;
    for (std::size_t at = 0; at < hex.size(); at += 2)
        text += "%" + hex.substr(at, 2);
    return text;
}

const char* changeName(core::LayerChange change)
{
    switch (change) {
    case core::LayerChange::Added:
        return "added";
    case core::LayerChange::Changed:
        return "changed";
    case core::LayerChange::Removed:
        return "removed";
    case core::LayerChange::None:
        break;
    }
    return "";
}

Json entryJson(const core::FileEntry& entry)
{
    Json json { { "Name", entry.name }, { "Type", core::fileKind(entry.info.st_mode) },
        { "Size", entry.info.st_size }, { "Mode", entry.info.st_mode & 07777U },
        { "Uid", entry.info.st_uid }, { "Gid", entry.info.st_gid },
        { "ModifiedAt", formatTimestamp(core::modifiedNs(entry.info)) },
        { "LinkTarget", entry.linkTarget }, { "Change", changeName(entry.change) } };
    if (!isUtf8(entry.name))
        json["EncodedName"] = percentEncoded(entry.name);
    return json;
}

Result<std::string> pathOf(const Request& request, const char* name = "path")
{
    const auto path = request.query(name);
    if (path.empty())
        return makeError(
            Errc::InvalidArgument, std::string("bad parameter: ") + name + " cannot be empty");
    return path;
}

Result<std::optional<unsigned>> numberQuery(
    const Request& request, const char* name, int base, unsigned most)
{
    const auto text = request.query(name);
    if (text.empty())
        return std::optional<unsigned>();
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc {} || end != text.data() + text.size() || value > most)
        return makeError(Errc::InvalidArgument,
            "invalid value '" + text.substr(0, 64) + "' of " + name
                + (base == 8 ? ": an octal number up to 7777" : ": no id"));
    return std::optional<unsigned>(value);
}

Result<core::NewFile> newFileOf(const Request& request)
{
    constexpr unsigned kMostId = std::numeric_limits<unsigned>::max() - 1;
    core::NewFile options;
    PL_TRY(options.mode, numberQuery(request, "mode", 8, 07777));
    PL_TRY(options.uid, numberQuery(request, "uid", 10, kMostId));
    PL_TRY(options.gid, numberQuery(request, "gid", 10, kMostId));
    options.isNew = request.queryFlag("new");
    options.expected = request.query("expected");
    return options;
}

Result<std::string> nextPiece(core::FileContent& content)
{
    const auto wanted = std::min<std::int64_t>(content.mostBytes, kPieceBytes);
    std::string piece(static_cast<std::size_t>(wanted), '\0');
    for (;;) {
        const ssize_t got = ::read(content.file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errnoError(errno, "read the file");
        piece.resize(static_cast<std::size_t>(got));
        content.mostBytes -= got;
        return piece;
    }
}

asio::awaitable<void> writeContent(std::shared_ptr<ResponseStream> out,
    std::shared_ptr<core::FileContent> content, asio::thread_pool& workers)
{
    while (content->mostBytes > 0) {
        auto work = [content] { return nextPiece(*content); };
        auto piece = co_await offload(workers, std::move(work));
        if (!piece) // the session then leaves out the last chunk: the client sees a cut
            throw std::runtime_error(piece.error().message);
        if (piece.value().empty() || !co_await out->write(std::move(piece).value()))
            co_return;
    }
}

} // namespace

void BrowseRoutes::registerOn(Router& router)
{
    using Method = Task<Response> (BrowseRoutes::*)(Request, core::FileOwner);
    const auto add = [&](const char* method, const char* rest, Method handler) {
        const auto addFor = [&](const std::string& pattern, const char* name, Kind kind) {
            auto call = [this, handler, name, kind](Request request) -> Task<Response> {
                core::FileOwner owner { kind, request.pathParams[name] };
                return (this->*handler)(std::move(request), std::move(owner));
            };
            router.add(method, "/portlight/v1/" + pattern + rest, std::move(call));
        };
        addFor("containers/{id}", "id", Kind::Container);
        addFor("volumes/{name}", "name", Kind::Volume);
        addFor("images/{name...}", "name", Kind::Image);
    };
    add("GET", "/files", &BrowseRoutes::list);
    add("GET", "/files/content", &BrowseRoutes::read);
    add("PUT", "/files/content", &BrowseRoutes::write);
    add("POST", "/files/directory", &BrowseRoutes::makeDirectory);
    add("POST", "/files/rename", &BrowseRoutes::rename);
    add("DELETE", "/files", &BrowseRoutes::remove);
}

Task<Response> BrowseRoutes::list(Request request, core::FileOwner owner)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(const auto limit, request.queryInt("limit"));
    core::ListingRequest asked;
    PL_CO_TRY(asked.after, bytesOf(request.query("after")));
    if (limit.value_or(1) < 1 || limit.value_or(1) > kMostEntries)
        co_return makeError(
            Errc::InvalidArgument, "limit: a number from 1 to " + std::to_string(kMostEntries));
    asked.limit = static_cast<std::size_t>(limit.value_or(kDefaultEntries));
    PL_CO_TRY(const auto listing,
        co_await m_files.list(std::move(owner), std::move(path), std::move(asked)));
    Json entries = Json::array();
    for (const auto& entry : listing.entries)
        entries.push_back(entryJson(entry));
    const bool isDirectory = S_ISDIR(listing.self.info.st_mode);
    Json json { { "Path", listing.path }, { "ReadOnly", listing.isReadOnly },
        { "Entry", entryJson(listing.self) }, { "Total", listing.total },
        { "Next", hexOf(listing.next) } };
    json["Entries"] = isDirectory ? std::move(entries) : Json(nullptr);
    co_return Response::json(json);
}

Task<Response> BrowseRoutes::read(Request request, core::FileOwner owner)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(const auto offset, request.queryInt("offset"));
    PL_CO_TRY(const auto length, request.queryInt("length"));
    PL_CO_TRY(auto opened,
        co_await m_files.open(std::move(owner), std::move(path), offset.value_or(0), length));
    const auto content = std::make_shared<core::FileContent>(std::move(opened));
    auto body = [content, &workers = m_files.workers()](std::shared_ptr<ResponseStream> out) {
        return writeContent(std::move(out), content, workers);
    };
    auto response = Response::streamed("application/octet-stream", std::move(body));
    response.headers.emplace_back("X-Portlight-File-Size", std::to_string(content->fileBytes));
    response.headers.emplace_back(
        "X-Portlight-Modified-At", formatTimestamp(content->modifiedAtNs));
    co_return response;
}

Task<Response> BrowseRoutes::write(Request request, core::FileOwner owner)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(auto options, newFileOf(request));
    auto next = [body = request.body]() -> Task<std::string> { return body->read(); };
    PL_CO_TRY(co_await m_files.write(
        std::move(owner), std::move(path), std::move(options), std::move(next)));
    co_return Response::empty(204);
}

Task<Response> BrowseRoutes::makeDirectory(Request request, core::FileOwner owner)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(auto options, newFileOf(request));
    const bool withParents = request.queryFlag("parents");
    PL_CO_TRY(co_await m_files.makeDirectory(
        std::move(owner), std::move(path), std::move(options), withParents));
    co_return Response::empty(201);
}

Task<Response> BrowseRoutes::rename(Request request, core::FileOwner owner)
{
    PL_CO_TRY(auto path, pathOf(request));
    PL_CO_TRY(auto target, pathOf(request, "to"));
    const bool overwrites = request.queryFlag("overwrite");
    PL_CO_TRY(
        co_await m_files.rename(std::move(owner), std::move(path), std::move(target), overwrites));
    co_return Response::empty(204);
}

Task<Response> BrowseRoutes::remove(Request request, core::FileOwner owner)
{
    PL_CO_TRY(auto path, pathOf(request));
    const bool isRecursive = request.queryFlag("recursive");
    PL_CO_TRY(co_await m_files.remove(std::move(owner), std::move(path), isRecursive));
    co_return Response::empty(204);
}

} // namespace portlight::api
