#include "tests/support/test_image.h"

#include "engine/base/digest.h"
#include "engine/base/syscalls.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <memory>

namespace portlight::test {

namespace {

struct WriteEnd {
    void operator()(archive* handle) const { archive_write_free(handle); }
};
struct EntryEnd {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, WriteEnd>;

Error archiveError(archive* handle)
{
    const char* text = archive_error_string(handle);
    return makeError(Errc::Internal, std::string("write a tar: ") + (text ? text : "?"));
}

la_ssize_t append(archive* /*handle*/, void* to, const void* bytes, std::size_t size)
{
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

void describe(archive_entry* entry, const TarEntry& wanted)
{
    archive_entry_set_pathname(entry, wanted.path.c_str());
    archive_entry_set_perm(entry, wanted.mode);
    archive_entry_set_uid(entry, wanted.uid);
    archive_entry_set_gid(entry, wanted.gid);
    archive_entry_set_mtime(entry, 0, 0);
    archive_entry_set_size(entry, 0);
    switch (wanted.type) {
    case TarEntry::Type::File:
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, static_cast<la_int64_t>(wanted.content.size()));
        break;
    case TarEntry::Type::Directory:
        archive_entry_set_filetype(entry, AE_IFDIR);
        break;
    case TarEntry::Type::Symlink:
        archive_entry_set_filetype(entry, AE_IFLNK);
        archive_entry_set_symlink(entry, wanted.content.c_str());
        break;
    case TarEntry::Type::Hardlink:
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_hardlink(entry, wanted.content.c_str());
        break;
    case TarEntry::Type::CharacterDevice:
        archive_entry_set_filetype(entry, AE_IFCHR);
        archive_entry_set_rdevmajor(entry, 1);
        archive_entry_set_rdevminor(entry, 3);
        break;
    case TarEntry::Type::Fifo:
        archive_entry_set_filetype(entry, AE_IFIFO);
        break;
    }
}

std::string architecture()
{
    utsname names {};
    ::uname(&names);
    const std::string machine = names.machine;
    return machine == "x86_64" ? "amd64" : machine == "aarch64" ? "arm64" : machine;
}

const char* layerType(Compression compression)
{
    switch (compression) {
    case Compression::Gzip:
        return "application/vnd.oci.image.layer.v1.tar+gzip";
    case Compression::Zstd:
        return "application/vnd.oci.image.layer.v1.tar+zstd";
    case Compression::Xz: // have no media type of their own
    case Compression::Bzip2:
    case Compression::None:
        break;
    }
    return "application/vnd.oci.image.layer.v1.tar";
}

Json descriptor(const char* mediaType, const std::string& bytes)
{
    return { { "mediaType", mediaType }, { "digest", Digest::of(bytes).text() },
        { "size", bytes.size() } };
}

std::string blobName(const std::string& bytes)
{
    return "blobs/sha256/" + std::string(Digest::of(bytes).hex());
}

Result<void> addFilter(archive* writer, Compression compression)
{
    int code = ARCHIVE_OK;
    switch (compression) {
    case Compression::Gzip:
        archive_write_add_filter_gzip(writer);
        code = archive_write_set_filter_option(writer, "gzip", "timestamp", nullptr);
        break;
    case Compression::Zstd:
        code = archive_write_add_filter_zstd(writer);
        break;
    case Compression::Xz:
        code = archive_write_add_filter_xz(writer);
        break;
    case Compression::Bzip2:
        code = archive_write_add_filter_bzip2(writer);
        break;
    case Compression::None:
        break;
    }
    if (code != ARCHIVE_OK)
        return archiveError(writer);
    return success();
}

} // namespace

Result<std::string> compress(const std::string& bytes, Compression compression)
{
    std::string made;
    const Writer writer(archive_write_new());
    archive_write_set_format_raw(writer.get());
    PL_TRY(addFilter(writer.get(), compression));
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    const std::unique_ptr<archive_entry, EntryEnd> entry(archive_entry_new());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    if (archive_write_open(writer.get(), &made, nullptr, append, nullptr) != ARCHIVE_OK
        || archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK
        || archive_write_data(writer.get(), bytes.data(), bytes.size()) < 0
        || archive_write_close(writer.get()) != ARCHIVE_OK)
        return archiveError(writer.get());
    return made;
}

Result<std::string> makeTar(const std::vector<TarEntry>& entries, Compression compression)
{
    std::string bytes;
    const Writer writer(archive_write_new());
    archive_write_set_format_pax_restricted(writer.get());
    PL_TRY(addFilter(writer.get(), compression));
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    if (archive_write_open(writer.get(), &bytes, nullptr, append, nullptr) != ARCHIVE_OK)
        return archiveError(writer.get());
    for (const auto& wanted : entries) {
        const std::unique_ptr<archive_entry, EntryEnd> entry(archive_entry_new());
        describe(entry.get(), wanted);
        if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK)
            return archiveError(writer.get());
        if (wanted.type == TarEntry::Type::File
            && archive_write_data(writer.get(), wanted.content.data(), wanted.content.size()) < 0)
            return archiveError(writer.get());
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK)
        return archiveError(writer.get());
    return bytes;
}

TestImage TestImage::empty(std::string reference)
{
    TestImage image;
    image.reference = std::move(reference);
    image.config = { { "created", "2024-01-02T03:04:05Z" }, { "architecture", architecture() },
        { "os", "linux" }, { "config", Json::object() },
        { "rootfs", { { "type", "layers" }, { "diff_ids", Json::array() } } },
        { "history", Json::array() } };
    return image;
}

Result<TestImage> TestImage::payload(
    std::string reference, std::vector<std::string> words, Compression compression)
{
    using Type = TarEntry::Type;
    PL_TRY(const auto program, readFile(PORTLIGHT_PAYLOAD));
    TestImage image = empty(std::move(reference));
    image.config["config"] = { { "Entrypoint", { "/payload" } }, { "Cmd", words },
        { "Env", { "PATH=/bin", "FROM_IMAGE=yes" } }, { "WorkingDir", "/work" },
        { "Labels", { { "made-by", "tests" } } } };
    std::vector<TarEntry> entries;
    for (const char* name : { "dev/", "etc/", "proc/", "sys/", "work/" })
        entries.push_back({ Type::Directory, name });
    entries.push_back({ Type::Directory, "tmp/", {}, 01777 });
    entries.push_back({ Type::File, "etc/passwd",
        "root:x:0:0:root:/:/payload\nwww:x:33:33:www:/tmp:/payload\n", 0644 });
    entries.push_back({ Type::File, "etc/group", "root:x:0:\nwww:x:33:\nextra:x:44:www\n", 0644 });
    entries.push_back({ Type::File, "payload", program });
    PL_TRY(image.addLayer(entries, compression));
    return image;
}

Result<void> TestImage::addLayer(const std::vector<TarEntry>& entries, Compression compression)
{
    PL_TRY(const auto tar, makeTar(entries));
    return addTarLayer(tar, compression);
}

Result<void> TestImage::addTarLayer(const std::string& tar, Compression compression)
{
    PL_TRY(auto blob, compress(tar, compression));
    const std::string diffId = Digest::of(tar).text();
    config["rootfs"]["diff_ids"].push_back(diffId);
    config["history"].push_back(
        { { "created", "2024-01-02T03:04:05Z" }, { "created_by", "tests" } });
    layers.push_back({ diffId, std::move(blob), compression });
    return success();
}

std::string TestImage::id() const
{
    return Digest::of(configText()).text();
}

std::vector<std::pair<std::string, std::string>> TestImage::dockerFiles() const
{
    std::vector<std::pair<std::string, std::string>> files;
    Json names = Json::array();
    for (std::size_t at = 0; at < layers.size(); ++at) {
        names.push_back("layer" + std::to_string(at) + "/layer.tar");
        files.emplace_back(names.back(), layers[at].blob);
    }
    const std::string configName = id().substr(7) + ".json";
    files.emplace_back(configName, configText());
    Json tags = Json::array();
    if (!reference.empty())
        tags.push_back(reference);
    const Json manifest =
        Json::array({ { { "Config", configName }, { "RepoTags", tags }, { "Layers", names } } });
    files.emplace_back("manifest.json", dumpJson(manifest));
    return files;
}

Json TestImage::ociManifest() const
{
    Json manifest { { "schemaVersion", 2 },
        { "mediaType", "application/vnd.oci.image.manifest.v1+json" },
        { "config", descriptor("application/vnd.oci.image.config.v1+json", configText()) },
        { "layers", Json::array() } };
    for (const auto& layer : layers)
        manifest["layers"].push_back(descriptor(layerType(layer.compression), layer.blob));
    return manifest;
}

std::vector<std::pair<std::string, std::string>> TestImage::ociFiles() const
{
    return ociFilesAround(dumpJson(ociManifest()));
}

std::vector<std::pair<std::string, std::string>> TestImage::ociFilesAround(
    const std::string& manifestText) const
{
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& layer : layers)
        files.emplace_back(blobName(layer.blob), layer.blob);
    files.emplace_back(blobName(configText()), configText());
    files.emplace_back(blobName(manifestText), manifestText);
    Json entry = descriptor("application/vnd.oci.image.manifest.v1+json", manifestText);
    if (!reference.empty())
        entry["annotations"] = { { "org.opencontainers.image.ref.name", reference } };
    const Json index { { "schemaVersion", 2 },
        { "mediaType", "application/vnd.oci.image.index.v1+json" },
        { "manifests", Json::array({ entry }) } };
    files.emplace_back("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    files.emplace_back("index.json", dumpJson(index));
    return files;
}

std::vector<std::pair<std::string, std::string>> TestImage::combinedFiles() const
{
    auto files = ociFiles();
    Json names = Json::array();
    for (const auto& layer : layers)
        names.push_back(blobName(layer.blob));
    const Json manifest = Json::array({ { { "Config", blobName(configText()) },
        { "RepoTags", Json::array({ reference }) }, { "Layers", names } } });
    files.emplace_back("manifest.json", dumpJson(manifest));
    return files;
}

Result<std::string> makeArchive(
    const std::vector<std::pair<std::string, std::string>>& files, Compression compression)
{
    std::vector<TarEntry> entries;
    entries.reserve(files.size());
    for (const auto& [name, bytes] : files)
        entries.push_back({ TarEntry::Type::File, name, bytes, 0644 });
    return makeTar(entries, compression);
}

Result<void> writeArchive(const std::string& path,
    const std::vector<std::pair<std::string, std::string>>& files, Compression compression)
{
    PL_TRY(const auto bytes, makeArchive(files, compression));
    PL_TRY(const auto file, openFile(path, O_WRONLY | O_CREAT | O_TRUNC));
    return writeAll(file, bytes);
}

} // namespace portlight::test
