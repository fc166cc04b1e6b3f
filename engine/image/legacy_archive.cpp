#include "engine/image/archive_formats.h"
#include "engine/image/decompress.h"
#include "engine/image/entry_path.h"
#include "engine/oci/manifest.h"
#include "engine/oci/media_types.h"
#include "engine/oci/reference.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <set>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxLayers = 1'000;

/// Reads an archive of Docker before 1.10: a directory for each layer with `json` (parent,
/// configuration) and `layer.tar`, and `repositories` with the names. It has no digests of its own,
/// so configuration and manifest are made here, the same for the same archive.
class LegacyReader {
public:
    explicit LegacyReader(const ArchiveReader& archive)
        : m_archive(archive)
    {
    }

    Result<std::vector<ArchivedImage>> read()
    {
        PL_TRY(const auto names, namesById());
        std::vector<ArchivedImage> images;
        for (const auto& [id, references] : names) {
            PL_TRY(auto image, imageOf(id));
            image.names = references;
            images.push_back(std::move(image));
        }
        return images;
    }

private:
    Error problem(const std::string& text) const
    {
        return makeError(Errc::InvalidArgument, "'" + m_archive.name() + "': " + text);
    }

    Result<std::string> checkedId(const std::string& id) const
    {
        const auto path = entryPath(id);
        if (!path || path.value() != id || id.empty() || id.find('/') != std::string::npos)
            return problem("'" + shownName(id) + "' is no id of a layer");
        return id;
    }

    /// The topmost layer of each image to what it is called.
    Result<std::map<std::string, std::vector<std::string>>> namesById() const
    {
        std::map<std::string, std::vector<std::string>> names;
        if (m_archive.find("repositories") == nullptr)
            return topmost();
        PL_TRY(const auto repositories, m_archive.json("repositories"));
        if (!repositories.is_object())
            return problem("member 'repositories' is no object");
        for (const auto& [repository, tags] : repositories.items()) {
            if (!tags.is_object())
                return problem(
                    "member 'repositories': '" + shownName(repository) + "' has no object of tags");
            for (const auto& [tag, id] : tags.items()) {
                const auto reference = oci::Reference::parse(repository + ":" + tag);
                if (!reference || !id.is_string())
                    return problem("member 'repositories': '" + shownName(repository + ":" + tag)
                        + "' is no name with an id");
                PL_TRY(const auto checked, checkedId(id.get<std::string>()));
                names[checked].push_back(reference.value().normalized());
            }
        }
        return names;
    }

    /// Layers that are nobody's parent.
    Result<std::map<std::string, std::vector<std::string>>> topmost() const
    {
        std::map<std::string, std::vector<std::string>> ids;
        std::set<std::string> parents;
        for (const std::string& path : m_archive.paths()) {
            const auto [directory, name] = splitPath(path);
            if (name != "json" || directory.empty() || directory.find('/') != std::string::npos)
                continue;
            PL_TRY(const auto json, m_archive.json(path));
            const auto parent = jsonString(json, "parent");
            if (!parent)
                return problem("member '" + shownName(path) + "': " + parent.error().message);
            parents.insert(parent.value());
            ids.emplace(directory, std::vector<std::string>());
        }
        std::erase_if(ids, [&parents](const auto& id) { return parents.contains(id.first); });
        return ids;
    }

    Result<ArchivedImage> imageOf(const std::string& topId) const
    {
        std::vector<std::string> ids;
        std::vector<Json> documents;
        for (std::string id = topId; !id.empty();) {
            if (ids.size() >= kMaxLayers || std::find(ids.begin(), ids.end(), id) != ids.end())
                return problem("the parents of layer '" + shownName(topId) + "' have no end");
            PL_TRY(ids.emplace_back(), checkedId(id));
            PL_TRY(auto json, m_archive.json(id + "/json"));
            const auto parent = jsonString(json, "parent");
            if (!json.is_object() || !parent)
                return problem("member '" + shownName(id + "/json") + "' describes no layer");
            id = parent.value();
            documents.push_back(std::move(json));
        }
        std::reverse(ids.begin(), ids.end());
        std::reverse(documents.begin(), documents.end());
        return assemble(ids, documents);
    }

