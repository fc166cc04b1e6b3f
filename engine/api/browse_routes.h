#pragma once

#include "engine/api/router.h"
#include "engine/core/file_browser.h"

namespace portlight::api {

/// Our own calls on the files of containers (running or not), volumes and images. OWNER is
/// /portlight/v1/containers/{id}, /portlight/v1/volumes/{name} or /portlight/v1/images/{name}.
/// Every path is absolute and resolved with the owner's root as "/": symlinks are followed inside
/// of it, "..", absolute and swapped links cannot leave it. No program of the container is run.
///
/// - GET OWNER/files?path=/&limit=1000&after=TOKEN (limit 1 to 10000) answers
///   `{"Path": where the path leads to, "ReadOnly": nothing can be changed here,
///     "Entry": {…} the object itself,
///     "Entries": [{…}] of a directory, by the bytes of their names; null for anything else,
///     "Total": entries of the whole directory,
///     "Next": "" or the TOKEN to go on after}`. An entry is
///   `{"Name", "Type": "file|directory|symlink|fifo|socket|block|character", "Size": bytes,
///     "Mode": permission and set-id bits as a number (0644 is 420), "Uid", "Gid": as the container
///     sees them, "ModifiedAt": RFC 3339 with nanoseconds,
///     "LinkTarget": what a symlink says, otherwise "",
///     "Change": "", "added", "changed" or "removed" by the container against its image; of a
///     removed one the rest is as the image has it}`.
///   A name that is not UTF-8 has its broken bytes replaced in "Name"; "EncodedName" has it percent
///   encoded then, as it can be put into a path here. 400, 404.
/// - GET OWNER/files/content?path=&offset=0&length= answers the bytes of a regular file
///   (application/octet-stream) with the headers X-Portlight-File-Size and
///   X-Portlight-Modified-At. 400 for anything but a regular file, 404.
/// - PUT OWNER/files/content?path=&mode=0644&uid=&gid=&new=&expected= writes the body (at most
///   4 GiB) to the file, made where it is missing; readers see the old or the new content. mode
///   (octal), uid and gid are those of the file that is replaced, of the directory for a new one,
///   unless given. new=1: nothing may be there; expected=ModifiedAt: the file must still have it.
///   204, 400, 403 read-only, 404, 409.
/// - POST OWNER/files/directory?path=&mode=0755&uid=&gid=&parents= makes a directory. 201, as
///   above.
/// - POST OWNER/files/rename?path=&to=&overwrite= renames or moves. 204, as above, 409 where `to`
///   is there.
/// - DELETE OWNER/files?path=&recursive= removes a file, link or empty directory, with recursive=1
///   all below it. 204, as above, 409 for a directory that is not empty.
class BrowseRoutes {
public:
    explicit BrowseRoutes(core::FileBrowser& files)
        : m_files(files)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void registerOn(Router& router);

private:
    using Kind = core::FileOwner::Kind;
    Task<Response> list(Request request, core::FileOwner owner);
    Task<Response> read(Request request, core::FileOwner owner);
    Task<Response> write(Request request, core::FileOwner owner);
    Task<Response> makeDirectory(Request request, core::FileOwner owner);
    Task<Response> rename(Request request, core::FileOwner owner);
    Task<Response> remove(Request request, core::FileOwner owner);

    core::FileBrowser& m_files;
};

} // namespace portlight::api
