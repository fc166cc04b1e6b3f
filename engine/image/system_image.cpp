#include "engine/image/system_image.h"

#include "engine/base/timestamps.h"
#include "engine/image/archive_handle.h"
#include "engine/image/entry_path.h"
#include "engine/oci/manifest.h"
#include "engine/oci/media_types.h"
#include "engine/oci/reference.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace portlight::image {

namespace {

constexpr std::string_view kTree = "rootfs";
constexpr const char* kMetadata = "metadata.yaml";
constexpr std::int64_t kUnknownSize = INT64_MAX; ///< large enough for a thread of its own

/// "rootfs/etc" to "etc", "rootfs" to ".".
std::string belowTree(const std::string& path)
{
    return path.size() <= kTree.size() ? "." : path.substr(kTree.size() + 1);
}

std::string unquoted(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t'))
        text.remove_suffix(1);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')
        && text.back() == text.front())
        text = text.substr(1, text.size() - 2);
    return std::string(text);
}

/// What of metadata.yaml says something of the image: scalars at the top, and below `properties:`.
/// The file is written by a machine in one form; anything else in it is passed over.
struct Metadata {
    std::map<std::string, std::string> top {};
    std::map<std::string, std::string> properties {};
};

Metadata parseMetadata(const std::string& text)
{
    Metadata metadata;
    std::string section;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string_view line(text.data() + start, end - start);
        start = end + 1;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 || line.front() == '#')
            continue;
        const bool isIndented = line.front() == ' ' || line.front() == '\t';
        const std::string key = unquoted(line.substr(0, colon));
        const std::string value = unquoted(line.substr(colon + 1));
        if (!isIndented)
            section = value.empty() ? key : std::string();
        if (!isIndented && !value.empty())
            metadata.top[key] = value;
        else if (isIndented && section == "properties" && !value.empty())
            metadata.properties[key] = value;
    }
    return metadata;
}

/// The kernel's name of a machine to the specification's (GOARCH).
std::pair<std::string, std::string> architectureOf(const std::string& machine)
{
    static const std::map<std::string, std::pair<std::string, std::string>> kKnown {
        { "x86_64", { "amd64", "" } }, { "aarch64", { "arm64", "v8" } },
        { "armv7l", { "arm", "v7" } }, { "armhf", { "arm", "v7" } }, { "armv6l", { "arm", "v6" } },
        { "i686", { "386", "" } }, { "i386", { "386", "" } }, { "ppc64le", { "ppc64le", "" } },
        { "ppc64el", { "ppc64le", "" } }, { "s390x", { "s390x", "" } },
        { "riscv64", { "riscv64", "" } }
    };
    const auto known = kKnown.find(machine);
    return known == kKnown.end() ? std::pair(machine, std::string()) : known->second;
}

Json configOf(const Metadata& metadata, const std::string& diffId)
{
    const auto top = [&metadata](const char* key) {
        const auto found = metadata.top.find(key);
        return found == metadata.top.end() ? std::string() : found->second;
    };
    auto [architecture, variant] = architectureOf(top("architecture"));
    if (architecture.empty())
        architecture = oci::hostPlatform().architecture;
    Json labels = Json::object();
    for (const auto& [key, value] : metadata.properties)
        labels["org.linuxcontainers.image." + key] = value;
    Json config { { "architecture", architecture }, { "os", "linux" },
        { "config", { { "Cmd", Json::array({ "/sbin/init" }) }, { "Labels", std::move(labels) } } },
        { "rootfs", { { "type", "layers" }, { "diff_ids", Json::array({ diffId }) } } } };
    if (!variant.empty())
        config["variant"] = variant;
    const auto description = metadata.properties.find("description");
    Json history { { "created_by",
        "LXC image"
            + (description == metadata.properties.end() ? std::string()
                                                        : ": " + description->second) } };
    constexpr long long kMaxSeconds = 9'000'000'000;
    const long long created = std::strtoll(top("creation_date").c_str(), nullptr, 10);
    if (created > 0 && created < kMaxSeconds) {
        config["created"] = formatTimestamp(created * 1'000'000'000);
        history["created"] = config["created"];
    }
    config["history"] = Json::array({ std::move(history) });
    return config;
}

/// "lxc/alpine:3.19", where the description makes a name.
std::vector<std::string> namesOf(const Metadata& metadata)
{
    const auto lowered = [&metadata](const char* key) {
        const auto found = metadata.properties.find(key);
        std::string text = found == metadata.properties.end() ? std::string() : found->second;
        for (char& c : text)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '-' : c;
        return text;
    };
    const std::string os = lowered("os");
    const std::string release = lowered("release");
    if (os.empty() || os.find('/') != std::string::npos)
        return {};
    const auto reference =
        oci::Reference::parse("lxc/" + os + ":" + (release.empty() ? "latest" : release));
    if (!reference)
        return {};
    return { reference.value().normalized() };
}

} // namespace

