#include "engine/store/image_table.h"

namespace portlight::store {

namespace {

Result<std::vector<std::string>> texts(SqliteStatement& statement)
{
    std::vector<std::string> found;
    for (;;) {
        PL_TRY(const bool isRow, statement.step());
        if (!isRow)
            return found;
        found.push_back(statement.text(0));
    }
}

Result<std::string> firstText(SqliteStatement& statement)
{
    PL_TRY(const bool isRow, statement.step());
    return isRow ? statement.text(0) : std::string();
}

} // namespace

Result<std::vector<std::string>> imageIds(SqliteDatabase& database)
{
    PL_TRY(
        auto statement, database.prepare("SELECT id FROM image ORDER BY imported_at_ns DESC, id"));
    return texts(statement);
}

Result<std::vector<std::string>> imageIdsByPrefix(
    SqliteDatabase& database, const std::string& hexPrefix)
{
    PL_TRY(auto statement,
        database.prepare("SELECT id FROM image WHERE id >= ?1 AND id < ?2 LIMIT 2"));
    // 'g' sorts behind every hex digit.
    statement.bind(1, "sha256:" + hexPrefix).bind(2, "sha256:" + hexPrefix + "g");
    return texts(statement);
}

Result<std::string> imageIdByName(SqliteDatabase& database, const std::string& reference)
{
    PL_TRY(
        auto statement, database.prepare("SELECT image_id FROM image_name WHERE reference = ?1"));
    statement.bind(1, reference);
    return firstText(statement);
}

Result<std::string> imageIdByDigest(
    SqliteDatabase& database, const std::string& repository, const std::string& manifestDigest)
{
    PL_TRY(auto exact,
        database.prepare(
            "SELECT image_id FROM image_digest WHERE repository = ?1 AND digest = ?2"));
    exact.bind(1, repository).bind(2, manifestDigest);
    PL_TRY(auto id, firstText(exact));
    if (!id.empty())
        return id;
    PL_TRY(auto statement,
        database.prepare("SELECT image.id FROM image JOIN image_name ON image_id = image.id "
                         "WHERE manifest_digest = ?1 AND reference >= ?2 AND reference < ?3"));
    // A tag follows a colon, and ';' sorts right behind it.
    statement.bind(1, manifestDigest).bind(2, repository + ":").bind(3, repository + ";");
    return firstText(statement);
}

Result<ImageRow> imageRow(SqliteDatabase& database, const std::string& id)
{
    PL_TRY(auto statement,
        database.prepare("SELECT manifest_digest, manifest_media_type, imported_at_ns "
                         "FROM image WHERE id = ?1"));
    statement.bind(1, id);
    PL_TRY(const bool isRow, statement.step());
    if (!isRow)
        return makeError(Errc::NotFound, "No such image: " + id);
    return ImageRow { id, statement.text(0), statement.text(1), statement.number(2) };
}

Result<std::vector<ImageNameRow>> imageNames(SqliteDatabase& database, const std::string& id)
{
    PL_TRY(auto statement,
        database.prepare("SELECT reference, tagged_at_ns FROM image_name WHERE image_id = ?1 "
                         "ORDER BY reference"));
    statement.bind(1, id);
    std::vector<ImageNameRow> names;
    for (;;) {
        PL_TRY(const bool isRow, statement.step());
        if (!isRow)
            return names;
        names.push_back({ statement.text(0), statement.number(1) });
    }
}

Result<std::vector<ImageDigestRow>> imageDigests(SqliteDatabase& database, const std::string& id)
{
    PL_TRY(auto statement,
        database.prepare("SELECT repository, digest FROM image_digest WHERE image_id = ?1 "
                         "ORDER BY repository, digest"));
    statement.bind(1, id);
    std::vector<ImageDigestRow> rows;
    for (;;) {
        PL_TRY(const bool isRow, statement.step());
        if (!isRow)
            return rows;
        rows.push_back({ statement.text(0), statement.text(1) });
    }
}

Result<std::vector<ImageLayerRow>> imageLayers(SqliteDatabase& database, const std::string& id)
{
    PL_TRY(auto statement,
        database.prepare("SELECT layer.chain_id, diff_id, blob_digest, media_type, blob_bytes, "
                         "size_bytes FROM image_layer JOIN layer USING (chain_id) "
                         "WHERE image_id = ?1 ORDER BY position"));
    statement.bind(1, id);
    std::vector<ImageLayerRow> layers;
    for (;;) {
        PL_TRY(const bool isRow, statement.step());
        if (!isRow)
            return layers;
        layers.push_back({ statement.text(0), statement.text(1), statement.text(2),
            statement.text(3), statement.number(4), statement.number(5) });
    }
}

Result<void> putImage(
    SqliteDatabase& database, const ImageRow& row, const std::vector<ImageLayerRow>& layers)
{
    PL_TRY(auto image,
        database.prepare("INSERT INTO image VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE "
                         "SET manifest_digest = ?2, manifest_media_type = ?3"));
    image.bind(1, row.id).bind(2, row.manifestDigest).bind(3, row.manifestMediaType);
    PL_TRY(image.bind(4, row.importedAtNs).run());
    PL_TRY(auto old, database.prepare("DELETE FROM image_layer WHERE image_id = ?1"));
    PL_TRY(old.bind(1, row.id).run());
    std::int64_t position = 0;
    for (const ImageLayerRow& layer : layers) {
        PL_TRY(auto statement,
            database.prepare("INSERT INTO image_layer VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
        statement.bind(1, row.id).bind(2, position++).bind(3, layer.chainId);
        statement.bind(4, layer.blobDigest).bind(5, layer.blobBytes).bind(6, layer.mediaType);
        PL_TRY(statement.run());
    }
    return success();
}

Result<void> setImageName(SqliteDatabase& database, const std::string& reference,
    const std::string& imageId, std::int64_t taggedAtNs)
{
    PL_TRY(
        auto statement, database.prepare("INSERT OR REPLACE INTO image_name VALUES (?1, ?2, ?3)"));
    statement.bind(1, reference).bind(2, imageId).bind(3, taggedAtNs);
    return statement.run();
}

Result<void> setImageDigest(
    SqliteDatabase& database, const ImageDigestRow& row, const std::string& imageId)
{
    PL_TRY(auto statement,
        database.prepare("INSERT OR REPLACE INTO image_digest VALUES (?1, ?2, ?3)"));
    statement.bind(1, row.repository).bind(2, row.digest).bind(3, imageId);
    return statement.run();
}

Result<void> deleteImageDigests(
    SqliteDatabase& database, const std::string& imageId, const std::string& repository)
{
    PL_TRY(auto statement,
        database.prepare("DELETE FROM image_digest WHERE image_id = ?1 AND repository = ?2"));
    statement.bind(1, imageId).bind(2, repository);
    return statement.run();
}

Result<void> deleteImageName(SqliteDatabase& database, const std::string& reference)
{
    PL_TRY(auto statement, database.prepare("DELETE FROM image_name WHERE reference = ?1"));
    return statement.bind(1, reference).run();
}

Result<void> deleteImage(SqliteDatabase& database, const std::string& id)
{
    PL_TRY(auto statement, database.prepare("DELETE FROM image WHERE id = ?1"));
    return statement.bind(1, id).run();
}

Result<bool> hasLayerRow(SqliteDatabase& database, const std::string& chainId)
{
    PL_TRY(auto statement, database.prepare("SELECT 1 FROM layer WHERE chain_id = ?1"));
    return statement.bind(1, chainId).step();
}

Result<void> insertLayer(SqliteDatabase& database, const std::string& chainId,
    const std::string& diffId, std::int64_t sizeBytes)
{
    PL_TRY(auto statement, database.prepare("INSERT OR IGNORE INTO layer VALUES (?1, ?2, ?3)"));
    return statement.bind(1, chainId).bind(2, diffId).bind(3, sizeBytes).run();
}

Result<std::vector<std::string>> deleteUnusedLayers(SqliteDatabase& database)
{
    PL_TRY(auto statement,
        database.prepare("SELECT chain_id FROM layer WHERE NOT EXISTS (SELECT 1 FROM image_layer "
                         "WHERE image_layer.chain_id = layer.chain_id)"));
    PL_TRY(auto unused, texts(statement));
    for (const std::string& chainId : unused) {
        PL_TRY(auto removal, database.prepare("DELETE FROM layer WHERE chain_id = ?1"));
        PL_TRY(removal.bind(1, chainId).run());
    }
    return unused;
}

Result<std::vector<std::string>> layerChainIds(SqliteDatabase& database)
{
    PL_TRY(auto statement, database.prepare("SELECT chain_id FROM layer"));
    return texts(statement);
}

Result<std::vector<std::string>> neededBlobs(SqliteDatabase& database)
{
    PL_TRY(auto statement,
        database.prepare("SELECT id FROM image UNION SELECT manifest_digest FROM image "
                         "UNION SELECT blob_digest FROM image_layer "
                         "UNION SELECT digest FROM image_digest"));
    return texts(statement);
}

} // namespace portlight::store
