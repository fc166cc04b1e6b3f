#include "engine/image/archive_writer.h"

#include "engine/image/content_store.h"
#include "engine/image/hash_thread.h"
#include "engine/image/tar_header.h"
#include "engine/oci/descriptor.h"
#include "engine/oci/media_types.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

namespace portlight::image {

namespace {

constexpr const char* kBlobPrefix = "blobs/sha256/";

std::string blobPath(const std::string& digest)
{
    return kBlobPrefix + digest.substr(digest.find(':') + 1);
}

/// A file of the archive: bytes made here, or a blob of the store.
struct Member {
    std::string name;
    std::string text;
    std::optional<Digest> blob;
    std::int64_t sizeBytes = 0;
};

Json manifestDescriptors(const ExportedImage& exported, std::int64_t size, ArchiveFormat format)
{
    Json base { { "mediaType", exported.image.manifestMediaType },
        { "digest", exported.image.manifestDigest }, { "size", size } };
    Json platform { { "os", exported.image.config.os },
        { "architecture", exported.image.config.architecture } };
    if (!exported.image.config.variant.empty())
        platform["variant"] = exported.image.config.variant;
    if (!exported.image.config.os.empty() && !exported.image.config.architecture.empty())
        base["platform"] = std::move(platform);
    Json list = Json::array();
    for (const std::string& name : exported.names) {
        Json named = base;
        const auto reference = oci::Reference::parse(name);
        const std::string tag = reference ? reference.value().tag() : std::string();
        named["annotations"] = Json { { "io.containerd.image.name", name },
            { "org.opencontainers.image.ref.name",
                format == ArchiveFormat::Oci || tag.empty() ? name : tag } };
        list.push_back(std::move(named));
    }
    if (list.empty())
        list.push_back(std::move(base));
    return list;
}

Json dockerManifest(const ExportedImage& exported)
{
    Json layers = Json::array();
    Json sources = Json::object();
    for (const StoredLayer& layer : exported.image.layers) {
        layers.push_back(blobPath(layer.blobDigest));
        sources[layer.diffId] = Json { { "mediaType", layer.mediaType },
            { "size", layer.blobBytes }, { "digest", layer.blobDigest } };
    }
    Json tags = nullptr;
    for (const std::string& name : exported.names)
        tags.push_back(ImageStore::familiarName(name));
    return Json { { "Config", blobPath(exported.image.id) }, { "RepoTags", std::move(tags) },
        { "Layers", std::move(layers) }, { "LayerSources", std::move(sources) } };
}

class ArchiveSource final : public ByteSource {
public:
    ArchiveSource(ContentStore& content, std::deque<Member> members)
        : m_content(content)
        , m_members(std::move(members))
    {
    }

    Result<Block> next() override
    {
        if (m_file)
            return nextOfBlob();
        if (m_members.empty()) {
            // Two empty records end a tar.
            const std::size_t end = std::exchange(m_isEnded, true) ? 0 : 2 * kTarRecordBytes;
            return std::make_shared<const std::string>(end, '\0');
        }
        m_current = std::move(m_members.front());
        m_members.pop_front();
        std::string bytes = tarHeader(m_current.name, m_current.sizeBytes);
        if (!m_current.blob) {
            bytes += m_current.text + tarPadding(m_current.sizeBytes);
            return std::make_shared<const std::string>(std::move(bytes));
        }
        PL_TRY(auto file, m_content.open(*m_current.blob));
        m_file = std::make_unique<FileSource>(std::move(file), m_current.blob->text());
        m_hash = std::make_unique<HashThread>();
        m_sent = 0;
        return std::make_shared<const std::string>(std::move(bytes));
    }

private:
    Result<Block> nextOfBlob()
    {
        PL_TRY(auto block, m_file->next());
        m_sent += static_cast<std::int64_t>(block->size());
        if (m_sent > m_current.sizeBytes)
            return damaged("it is longer than it was");
        if (!block->empty()) {
            m_hash->update(block);
            return block;
        }
        m_file.reset();
        const Digest actual = m_hash->finish();
        if (m_sent != m_current.sizeBytes || actual != *m_current.blob)
            return damaged("its bytes have digest " + actual.text());
        std::string padding = tarPadding(m_current.sizeBytes);
        if (padding.empty())
            return next();
        return std::make_shared<const std::string>(std::move(padding));
    }

    Error damaged(const std::string& how) const
    {
        return makeError(
            Errc::Internal, "blob " + m_current.blob->text() + " is damaged on the disk: " + how);
    }

    ContentStore& m_content;
    std::deque<Member> m_members;
    Member m_current;
    std::unique_ptr<FileSource> m_file;
    std::unique_ptr<HashThread> m_hash;
    std::int64_t m_sent = 0;
    bool m_isEnded = false;
};

/// Every blob once, however many images have it.
Result<std::deque<Member>> blobMembers(const ContentStore& content,
    const std::vector<ExportedImage>& images, const std::vector<std::string>& leftOut)
{
    std::set<std::string> digests;
    for (const ExportedImage& exported : images) {
        digests.insert(exported.image.id);
        digests.insert(exported.image.manifestDigest);
        for (const StoredLayer& layer : exported.image.layers)
            if (std::find(leftOut.begin(), leftOut.end(), layer.blobDigest) == leftOut.end())
                digests.insert(layer.blobDigest);
    }
    std::deque<Member> members;
    for (const std::string& text : digests) {
        PL_TRY(auto digest, Digest::parse(text));
        PL_TRY(const auto size, content.sizeBytes(digest));
        members.push_back({ blobPath(text), {}, std::move(digest), size });
    }
    return members;
}

Member textMember(std::string name, std::string text)
{
    const auto size = static_cast<std::int64_t>(text.size());
    return { std::move(name), std::move(text), {}, size };
}

} // namespace

Result<std::unique_ptr<ByteSource>> exportArchive(ContentStore& content,
    std::vector<ExportedImage> images, ArchiveFormat format,
    const std::vector<std::string>& leftOut)
{
    Json manifests = Json::array();
    Json dockerManifests = Json::array();
    for (const ExportedImage& exported : images) {
        PL_TRY(const auto digest, Digest::parse(exported.image.manifestDigest));
        PL_TRY(const auto size, content.sizeBytes(digest));
        for (Json& descriptor : manifestDescriptors(exported, size, format))
            manifests.push_back(std::move(descriptor));
        dockerManifests.push_back(dockerManifest(exported));
    }
    const Json index { { "schemaVersion", 2 }, { "mediaType", std::string(oci::kOciIndex) },
        { "manifests", std::move(manifests) } };
    PL_TRY(auto members, blobMembers(content, images, leftOut));
    // The descriptions first: a reader then knows what it gets before the large blobs come.
    members.push_front(textMember("blobs/sha256/", {}));
    members.push_front(textMember("blobs/", {}));
    if (format == ArchiveFormat::Docker)
        members.push_front(textMember("manifest.json", dumpJson(dockerManifests)));
    members.push_front(textMember("index.json", dumpJson(index)));
    members.push_front(textMember("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
    return readAhead(std::make_unique<ArchiveSource>(content, std::move(members)));
}

} // namespace portlight::image
