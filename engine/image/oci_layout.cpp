#include "engine/image/archive_formats.h"

#include "engine/image/entry_path.h"
#include "engine/oci/manifest.h"
#include "engine/oci/media_types.h"
#include "engine/oci/reference.h"

#include <algorithm>
#include <cctype>

namespace portlight::image {

namespace {

constexpr int kMaxIndexDepth = 8;
constexpr std::size_t kMaxManifests = 10'000;
constexpr const char* kRefName = "org.opencontainers.image.ref.name";
constexpr const char* kImageName = "io.containerd.image.name";

/// A single image's manifest that some index points to.
struct Candidate {
    oci::Descriptor descriptor;
    oci::Platform platform;
    std::string key; ///< candidates of one key are one image for several platforms
    std::vector<std::string> names;
};

class LayoutReader {
public:
    LayoutReader(const ArchiveReader& archive, const std::optional<oci::Platform>& wanted)
        : m_archive(archive)
        , m_wanted(wanted ? *wanted : oci::hostPlatform())
        , m_isPlatformAsked(wanted.has_value())
    {
    }

    Result<std::vector<ArchivedImage>> read()
    {
        PL_TRY(checkLayoutVersion());
        PL_TRY(const auto text, m_archive.text("index.json"));
        PL_TRY(const auto index, parseIndex(text, "member 'index.json'"));
        std::vector<ArchivedImage> images;
        std::size_t position = 0;
        for (const oci::Descriptor& descriptor : index.manifests) {
            // Several platforms of one name may stand in index.json itself; without a name, each
            // manifest is an image of its own unless it has a platform.
            const auto names = namesOf(descriptor);
            const std::string key = !names.empty() ? names.front()
                : oci::isIndexType(descriptor.mediaType) || !descriptor.platform
                ? "#" + std::to_string(position)
                : "#platforms";
            ++position;
            PL_TRY(collect(descriptor, key, names, 0));
        }
        while (!m_candidates.empty()) {
            PL_TRY(auto image, chooseNext());
            if (image)
                images.push_back(std::move(*image));
        }
        return images;
    }

private:
    Error problem(const std::string& text, Errc code = Errc::InvalidArgument) const
    {
        return makeError(code, "'" + m_archive.name() + "': " + text);
    }

    Result<void> checkLayoutVersion() const
    {
        PL_TRY(const auto json, m_archive.json("oci-layout"));
        const auto version = jsonString(json, "imageLayoutVersion");
        if (!version || !version.value().starts_with("1."))
            return problem("member 'oci-layout': imageLayoutVersion is not 1.x");
        return success();
    }

    Result<oci::Index> parseIndex(const std::string& text, const std::string& what) const
    {
        auto json = parseJson(text);
        auto index = json ? oci::indexFromJson(json.value()) : Result<oci::Index>(json.error());
        if (!index)
            return problem(what + ": " + index.error().message);
        return index;
    }

    static std::vector<std::string> namesOf(const oci::Descriptor& descriptor)
    {
        std::vector<std::string> names;
        for (const char* key : { kImageName, kRefName }) {
            const auto found = descriptor.annotations.find(key);
            if (found == descriptor.annotations.end() || !names.empty())
                continue;
            // The specification allows a bare tag here, which names no image.
            const std::string& text = found->second;
            const bool isTag = text == "latest"
                || (text.find_first_of("/:") == std::string::npos && !text.empty()
                    && (std::isdigit(static_cast<unsigned char>(text[0])) != 0
                        || (text[0] == 'v' && text.size() > 1
                            && std::isdigit(static_cast<unsigned char>(text[1])) != 0)));
            if (const auto reference = oci::Reference::parse(text); reference && !isTag)
                names.push_back(reference.value().normalized());
        }
        return names;
    }

    /// The member that @p descriptor points to, compared with what it says.
    Result<const ArchiveMember*> blob(const oci::Descriptor& descriptor) const
    {
        const std::string path = "blobs/sha256/" + std::string(descriptor.digest.hex());
        const ArchiveMember* member = m_archive.find(path);
        if (member == nullptr)
            return problem("blob " + descriptor.digest.text() + " is not in the archive");
        if (member->digest != descriptor.digest)
            return problem("member '" + path + "': digest mismatch: expected "
                + descriptor.digest.text() + ", actual " + member->digest.text());
        if (member->sizeBytes != descriptor.sizeBytes)
            return problem("blob " + descriptor.digest.text() + ": size mismatch: expected "
                + std::to_string(descriptor.sizeBytes) + " bytes, actual "
                + std::to_string(member->sizeBytes));
        return member;
    }

    Result<void> collect(const oci::Descriptor& descriptor, const std::string& key,
        const std::vector<std::string>& names, int depth)
    {
        if (depth > kMaxIndexDepth || m_candidates.size() >= kMaxManifests
            || ++m_visited > kMaxManifests)
            return problem("its indexes are nested too deeply or list too much");
        if (!oci::isIndexType(descriptor.mediaType)) {
            if (isImage(descriptor))
                m_candidates.push_back(
                    { descriptor, descriptor.platform.value_or(oci::Platform {}), key, names });
            return success();
        }
        PL_TRY(const ArchiveMember* member, blob(descriptor));
        PL_TRY(const auto text, m_archive.text(*member));
        PL_TRY(const auto index, parseIndex(text, "index " + descriptor.digest.text()));
        for (const oci::Descriptor& child : index.manifests) {
            PL_TRY(collect(child, key, names, depth + 1));
        }
        return success();
    }

