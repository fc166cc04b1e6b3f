#pragma once

#include "engine/base/result.h"
#include "engine/image/archive_index.h"
#include "engine/image/member_writer.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;
struct archive_entry;

namespace portlight::image {

class ArchiveHandle;

/// Where the layer of an LXC or Incus image stands among an archive's members once it is made.
inline constexpr std::string_view kSystemLayer = "made/rootfs.tar";

/// Makes a layer's tar of the entries below `rootfs/` of an LXC or Incus image (unified tarball:
/// `metadata.yaml`, `templates/`, `rootfs/`), as they come by.
class SystemLayerWriter {
public:
    /// True for what belongs to the tree.
    static bool takes(const std::string& path);

    /// @p file may be closed, then the layer is hashed only.
    static Result<std::unique_ptr<SystemLayerWriter>> create(Fd file);
    ~SystemLayerWriter();
    SystemLayerWriter(const SystemLayerWriter&) = delete;
    SystemLayerWriter& operator=(const SystemLayerWriter&) = delete;

    /// Takes the entry that @p from stands at over, with its data. @p path is its checked name.
    Result<void> add(ArchiveHandle& from, archive_entry* entry, const std::string& path);
    std::int64_t bytes() const { return m_writer.bytes(); }
    /// Ends the tar. Call once, last.
    Result<Digest> finish();

private:
    explicit SystemLayerWriter(Fd file);
    static long writeCallback(archive* handle, void* self, const void* data, std::size_t size);
    Error failure() const;

    struct Deleter {
        void operator()(archive* handle) const;
    };
    MemberWriter m_writer;
    std::optional<Error> m_error;
    std::unique_ptr<archive, Deleter> m_archive;
};

/// True where @p archive has an LXC or Incus image's description.
bool isSystemImage(const ArchiveReader& archive);
/// The image, with a configuration made of metadata.yaml. Errors as imagesIn(); InvalidArgument
/// where the tree is in another file ("split" images).
Result<std::vector<ArchivedImage>> systemImages(const ArchiveReader& archive);

} // namespace portlight::image