    Result<ArchivedImage> assemble(
        const std::vector<std::string>& ids, const std::vector<Json>& documents) const
    {
        ArchivedImage image;
        std::vector<oci::Descriptor> descriptors;
        Json diffIds = Json::array();
        for (const std::string& id : ids) {
            const ArchiveMember* member = m_archive.find(id + "/layer.tar");
            if (member == nullptr)
                return problem(
                    "member '" + shownName(id + "/layer.tar") + "' is not in the archive");
            PL_TRY(auto diffId, diffIdOf(*member));
            std::string mediaType(layerMediaType(member->head));
            diffIds.push_back(diffId);
            descriptors.push_back({ mediaType, member->digest, member->sizeBytes, {}, {} });
            image.layers.push_back({ member, std::move(diffId), std::move(mediaType) });
        }
        const std::string config = dumpJson(configOf(documents, std::move(diffIds)));
        PL_TRY(image.config, m_archive.addMade(config));
        PL_TRY(const auto json, parseJson(config));
        auto view = oci::imageConfigFromJson(json);
        if (!view)
            return problem(
                "member '" + shownName(ids.back() + "/json") + "': " + view.error().message);
        image.view = std::move(view).value();
        const oci::Descriptor described { std::string(oci::kOciConfig), image.config->digest,
            image.config->sizeBytes, {}, {} };
        image.manifest = oci::manifestText(described, descriptors);
        image.manifestMediaType = oci::kOciManifest;
        image.isManifestMade = true;
        return image;
    }

    /// docker-image-spec v1 to v1.2, as `docker load` migrates it.
    static Json configOf(const std::vector<Json>& documents, Json diffIds)
    {
        Json config = documents.back();
        for (const char* key : { "id", "parent", "Size", "parent_id", "layer_id", "throwaway" })
            config.erase(key);
        if (!config.contains("architecture"))
            config["architecture"] = oci::hostPlatform().architecture;
        if (!config.contains("os"))
            config["os"] = "linux";
        Json history = Json::array();
        for (const Json& document : documents) {
            Json entry = Json::object();
            for (const char* key : { "created", "author", "comment" })
                if (const auto text = jsonString(document, key); text && !text.value().empty())
                    entry[key] = text.value();
            const auto words = jsonStrings(jsonMember(document, "container_config"), "Cmd");
            std::string command;
            if (words)
                for (const std::string& word : words.value())
                    command += (command.empty() ? "" : " ") + word;
            if (!command.empty())
                entry["created_by"] = std::move(command);
            history.push_back(std::move(entry));
        }
        config["history"] = std::move(history);
        config["rootfs"] = Json { { "type", "layers" }, { "diff_ids", std::move(diffIds) } };
        return config;
    }

    Result<std::string> diffIdOf(const ArchiveMember& member) const
    {
        if (detectCompression(member.head) == Compression::None)
            return member.digest.text();
        if (member.file.empty())
            return problem("member '" + shownName(member.path)
                + "' is a compressed layer without a digest: it can be imported, not inspected");
        PL_TRY(auto file, openFile(member.file, O_RDONLY));
        const auto plain =
            decompress(std::make_unique<FileSource>(std::move(file), shownName(member.path)));
        Hasher hasher;
        for (;;) {
            PL_TRY(const auto block, plain->next());
            if (block->empty())
                return hasher.finish().text();
            hasher.update(block->data(), block->size());
        }
    }

    const ArchiveReader& m_archive;
};

} // namespace

bool isLegacyArchive(const ArchiveReader& archive)
{
    if (archive.find("repositories") != nullptr)
        return true;
    const auto paths = archive.paths();
    return std::any_of(paths.begin(), paths.end(), [&archive](const std::string& path) {
        const auto [directory, name] = splitPath(path);
        return name == "layer.tar" && archive.find(directory + "/json") != nullptr;
    });
}

Result<std::vector<ArchivedImage>> legacyArchiveImages(const ArchiveReader& archive)
{
    return LegacyReader(archive).read();
}

} // namespace portlight::image