    // Attestations and other artifacts stand beside images in indexes.
    static bool isImage(const oci::Descriptor& descriptor)
    {
        if (!oci::isManifestType(descriptor.mediaType) && !descriptor.mediaType.empty())
            return false;
        return !descriptor.annotations.contains("vnd.docker.reference.type")
            && !(descriptor.platform && descriptor.platform->os == "unknown");
    }

    /// Takes the candidates of one image out and reads the one that fits best.
    Result<std::optional<ArchivedImage>> chooseNext()
    {
        std::vector<Candidate> group;
        const std::string key = m_candidates.front().key;
        for (auto at = m_candidates.begin(); at != m_candidates.end();) {
            if (at->key == key) {
                group.push_back(std::move(*at));
                at = m_candidates.erase(at);
            } else {
                ++at;
            }
        }
        // A multi-platform index is often saved with one platform's blobs only (docker, podman).
        std::vector<Candidate> present;
        for (const Candidate& candidate : group)
            if (m_archive.find("blobs/sha256/" + std::string(candidate.descriptor.digest.hex())))
                present.push_back(candidate);
        if (present.empty()) {
            PL_TRY(blob(group.front().descriptor));
        }
        PL_TRY(const Candidate* chosen, choose(present));
        PL_TRY(auto image, readImage(*chosen));
        return std::optional(std::move(image));
    }

    Result<const Candidate*> choose(const std::vector<Candidate>& group) const
    {
        const Candidate* best = nullptr;
        int bestMatch = 0;
        std::string offered;
        for (const Candidate& candidate : group) {
            const int match = oci::platformMatch(m_wanted, candidate.platform);
            if (match > bestMatch) {
                best = &candidate;
                bestMatch = match;
            }
            offered += (offered.empty() ? "" : ", ") + oci::platformText(candidate.platform);
        }
        // One image alone is what somebody wants, also when it is for another machine.
        if (best == nullptr && group.size() == 1
            && (!m_isPlatformAsked || group.front().platform.os.empty()))
            best = &group.front();
        if (best == nullptr)
            return problem("no image for platform " + oci::platformText(m_wanted)
                    + " in it; there is " + offered,
                Errc::NotFound);
        return best;
    }

    Result<ArchivedImage> readImage(const Candidate& candidate) const
    {
        const std::string what = "manifest " + candidate.descriptor.digest.text();
        ArchivedImage image;
        image.names = candidate.names;
        PL_TRY(const ArchiveMember* member, blob(candidate.descriptor));
        PL_TRY(image.manifest, m_archive.text(*member));
        auto json = parseJson(image.manifest);
        auto manifest =
            json ? oci::manifestFromJson(json.value()) : Result<oci::Manifest>(json.error());
        if (!manifest)
            return problem(what + ": " + manifest.error().message);
        if (!candidate.descriptor.mediaType.empty()
            && manifest.value().mediaType != candidate.descriptor.mediaType
            && json.value().contains("mediaType"))
            return problem(what + ": its media type is '" + manifest.value().mediaType
                + "', the index says '" + candidate.descriptor.mediaType + "'");
        image.manifestMediaType = candidate.descriptor.mediaType.empty()
            ? manifest.value().mediaType
            : candidate.descriptor.mediaType;
        PL_TRY(image.config, blob(manifest.value().config));
        PL_TRY(readConfig(image));
        return addLayers(manifest.value(), std::move(image));
    }

    Result<void> readConfig(ArchivedImage& image) const
    {
        PL_TRY(const auto text, m_archive.text(*image.config));
        auto json = parseJson(text);
        auto view =
            json ? oci::imageConfigFromJson(json.value()) : Result<oci::ImageConfig>(json.error());
        if (!view)
            return problem(
                "configuration " + image.config->digest.text() + ": " + view.error().message);
        image.view = std::move(view).value();
        return success();
    }

    Result<ArchivedImage> addLayers(const oci::Manifest& manifest, ArchivedImage image) const
    {
        if (manifest.layers.size() != image.view.diffIds.size())
            return problem("the manifest lists " + std::to_string(manifest.layers.size())
                + " layers, the image configuration " + std::to_string(image.view.diffIds.size())
                + " diff_ids");
        for (std::size_t at = 0; at < manifest.layers.size(); ++at) {
            PL_TRY(const ArchiveMember* member, blob(manifest.layers[at]));
            image.layers.push_back(
                { member, image.view.diffIds[at], manifest.layers[at].mediaType });
        }
        return image;
    }

    const ArchiveReader& m_archive;
    oci::Platform m_wanted;
    bool m_isPlatformAsked;
    std::vector<Candidate> m_candidates;
    std::size_t m_visited = 0;
};

} // namespace

Result<std::vector<ArchivedImage>> ociLayoutImages(
    const ArchiveReader& archive, const std::optional<oci::Platform>& wanted)
{
    return LayoutReader(archive, wanted).read();
}

} // namespace portlight::image
