#pragma once

#include "engine/base/temp_dir.h"
#include "engine/image/content_store.h"
#include "engine/image/image_importer.h"
#include "engine/image/image_store.h"
#include "engine/store/database.h"
#include "tests/support/test_image.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portlight::test {

/// An image store of a test's own, without an engine, and beside it a directory that nothing may
/// touch.
class ImageStoreRun {
public:
    using Imported = Result<std::vector<image::ImportedImage>>;

    static Result<std::unique_ptr<ImageStoreRun>> make();
    /// Another process' view of the store at @p root, which stays its maker's.
    static Result<std::unique_ptr<ImageStoreRun>> openIn(const std::string& root);

    Imported import(const std::string& archive, const image::ImportOptions& options = {});
    /// Packs @p files first.
    Imported importFiles(const std::vector<std::pair<std::string, std::string>>& files,
        Compression compression = Compression::None);

    image::ImageStore& images() { return *m_images; }
    image::ContentStore& content() { return *m_content; }
    const std::string& root() const { return m_root; } ///< holds store/ and outside/
    std::string outside() const { return root() + "/outside"; }
    /// From an unpacked layer's root to outside(), while it is imported.
    static std::string upToOutside() { return "../../../../outside"; }
    /// The directory of layer @p at of @p imageId, unpacked.
    Result<std::string> layerDir(const std::string& imageId, std::size_t at);
    /// What is wrong besides: files left in the temporary directory, or a changed outside(). Empty
    /// is right.
    std::string damage() const;
    /// damage(), and whatever the store holds.
    std::string contents() const;

private:
    explicit ImageStoreRun(std::string root);

    std::string m_root;
    std::optional<TempDir> m_directory;
    std::unique_ptr<store::Database> m_database;
    std::unique_ptr<image::ContentStore> m_content;
    std::unique_ptr<image::ImageStore> m_images;
};

/// An image with one layer whose tar is @p tar.
Result<TestImage> imageOfTar(const std::string& reference, const std::string& tar);

} // namespace portlight::test