void SystemLayerWriter::Deleter::operator()(archive* handle) const
{
    archive_write_free(handle);
}

bool SystemLayerWriter::takes(const std::string& path)
{
    return path.starts_with(kTree) && (path.size() == kTree.size() || path[kTree.size()] == '/');
}

SystemLayerWriter::SystemLayerWriter(Fd file)
    : m_writer(std::move(file), kUnknownSize)
    , m_archive(archive_write_new())
{
}

SystemLayerWriter::~SystemLayerWriter() = default;

Result<std::unique_ptr<SystemLayerWriter>> SystemLayerWriter::create(Fd file)
{
    std::unique_ptr<SystemLayerWriter> writer(new SystemLayerWriter(std::move(file)));
    archive* handle = writer->m_archive.get();
    archive_write_set_format_pax_restricted(handle);
    archive_write_set_bytes_per_block(handle, static_cast<int>(kBlockBytes));
    archive_write_set_bytes_in_last_block(handle, 1);
    if (archive_write_open(handle, writer.get(), nullptr, &writeCallback, nullptr) != ARCHIVE_OK)
        return writer->failure();
    return writer;
}

long SystemLayerWriter::writeCallback(
    archive* handle, void* self, const void* data, std::size_t size)
{
    auto& writer = *static_cast<SystemLayerWriter*>(self);
    auto done = writer.m_writer.write(
        std::make_shared<const std::string>(static_cast<const char*>(data), size));
    if (done)
        return static_cast<long>(size);
    writer.m_error = std::move(done).error();
    archive_set_error(handle, EIO, "write failed");
    return -1;
}

Error SystemLayerWriter::failure() const
{
    if (m_error)
        return *m_error;
    const char* text = archive_error_string(m_archive.get());
    return makeError(Errc::InvalidArgument, text != nullptr ? text : "the layer cannot be written");
}

Result<void> SystemLayerWriter::add(
    ArchiveHandle& from, archive_entry* entry, const std::string& path)
{
    const char* link = archive_entry_hardlink(entry);
    if (link != nullptr) {
        PL_TRY(const auto target, entryPath(link));
        if (!takes(target))
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "': hard link out of the root file system");
        archive_entry_set_hardlink(entry, belowTree(target).c_str());
    }
    const bool hasData = link == nullptr && archive_entry_filetype(entry) == AE_IFREG;
    archive_entry_set_pathname(entry, belowTree(path).c_str());
    archive_entry_sparse_clear(entry); // holes are written as zeros
    if (archive_write_header(m_archive.get(), entry) < ARCHIVE_WARN)
        return failure();
    while (hasData) {
        char buffer[64 << 10];
        PL_TRY(const std::size_t got, from.readData(buffer, sizeof buffer));
        if (got == 0)
            break;
        if (archive_write_data(m_archive.get(), buffer, got) < 0)
            return failure();
    }
    return success();
}

Result<Digest> SystemLayerWriter::finish()
{
    if (archive_write_close(m_archive.get()) != ARCHIVE_OK)
        return failure();
    return m_writer.finish();
}

bool isSystemImage(const ArchiveReader& archive)
{
    return archive.find(kMetadata) != nullptr;
}

Result<std::vector<ArchivedImage>> systemImages(const ArchiveReader& archive)
{
    const ArchiveMember* layer = archive.find(std::string(kSystemLayer));
    if (layer == nullptr)
        return makeError(Errc::InvalidArgument,
            "'" + archive.name()
                + "' holds only the description of an LXC or Incus image: its root file system is "
                  "a second file; where that is a tar, 'docker import FILE NAME' takes it");
    PL_TRY(const auto text, archive.text(kMetadata));
    const Metadata metadata = parseMetadata(text);
    ArchivedImage image;
    const std::string config = dumpJson(configOf(metadata, layer->digest.text()));
    PL_TRY(image.config, archive.addMade(config));
    PL_TRY(const auto json, parseJson(config));
    auto view = oci::imageConfigFromJson(json);
    if (!view)
        return makeError(Errc::InvalidArgument,
            "'" + archive.name() + "': member 'metadata.yaml': " + view.error().message);
    image.view = std::move(view).value();
    image.names = namesOf(metadata);
    std::string mediaType(oci::kOciLayer);
    image.layers.push_back({ layer, layer->digest.text(), mediaType });
    image.manifest = oci::manifestText(
        { std::string(oci::kOciConfig), image.config->digest, image.config->sizeBytes, {}, {} },
        { { std::move(mediaType), layer->digest, layer->sizeBytes, {}, {} } });
    image.manifestMediaType = oci::kOciManifest;
    image.isManifestMade = true;
    return std::vector<ArchivedImage> { std::move(image) };
}

} // namespace portlight::image
