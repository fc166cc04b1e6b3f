#include "tests/unit/engine/image/hostile_archives.h"

#include "tests/support/raw_tar.h"

#include <QByteArray>

#include <random>

namespace portlight::test {

TestImage smallImage(Compression inner)
{
    TestImage image = TestImage::empty("shop:1.0");
    const std::string tar = rawTar({ .name = "etc/", .type = '5', .mode = 0755 })
        + rawTar({ .name = "etc/motd", .content = std::string(3000, 'm') }) + rawTarEnd();
    if (!image.addTarLayer(tar, inner) || !image.addTarLayer(rawTarEnd(), inner))
        qFatal("the test's image cannot be made");
    return image;
}

std::string packed(const Files& files, Compression compression)
{
    auto bytes = makeArchive(files, compression);
    if (!bytes)
        qFatal("%s", bytes.error().message.c_str());
    return bytes.value();
}

std::string& file(Files& files, std::string_view name)
{
    for (auto& [path, bytes] : files)
        if (path.find(name) != std::string::npos)
            return bytes;
    qFatal("the test's archive has no such file");
}

Files with(Files files, std::string_view name, std::string bytes)
{
    file(files, name) = std::move(bytes);
    return files;
}

namespace {

Files without(Files files, const std::string& name)
{
    std::erase_if(files, [&name](const auto& item) { return item.first == name; });
    return files;
}

/// @p files with each @p from of the file @p name replaced.
Files edited(Files files, std::string_view name, const std::string& from, const std::string& to)
{
    std::string& text = file(files, name);
    QByteArray bytes = QByteArray::fromStdString(text);
    text =
        bytes.replace(QByteArray::fromStdString(from), QByteArray::fromStdString(to)).toStdString();
    return files;
}

std::string hex(const std::string& bytes)
{
    return std::string(Digest::of(bytes).hex());
}

Json indexOver(const std::string& mediaType, const std::string& text, int times)
{
    Json index { { "schemaVersion", 2 }, { "manifests", Json::array() } };
    for (int at = 0; at < times; ++at)
        index["manifests"].push_back({ { "mediaType", mediaType },
            { "digest", Digest::of(text).text() }, { "size", text.size() } });
    return index;
}

/// Indexes in indexes, @p depth deep, each with its child @p times.
Files nestedIndexes(int depth, int times)
{
    constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
    Files files = smallImage().ociFiles();
    std::string text = files.back().second;
    for (int level = 0; level < depth; ++level) {
        files.emplace_back("blobs/sha256/" + hex(text), text);
        text = dumpJson(indexOver(kIndex, text, times));
    }
    return with(files, "index.json", text);
}

/// A member that claims to be the index which lists it.
Files circularIndex()
{
    constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
    const std::string named = "the digest that the index would have";
    const std::string text = dumpJson(indexOver(kIndex, named, 1));
    Files files = with(smallImage().ociFiles(), "index.json", text);
    files.emplace_back("blobs/sha256/" + hex(named), text);
    return files;
}

Files changedManifest(const std::function<void(Json&)>& change)
{
    const TestImage image = smallImage();
    Json manifest = image.ociManifest();
    change(manifest);
    return image.ociFilesAround(dumpJson(manifest));
}

Files changedConfig(const std::function<void(Json&)>& change)
{
    TestImage image = smallImage();
    change(image.config);
    return image.dockerFiles();
}

std::string randomBytes(std::size_t size)
{
    std::mt19937 random(20240102); // NOLINT: the same bytes in each run
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

} // namespace

const std::vector<HostileArchive>& hostileArchives()
{
    static const std::string deep(100'000, '[');
    static const std::vector<HostileArchive> all {
        { "nothing at all", [] { return std::string(); }, "is not an image archive" },
        { "zeros", [] { return std::string(1 << 20, '\0'); }, "is not an image archive" },
        { "one byte", [] { return std::string("x"); }, "not an image archive" },
        { "text", [] { return std::string(5000, 't'); }, "not an image archive" },
        { "random bytes", [] { return randomBytes(200'000); }, "not an image archive" },
        { "a program",
            [] {
                return "\x7f"
                       "ELF"
                    + randomBytes(5000);
            },
            "not an image archive" },
        { "gzip of text", [] { return compress("text", Compression::Gzip).value(); },
            "not an image archive" },
        { "gzip of nothing", [] { return compress("", Compression::Gzip).value(); },
            "not an image archive" },
        { "gzip header alone", [] { return std::string("\x1f\x8b\x08", 3); }, "gzip" },
        { "zstd header alone", [] { return std::string("\x28\xb5\x2f\xfd", 4); }, "zstd" },
        { "tar without a manifest",
            [] { return packed({ { "readme", "hello" }, { "layer.tar", "x" } }); },
            "no manifest.json and no oci-layout" },
        { "member that climbs",
            [] { return rawTar({ .name = ImageStoreRun::upToOutside() + "/evil" }) + rawTarEnd(); },
            "climbs out" },
        { "link out of the archive",
            [] {
                return rawTar({ .name = "manifest.json",
                           .type = '2',
                           .link = ImageStoreRun::upToOutside() + "/canary" })
                    + rawTarEnd();
            },
            "is a link out of the archive" },
        { "links in a circle",
            [] {
                return rawTar({ .name = "manifest.json", .type = '2', .link = "b" })
                    + rawTar({ .name = "b", .type = '2', .link = "manifest.json" }) + rawTarEnd();
            },
            "no manifest.json" },
        { "member twice, different",
            [] {
                auto files = smallImage().dockerFiles();
                files.emplace_back("manifest.json", "[]");
                return packed(files);
            },
            "'manifest.json' is there twice" },
        { "member beyond the archive",
            [] { return rawTar({ .name = "f", .content = "x", .sizeField = "77777777777" }); },
            "member 'f'" },
        // docker-archive
        { "manifest.json is no JSON",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", "{]")); },
            "member 'manifest.json': invalid JSON at byte 2" },
        { "manifest.json is no list",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", "{}")); },
            "manifest.json: not a list" },
        { "manifest.json is empty",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", "[]")); },
            "holds no image" },
        { "manifest.json, 100000 levels",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", deep)); },
            "nested too deeply" },
        { "manifest.json of 100 MB",
            [] {
                return packed(with(smallImage().dockerFiles(), "manifest.json",
                                  "[" + std::string(100'000'000, ' ') + "]"),
                    Compression::Zstd);
            },
            "too large" },
        { "manifest.json that is no UTF-8",
            [] {
                return packed(
                    edited(smallImage().dockerFiles(), "manifest.json", "shop", "sh\xffp"));
            },
            "manifest.json" },
        { "layer outside",
            [] {
                return packed(edited(smallImage().dockerFiles(), "manifest.json",
                    "layer0/layer.tar", ImageStoreRun::upToOutside() + "/canary"));
            },
            "climbs out" },
        { "layer that is not there",
            [] { return packed(without(smallImage().dockerFiles(), "layer1/layer.tar")); },
            "member 'layer1/layer.tar' is not in the archive" },
        { "one layer fewer than diff_ids",
            [] {
                return packed(edited(
                    smallImage().dockerFiles(), "manifest.json", R"("layer0/layer.tar",)", ""));
            },
            "1 layers, but the image configuration lists 2 diff_ids" },
        { "wrong diff_id",
            [] {
                return packed(changedConfig([](Json& config) {
                    config["rootfs"]["diff_ids"][0] = Digest::of("another").text();
                }));
            },
            "digest mismatch: expected diff_id" },
        { "wrong diff_id of a gzip layer",
            [] {
                TestImage image = smallImage(Compression::Gzip);
                image.config["rootfs"]["diff_ids"][1] = Digest::of("another").text();
                return packed(image.dockerFiles());
            },
            "digest mismatch: expected diff_id" },
        { "diff_id that is a path",
            [] {
                return packed(changedConfig([](Json& config) {
                    config["rootfs"]["diff_ids"][0] = "sha256:../../../outside/canary";
                }));
            },
            "is not a sha256 digest" },
        { "diff_id of 64 characters, one a slash",
            [] {
                return packed(changedConfig([](Json& config) {
                    config["rootfs"]["diff_ids"][0] = "sha256:../" + std::string(61, 'a');
                }));
            },
            "is not a sha256 digest" },
        { "configuration under another's digest",
            [] { return packed(edited(smallImage().dockerFiles(), ".json", "linux", "linus")); },
            "digest mismatch: expected" },
        { "configuration of 100000 levels",
            [] {
                const std::string name = hex(deep) + ".json";
                return packed({ { name, deep },
                    { "manifest.json", R"([{"Config":")" + name + R"(","Layers":[]}])" } });
            },
            "nested too deeply" },
        { "name that is none",
            [] {
                TestImage image = smallImage();
                image.reference = "../../etc:latest";
                return packed(image.dockerFiles());
            },
            "invalid reference format" },
        // OCI layout
        { "layout without its index",
            [] { return packed(without(smallImage().ociFiles(), "index.json")); },
            "is not an image archive" },
        { "layout of version 2",
            [] { return packed(edited(smallImage().ociFiles(), "oci-layout", "1.0.0", "2.0.0")); },
            "imageLayoutVersion is not 1.x" },
        { "index without images",
            [] {
                return packed(with(smallImage().ociFiles(), "index.json",
                    R"({"schemaVersion":2,"manifests":[]})"));
            },
            "holds no image" },
        { "index, 100000 levels",
            [] { return packed(with(smallImage().ociFiles(), "index.json", deep)); },
            "nested too deeply" },
        { "index and manifest in one",
            [] {
                return packed(edited(smallImage().ociFiles(), "index.json", R"("schemaVersion")",
                    R"("layers":[],"schemaVersion")"));
            },
            "ambiguous" },
        { "layer under another's digest",
            [] {
                Files files = smallImage().ociFiles();
                files[0].second[600] ^= 1;
                return packed(files);
            },
            "digest mismatch: expected" },
        { "manifest under another's digest",
            [] {
                Files files = smallImage().ociFiles();
                files[3].second += " ";
                return packed(files);
            },
            "digest mismatch: expected" },
        { "configuration under another's digest (layout)",
            [] {
                Files files = smallImage().ociFiles();
                files[2].second += " ";
                return packed(files);
            },
            "digest mismatch: expected" },
        { "layer of another size",
            [] { return packed(changedManifest([](Json& m) { m["layers"][0]["size"] = 5; })); },
            "size mismatch: expected 5 bytes" },
        { "configuration of another size",
            [] { return packed(changedManifest([](Json& m) { m["config"]["size"] = 1; })); },
            "size mismatch: expected 1 bytes" },
        { "size below zero",
            [] { return packed(changedManifest([](Json& m) { m["layers"][0]["size"] = -1; })); },
            "size" },
        { "size beyond all numbers",
            [] {
                return packed(
                    changedManifest([](Json& m) { m["layers"][0]["size"] = UINT64_MAX; }));
            },
            "size" },
        { "digest that is a path",
            [] {
                return packed(
                    changedManifest([](Json& m) { m["layers"][0]["digest"] = "sha256:../../x"; }));
            },
            "'sha256:../../x' is not a sha256 digest" },
        { "digest of another kind",
            [] {
                return packed(changedManifest(
                    [](Json& m) { m["config"]["digest"] = "sha512:" + std::string(128, 'a'); }));
            },
            "is not a sha256 digest" },
        { "one layer too many",
            [] {
                return packed(
                    changedManifest([](Json& m) { m["layers"].push_back(m["layers"][0]); }));
            },
            "lists 3 layers, the image configuration 2 diff_ids" },
        { "layers in another order",
            [] {
                return packed(
                    changedManifest([](Json& m) { std::swap(m["layers"][0], m["layers"][1]); }));
            },
            "digest mismatch: expected diff_id" },
        { "index that lists itself", [] { return packed(circularIndex()); }, "digest mismatch" },
        { "indexes 20 deep", [] { return packed(nestedIndexes(20, 1)); }, "nested too deeply" },
        { "indexes 8 deep with 10 children each", [] { return packed(nestedIndexes(8, 10)); },
            "list too much" },
    };
    return all;
}

} // namespace portlight::test
