#include "tests/support/image_store_run.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>

namespace portlight::test {

namespace {

constexpr const char* kCanary = "nobody changes this\n";

class StringSource final : public image::ByteSource {
public:
    explicit StringSource(const std::string& bytes)
        : m_bytes(bytes)
    {
    }
    Result<image::Block> next() override
    {
        auto block = std::make_shared<const std::string>(m_bytes.substr(m_at, image::kBlockBytes));
        m_at += block->size();
        return block;
    }

private:
    const std::string& m_bytes;
    std::size_t m_at = 0;
};

void addNames(std::string& text, const std::string& what, const std::string& directory)
{
    const auto names = image::directoryNames(directory);
    if (!names)
        text += names.error().message + "\n";
    else
        for (const std::string& name : names.value())
            text += what + " " + name + "\n";
}

} // namespace

ImageStoreRun::ImageStoreRun(std::string root)
    : m_root(std::move(root))
{
}

Result<std::unique_ptr<ImageStoreRun>> ImageStoreRun::make()
{
    PL_TRY(auto directory, TempDir::create("/tmp", "portlight-images-"));
    const std::string outside = directory.path() + "/outside";
    PL_TRY(makeDirs(outside));
    PL_TRY(const auto canary, openFile(outside + "/canary", O_WRONLY | O_CREAT, 0644));
    PL_TRY(writeAll(canary, kCanary));
    PL_TRY(auto run, openIn(directory.path()));
    run->m_directory.emplace(std::move(directory));
    PL_TRY(run->m_images->recover());
    return run;
}

Result<std::unique_ptr<ImageStoreRun>> ImageStoreRun::openIn(const std::string& root)
{
    std::unique_ptr<ImageStoreRun> run(new ImageStoreRun(root));
    const std::string store = root + "/store";
    PL_TRY(makeDirs(store));
    PL_TRY(run->m_database, store::Database::open(store + "/state.sqlite"));
    run->m_content = std::make_unique<image::ContentStore>(store + "/blobs/sha256", store + "/tmp");
    run->m_images =
        std::make_unique<image::ImageStore>(*run->m_database, *run->m_content, store + "/layers");
    return run;
}

ImageStoreRun::Imported ImageStoreRun::import(
    const std::string& archive, const image::ImportOptions& options)
{
    return image::importArchive(
        *m_images, *m_content, std::make_unique<StringSource>(archive), "test.tar", options);
}

ImageStoreRun::Imported ImageStoreRun::importFiles(
    const std::vector<std::pair<std::string, std::string>>& files, Compression compression)
{
    PL_TRY(const auto bytes, makeArchive(files, compression));
    return import(bytes);
}

Result<std::string> ImageStoreRun::layerDir(const std::string& imageId, std::size_t at)
{
    PL_TRY(const auto stored, m_images->resolve(imageId));
    return m_images->layerDir(stored.layers.at(at).chainId);
}

std::string ImageStoreRun::damage() const
{
    std::string text;
    addNames(text, "temporary", m_content->temporaryDir());
    const auto canary = readFile(outside() + "/canary");
    if (!canary || canary.value() != kCanary)
        text += "the canary has changed\n";
    std::string beside;
    addNames(beside, "beside", outside());
    if (beside != "beside canary\n")
        text += beside;
    return text;
}

std::string ImageStoreRun::contents() const
{
    std::string text = damage();
    addNames(text, "blob", root() + "/store/blobs/sha256");
    addNames(text, "layer", root() + "/store/layers");
    const auto images = m_images->list();
    if (!images)
        return text + images.error().message + "\n";
    for (const auto& image : images.value())
        text += "image " + image.id + "\n";
    return text;
}

Result<TestImage> imageOfTar(const std::string& reference, const std::string& tar)
{
    TestImage image = TestImage::empty(reference);
    PL_TRY(image.addTarLayer(tar));
    return image;
}

} // namespace portlight::test
