#pragma once

#include "engine/base/fd.h"
#include "engine/base/host_port.h"
#include "engine/base/result.h"

#include <sys/socket.h>

namespace portlight::forwarder {

/// Where connections are passed on to.
struct Target {
    sockaddr_storage address {};
    socklen_t size = 0;

    /// Errors: InvalidArgument.
    static Result<Target> of(const HostPort& port);
    /// A socket of @p type on its way to it, non-blocking.
    Result<Fd> connect(int type) const;
};

} // namespace portlight::forwarder
