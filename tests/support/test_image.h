#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>
#include <utility>
#include <vector>

namespace portlight::test {

/// One entry of a layer. Names and targets are written as they are: tests of bad input put ".." and
/// absolute paths here.
struct TarEntry {
    enum class Type { File, Directory, Symlink, Hardlink, CharacterDevice, Fifo };
    Type type = Type::File;
    std::string path {};
    std::string content {}; ///< File: bytes; Symlink and Hardlink: the target
    unsigned mode = 0755;
    unsigned uid = 0;
    unsigned gid = 0;
};

enum class Compression { None, Gzip, Zstd, Xz, Bzip2 };

/// @p bytes as a stream of that format.
Result<std::string> compress(const std::string& bytes, Compression compression);

/// A tar of @p entries in their order, all with time 0. Errors as libarchive has them.
Result<std::string> makeTar(
    const std::vector<TarEntry>& entries, Compression compression = Compression::None);

/// Builds an image and writes it as an archive, in the forms that `docker save` and OCI tools write
/// (docker-image-spec v1.2; image-spec image-layout.md). Members are public: a test changes
/// whatever it wants to be wrong before writing.
struct TestImage {
    struct Layer {
        std::string diffId {}; ///< of the uncompressed tar
        std::string blob {}; ///< the layer's bytes as they are stored
        Compression compression = Compression::None;
    };
    std::string reference {}; ///< "payload:test"; may be empty
    Json config {}; ///< the image's configuration
    std::vector<Layer> layers {};

    /// An image without layers for this machine's architecture.
    static TestImage empty(std::string reference);
    /// One layer with the static payload program as /payload, which is also the entry point, and
    /// the usual directories; @p words is its command.
    static Result<TestImage> payload(std::string reference,
        std::vector<std::string> words = { "hold" }, Compression compression = Compression::None);

    /// Adds a layer, and its diff id to the configuration.
    Result<void> addLayer(
        const std::vector<TarEntry>& entries, Compression compression = Compression::None);

    /// Adds @p tar, which may be anything at all, as a layer.
    Result<void> addTarLayer(const std::string& tar, Compression compression = Compression::None);

    std::string configText() const { return dumpJson(config); }
    /// The image's id: the digest of its configuration.
    std::string id() const;
    /// The files of both forms, in the order in which they are written.
    std::vector<std::pair<std::string, std::string>> dockerFiles() const;
    std::vector<std::pair<std::string, std::string>> ociFiles() const;
    /// Both in one, as Docker 25 and newer write it: manifest.json names the layout's blobs.
    std::vector<std::pair<std::string, std::string>> combinedFiles() const;
    /// The OCI manifest of ociFiles().
    Json ociManifest() const;
    /// The layout of ociFiles() around another manifest.
    std::vector<std::pair<std::string, std::string>> ociFilesAround(
        const std::string& manifestText) const;
};

/// The bytes of an archive of @p files (name, bytes), compressed as a whole where asked for.
Result<std::string> makeArchive(const std::vector<std::pair<std::string, std::string>>& files,
    Compression compression = Compression::None);
/// Writes such an archive to @p path.
Result<void> writeArchive(const std::string& path,
    const std::vector<std::pair<std::string, std::string>>& files,
    Compression compression = Compression::None);

} // namespace portlight::test
