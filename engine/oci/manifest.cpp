#include "engine/oci/manifest.h"

#include "engine/oci/media_types.h"

namespace portlight::oci {

namespace {

constexpr std::size_t kMaxDescriptors = 100'000;

Result<std::string> checkDocument(
    const Json& json, const char* kind, bool (*isRightType)(std::string_view))
{
    const std::string what(kind);
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "the " + what + " is not a JSON object");
    const Json& version = jsonMember(json, "schemaVersion");
    if (!version.is_number_integer() || version.get<std::int64_t>() != 2)
        return makeError(Errc::InvalidArgument, "the " + what + " has no schemaVersion 2");
    if (json.contains("manifests") && (json.contains("layers") || json.contains("config")))
        return makeError(Errc::InvalidArgument,
            "the " + what + " is ambiguous: it has both 'manifests' and 'layers' or 'config'");
    PL_TRY(auto mediaType, jsonString(json, "mediaType"));
    if (!mediaType.empty() && !isRightType(mediaType))
        return makeError(
            Errc::InvalidArgument, "the " + what + " has the media type '" + mediaType + "'");
    return mediaType;
}

Result<std::vector<Descriptor>> descriptors(const Json& json, const char* key)
{
    const Json& list = jsonMember(json, key);
    if (!list.is_array())
        return makeError(Errc::InvalidArgument, "field '" + std::string(key) + "' is not a list");
    if (list.size() > kMaxDescriptors)
        return makeError(Errc::InvalidArgument,
            "field '" + std::string(key) + "' has " + std::to_string(list.size()) + " entries");
    std::vector<Descriptor> found;
    found.reserve(list.size());
    for (const Json& item : list) {
        PL_TRY(auto descriptor, descriptorFromJson(item));
        found.push_back(std::move(descriptor));
    }
    return found;
}

} // namespace

bool isIndexType(std::string_view mediaType)
{
    return mediaType == kOciIndex || mediaType == kDockerIndex;
}

bool isManifestType(std::string_view mediaType)
{
    return mediaType == kOciManifest || mediaType == kDockerManifest;
}

Result<Manifest> manifestFromJson(const Json& json)
{
    PL_TRY(auto mediaType, checkDocument(json, "image manifest", &isManifestType));
    PL_TRY(auto config, descriptorFromJson(jsonMember(json, "config")));
    PL_TRY(auto layers, descriptors(json, "layers"));
    PL_TRY(auto annotations, stringMap(json, "annotations"));
    if (mediaType.empty())
        mediaType = kOciManifest;
    return Manifest { std::move(mediaType), std::move(config), std::move(layers),
        std::move(annotations) };
}

Result<Index> indexFromJson(const Json& json)
{
    PL_TRY(auto mediaType, checkDocument(json, "image index", &isIndexType));
    PL_TRY(auto manifests, descriptors(json, "manifests"));
    PL_TRY(auto annotations, stringMap(json, "annotations"));
    if (mediaType.empty())
        mediaType = kOciIndex;
    return Index { std::move(mediaType), std::move(manifests), std::move(annotations) };
}

std::string manifestText(const Descriptor& config, const std::vector<Descriptor>& layers)
{
    Json list = Json::array();
    for (const Descriptor& layer : layers)
        list.push_back(descriptorToJson(layer));
    const Json document { { "schemaVersion", 2 }, { "mediaType", std::string(kOciManifest) },
        { "config", descriptorToJson(config) }, { "layers", std::move(list) } };
    return dumpJson(document);
}

} // namespace portlight::oci
