#include "engine/image/archive_index.h"

#include "engine/image/archive_formats.h"
#include "engine/image/system_image.h"

#include <algorithm>

namespace portlight::image {

namespace {

bool hasSameLayers(const ArchivedImage& a, const ArchivedImage& b)
{
    return std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), b.layers.end(),
        [](const ArchivedLayer& x, const ArchivedLayer& y) { return x.diffId == y.diffId; });
}

void addNames(std::vector<std::string>& names, const std::vector<std::string>& more)
{
    for (const std::string& name : more)
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
}

} // namespace

Result<std::vector<ArchivedImage>> imagesIn(
    const ArchiveReader& archive, const std::optional<oci::Platform>& wanted)
{
    const bool isLayout =
        archive.find("oci-layout") != nullptr && archive.find("index.json") != nullptr;
    const bool isDocker = archive.find("manifest.json") != nullptr;
    const bool isSystem = !isLayout && !isDocker && isSystemImage(archive);
    const bool isLegacy = !isLayout && !isDocker && !isSystem && isLegacyArchive(archive);
    if (!isLayout && !isDocker && !isLegacy && !isSystem)
        return makeError(Errc::InvalidArgument,
            "'" + archive.name()
                + "' is not an image archive: no manifest.json and no oci-layout in it");
    std::vector<ArchivedImage> images;
    if (isLayout) {
        PL_TRY(images, ociLayoutImages(archive, wanted));
    }
    if (isSystem) {
        PL_TRY(images, systemImages(archive));
    }
    if (isLegacy) {
        PL_TRY(images, legacyArchiveImages(archive));
    }
    if (isDocker) {
        // In a combined archive the layout has the manifests, and manifest.json all the names.
        PL_TRY(auto listed, dockerArchiveImages(archive));
        for (ArchivedImage& image : listed) {
            const auto same =
                std::find_if(images.begin(), images.end(), [&image](const ArchivedImage& known) {
                    return known.config->digest == image.config->digest;
                });
            if (same != images.end() && hasSameLayers(*same, image))
                addNames(same->names, image.names);
            else
                images.push_back(std::move(image));
        }
    }
    if (images.empty())
        return makeError(
            Errc::InvalidArgument, "'" + archive.name() + "' holds no image: its index is empty");
    return images;
}

} // namespace portlight::image
