#include "engine/image/archive_formats.h"
#include "engine/image/decompress.h"
#include "engine/image/entry_path.h"
#include "engine/oci/manifest.h"
#include "engine/oci/media_types.h"
#include "engine/oci/reference.h"

namespace portlight::image {

namespace {

constexpr std::string_view kBlobPrefix = "blobs/sha256/";

Error inManifest(const ArchiveReader& archive, const std::string& text)
{
    return makeError(Errc::InvalidArgument, "'" + archive.name() + "': manifest.json: " + text);
}

// Names that carry a digest must tell the truth: "blobs/sha256/<hex>", and the configuration's
// "<hex>.json".
Result<void> checkNamedDigest(const ArchiveReader& archive, const std::string& path,
    const std::string& hex, const ArchiveMember& member)
{
    const auto named = Digest::parse("sha256:" + hex);
    if (!named || named.value() == member.digest)
        return success();
    return makeError(Errc::InvalidArgument,
        "'" + archive.name() + "': member '" + shownName(path) + "': digest mismatch: expected "
            + named.value().text() + ", actual " + member.digest.text());
}

Result<const ArchiveMember*> memberFor(const ArchiveReader& archive, const std::string& path)
{
    const auto entry = entryPath(path);
    if (!entry)
        return inManifest(archive, entry.error().message);
    const std::string& clean = entry.value();
    const ArchiveMember* member = archive.find(clean);
    if (member == nullptr)
        return inManifest(archive, "member '" + shownName(path) + "' is not in the archive");
    if (clean.starts_with(kBlobPrefix)) {
        PL_TRY(checkNamedDigest(archive, clean, clean.substr(kBlobPrefix.size()), *member));
    }
    return member;
}

Result<void> addLayers(
    const ArchiveReader& archive, const std::vector<std::string>& paths, ArchivedImage& image)
{
    if (paths.size() != image.view.diffIds.size())
        return inManifest(archive,
            std::to_string(paths.size()) + " layers, but the image configuration lists "
                + std::to_string(image.view.diffIds.size()) + " diff_ids");
    std::vector<oci::Descriptor> descriptors;
    for (std::size_t at = 0; at < paths.size(); ++at) {
        PL_TRY(const ArchiveMember* member, memberFor(archive, paths[at]));
        auto mediaType = layerMediaType(member->head);
        descriptors.push_back({ mediaType, member->digest, member->sizeBytes, {}, {} });
        image.layers.push_back({ member, image.view.diffIds[at], std::move(mediaType) });
    }
    const oci::Descriptor config { std::string(oci::kOciConfig), image.config->digest,
        image.config->sizeBytes, {}, {} };
    image.manifest = oci::manifestText(config, descriptors);
    image.manifestMediaType = oci::kOciManifest;
    image.isManifestMade = true;
    return success();
}

Result<ArchivedImage> imageFrom(const ArchiveReader& archive, const Json& item)
{
    if (!item.is_object())
        return inManifest(archive, "an entry is not an object");
    auto configPath = jsonString(item, "Config");
    auto layers = jsonStrings(item, "Layers");
    auto tags = jsonStrings(item, "RepoTags");
    if (!configPath || !layers || !tags)
        return inManifest(archive,
            (!configPath      ? configPath.error()
                    : !layers ? layers.error()
                              : tags.error())
                .message);
    if (configPath.value().empty())
        return inManifest(archive, "an entry has no 'Config'");
    ArchivedImage image;
    PL_TRY(image.config, memberFor(archive, configPath.value()));
    const std::string base = splitPath(configPath.value()).name;
    if (base.ends_with(".json")) {
        PL_TRY(checkNamedDigest(
            archive, configPath.value(), base.substr(0, base.size() - 5), *image.config));
    }
    PL_TRY(const auto text, archive.text(*image.config));
    auto json = parseJson(text);
    auto view =
        json ? oci::imageConfigFromJson(json.value()) : Result<oci::ImageConfig>(json.error());
    if (!view)
        return withContext(view.error(),
            "'" + archive.name() + "': member '" + shownName(configPath.value()) + "'");
    image.view = std::move(view).value();
    for (const std::string& tag : tags.value()) {
        auto reference = oci::Reference::parse(tag);
        if (!reference)
            return inManifest(archive, "RepoTags: " + reference.error().message);
        image.names.push_back(reference.value().normalized());
    }
    PL_TRY(addLayers(archive, layers.value(), image));
    return image;
}

} // namespace

std::string layerMediaType(const std::string& head)
{
    switch (detectCompression(head)) {
    case Compression::Gzip:
        return std::string(oci::kOciLayerGzip);
    case Compression::Zstd:
        return std::string(oci::kOciLayerZstd);
    default:
        return std::string(oci::kOciLayer);
    }
}

Result<std::vector<ArchivedImage>> dockerArchiveImages(const ArchiveReader& archive)
{
    PL_TRY(const auto list, archive.json("manifest.json"));
    if (!list.is_array())
        return inManifest(archive, "not a list of images");
    std::vector<ArchivedImage> images;
    for (const Json& item : list) {
        PL_TRY(auto image, imageFrom(archive, item));
        images.push_back(std::move(image));
    }
    return images;
}

} // namespace portlight::image
