#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>
#include <string_view>

/// Unix sockets by path, and descriptors sent over them: unix(7).
namespace portlight::runtime {

/// Connects to the socket @p path of @p type (SOCK_STREAM, SOCK_SEQPACKET), however long the path
/// is. Errors: NotFound, Unavailable naming the path.
Result<Fd> connectUnix(const std::string& path, int type);

/// Listens at @p name, a new entry of the directory @p directory.
Result<Fd> listenUnix(const Fd& directory, const std::string& name, int type);

/// Sends @p text with @p attachment (SCM_RIGHTS) in one message.
Result<void> sendWithDescriptor(const Fd& socket, std::string_view text, int attachment);

} // namespace portlight::runtime
