#include "engine/core/image_service.h"

#include "engine/base/timestamps.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

namespace portlight::core {

namespace {

constexpr std::array kKnown { "reference", "dangling", "label", "label!", "before", "since",
    "until" };

Error badFilter(const std::string& name, const std::string& value)
{
    return makeError(Errc::InvalidArgument, "invalid filter '" + name + "=[" + value + "]'");
}

Result<bool> asFlag(const std::string& name, const std::string& value)
{
    if (value == "1" || value == "true")
        return true;
    if (value == "0" || value == "false")
        return false;
    return badFilter(name, value);
}

bool hasLabel(const image::StoredImage& image, const std::string& wanted)
{
    const auto equals = wanted.find('=');
    const auto& labels = image.config.run.labels;
    const auto found = labels.find(wanted.substr(0, equals));
    return found != labels.end()
        && (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

// As docker's FamiliarMatch: the pattern is compared with "name:tag" and with "name".
bool matchesReference(const image::StoredImage& image, const std::string& pattern)
{
    return std::any_of(image.names.begin(), image.names.end(), [&](const std::string& name) {
        const auto reference = oci::Reference::parse(name);
        if (!reference)
            return false;
        const auto matches = [&pattern](const std::string& text) {
            return ::fnmatch(pattern.c_str(), text.c_str(), FNM_PATHNAME) == 0;
        };
        return matches(reference.value().familiar())
            || matches(reference.value().familiarRepository()) || matches(name);
    });
}

Result<bool> accepts(const image::StoredImage& image, const std::string& name,
    const std::string& value, const image::ImageStore& images)
{
    if (name == "reference")
        return matchesReference(image, value);
    if (name == "label")
        return hasLabel(image, value);
    if (name == "label!")
        return !hasLabel(image, value);
    if (name == "dangling") {
        PL_TRY(const bool isWanted, asFlag(name, value));
        return image.names.empty() == isWanted;
    }
    if (name == "until") {
        auto until = parseTimeQuery(value);
        if (!until)
            return badFilter(name, value);
        return createdNs(image) < until.value();
    }
    PL_TRY(const auto other, images.resolve(value));
    return name == "before" ? createdNs(image) < createdNs(other)
                            : createdNs(image) > createdNs(other);
}

} // namespace

std::int64_t createdNs(const image::StoredImage& image)
{
    const auto parsed = parseTimestamp(image.config.created);
    return parsed ? parsed.value() : 0;
}

Result<std::vector<image::StoredImage>> filterImages(std::vector<image::StoredImage> all,
    const ImageFilters& filters, const image::ImageStore& images)
{
    for (const auto& [name, values] : filters)
        if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end())
            return makeError(Errc::InvalidArgument, "invalid filter '" + name + "'");
    std::vector<image::StoredImage> accepted;
    for (image::StoredImage& image : all) {
        bool isAccepted = true;
        for (const auto& [name, values] : filters) {
            // Every label must be there; of the other filters' values one is enough.
            const bool needsAll = name.starts_with("label");
            bool matches = needsAll || values.empty();
            for (const std::string& value : values) {
                PL_TRY(const bool isMatch, accepts(image, name, value, images));
                matches = needsAll ? matches && isMatch : matches || isMatch;
            }
            isAccepted = isAccepted && matches;
        }
        if (isAccepted)
            accepted.push_back(std::move(image));
    }
    return accepted;
}

} // namespace portlight::core
