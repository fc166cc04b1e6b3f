#include "engine/base/syscalls.h"
#include "engine/image/blob_download.h"
#include "engine/image/content_store.h"
#include "engine/image/image_store.h"
#include "engine/store/database.h"
#include "engine/store/image_table.h"

#include <set>

// What no image owns: found at start, and after what takes something from an image.

namespace portlight::image {

namespace {

constexpr std::string_view kSha256 = "sha256:";

} // namespace

Result<std::vector<std::string>> ImageStore::collectUnowned()
{
    std::vector<std::string> collected;
    std::vector<std::string> chains;
    std::vector<std::string> blobs;
    PL_TRY(m_database.transact([&](SqliteDatabase& database) -> Result<void> {
        PL_TRY(chains, store::layerChainIds(database));
        PL_TRY(blobs, store::neededBlobs(database));
        return success();
    }));
    const std::set<std::string> ownedLayers(chains.begin(), chains.end());
    const std::set<std::string> ownedBlobs(blobs.begin(), blobs.end());
    PL_TRY(const auto present, m_content.list());
    for (const Digest& digest : present)
        if (!ownedBlobs.contains(digest.text())) {
            PL_TRY(m_content.remove(digest));
            collected.push_back("blob " + digest.text() + " without an image");
        }
    PL_TRY(const auto layers, directoryNames(m_layersDir));
    for (const std::string& name : layers)
        if (!ownedLayers.contains(std::string(kSha256) + name)) {
            PL_TRY(removeTree(m_layersDir + "/" + name));
            collected.push_back("layer " + name + " without an image");
        }
    return collected;
}

Result<std::vector<std::string>> ImageStore::recover()
{
    const std::lock_guard lock(m_changes);
    PL_TRY(m_content.prepare());
    PL_TRY(makeDirs(m_layersDir));
    std::vector<std::string> collected;
    PL_TRY(const auto rests, directoryNames(m_content.temporaryDir()));
    for (const std::string& name : rests)
        if (name.starts_with("import-") || name.starts_with("removed-")) {
            PL_TRY(removeTree(m_content.temporaryDir() + "/" + name));
            collected.push_back("unfinished work '" + name + "'");
        }
    PL_TRY(const auto downloads, collectDownloads(m_content.downloadsDir()));
    PL_TRY(auto unowned, collectUnowned());
    collected.insert(collected.end(), downloads.begin(), downloads.end());
    collected.insert(collected.end(), unowned.begin(), unowned.end());
    return collected;
}

} // namespace portlight::image
