#include "engine/api/image_json.h"

#include "engine/base/timestamps.h"

#include <algorithm>
#include <set>

namespace portlight::api {

namespace {

constexpr ApiVersion kNoPlaceholders { 1, 43 };
constexpr ApiVersion kNoVirtualSize { 1, 44 };
constexpr ApiVersion kNoContainerConfig { 1, 45 };
constexpr ApiVersion kHasDescriptor { 1, 48 };
constexpr ApiVersion kOmitsEmptyConfig { 1, 50 };
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

Json familiarNames(const image::StoredImage& image)
{
    Json names = Json::array();
    for (const std::string& name : image.names)
        names.push_back(image::ImageStore::familiarName(name));
    return names;
}

// What registries know it by; for a repository that it only has a name of, the digest that it would
// have there.
Json repoDigests(const image::StoredImage& image)
{
    Json digests = Json::array();
    std::set<std::string> known;
    for (const image::RepoDigest& repoDigest : image.repoDigests) {
        known.insert(repoDigest.repository);
        if (const auto reference = oci::Reference::parse(repoDigest.repository))
            digests.push_back(reference.value().familiarRepository() + "@" + repoDigest.digest);
    }
    for (const std::string& name : image.names)
        if (const auto reference = oci::Reference::parse(name);
            reference && known.insert(reference.value().repository()).second)
            digests.push_back(reference.value().familiarRepository() + "@" + image.manifestDigest);
    return digests;
}

Json descriptor(const image::StoredImage& image)
{
    return Json { { "mediaType", image.manifestMediaType }, { "digest", image.manifestDigest },
        { "size", image.manifestBytes } };
}

// `config` as clients of @p version know it: before 1.50 every field was there.
Json configJson(const image::StoredImage& image, ApiVersion version)
{
    Json config = image.config.raw.is_object() ? image.config.raw : Json::object();
    if (version >= kOmitsEmptyConfig)
        return config;
    const Json defaults { { "Hostname", "" }, { "Domainname", "" }, { "User", "" },
        { "AttachStdin", false }, { "AttachStdout", false }, { "AttachStderr", false },
        { "Tty", false }, { "OpenStdin", false }, { "StdinOnce", false }, { "Env", nullptr },
        { "Cmd", nullptr }, { "Image", "" }, { "Volumes", nullptr }, { "WorkingDir", "" },
        { "Entrypoint", nullptr }, { "OnBuild", nullptr }, { "Labels", nullptr } };
    for (const auto& [key, value] : defaults.items())
        if (!config.contains(key))
            config[key] = value;
    return config;
}

} // namespace

Json imageSummaryJson(const image::StoredImage& image, ApiVersion version, bool hasDigests)
{
    Json json { { "Id", image.id }, { "ParentId", "" }, { "RepoTags", familiarNames(image) },
        { "RepoDigests", repoDigests(image) },
        { "Created", core::createdNs(image) / kNanosecondsPerSecond }, { "Size", image.sizeBytes },
        { "SharedSize", -1 }, { "Containers", -1 } };
    json["Labels"] = image.config.run.labels.empty() ? Json() : Json(image.config.run.labels);
    if (version < kNoPlaceholders && image.names.empty()) {
        json["RepoTags"] = Json::array({ "<none>:<none>" });
        json["RepoDigests"] = Json::array({ "<none>@<none>" });
    }
    if (version < kNoVirtualSize)
        json["VirtualSize"] = image.sizeBytes;
    if (version >= kHasDescriptor && hasDigests)
        json["Descriptor"] = descriptor(image);
    return json;
}

Json imageInspectJson(const image::StoredImage& image, ApiVersion version)
{
    Json layers = Json::array();
    for (const std::string& diffId : image.config.diffIds)
        layers.push_back(diffId);
    const auto& history = image.config.history;
    Json json { { "Id", image.id }, { "RepoTags", familiarNames(image) },
        { "RepoDigests", repoDigests(image) }, { "Parent", "" },
        { "Comment", history.empty() ? std::string() : history.back().comment },
        { "DockerVersion", "" }, { "Author", image.config.author },
        { "Config", configJson(image, version) }, { "Architecture", image.config.architecture },
        { "Os", image.config.os }, { "Size", image.sizeBytes } };
    json["GraphDriver"] = Json { { "Name", "overlay2" }, { "Data", Json::object() } };
    json["RootFS"] = Json { { "Type", "layers" }, { "Layers", std::move(layers) } };
    json["Metadata"] = Json { { "LastTagTime",
        image.taggedAtNs == 0 ? "0001-01-01T00:00:00Z" : formatTimestamp(image.taggedAtNs) } };
    if (!image.config.created.empty())
        json["Created"] = image.config.created;
    else if (version < kNoVirtualSize)
        json["Created"] = "0001-01-01T00:00:00Z";
    if (!image.config.variant.empty())
        json["Variant"] = image.config.variant;
    if (!image.config.osVersion.empty())
        json["OsVersion"] = image.config.osVersion;
    if (version < kNoVirtualSize)
        json["VirtualSize"] = image.sizeBytes;
    if (version < kNoContainerConfig) {
        json["Container"] = "";
        json["ContainerConfig"] = nullptr;
    }
    if (version >= kHasDescriptor)
        json["Descriptor"] = descriptor(image);
    return json;
}

Json imageHistoryJson(const image::StoredImage& image)
{
    Json entries = Json::array();
    std::size_t layer = 0;
    for (const oci::HistoryEntry& entry : image.config.history) {
        const bool hasLayer = !entry.isEmptyLayer && layer < image.layers.size();
        const auto created = parseTimestamp(entry.created);
        entries.push_back(Json { { "Id", "<missing>" },
            { "Created", created ? created.value() / kNanosecondsPerSecond : 0 },
            { "CreatedBy", entry.createdBy }, { "Tags", nullptr },
            { "Size", hasLayer ? image.layers[layer].sizeBytes : 0 },
            { "Comment", entry.comment } });
        layer += hasLayer ? 1 : 0;
    }
    if (entries.empty())
        return entries;
    std::reverse(entries.begin(), entries.end());
    entries.front()["Id"] = image.id;
    if (!image.names.empty())
        entries.front()["Tags"] = familiarNames(image);
    return entries;
}

Json removalsJson(const std::vector<core::ImageRemoval>& removals)
{
    Json list = Json::array();
    for (const core::ImageRemoval& removal : removals)
        list.push_back(removal.untagged.empty() ? Json { { "Deleted", removal.deleted } }
                                                : Json { { "Untagged", removal.untagged } });
    return list;
}

} // namespace portlight::api
