#include "engine/network/name_sockets.h"

#include "engine/base/host_port.h"
#include "engine/network/network_namespace.h"

#include <nftables/libnftables.h>

#include <memory>

namespace portlight::network {

namespace {

struct ContextDeleter {
    void operator()(nft_ctx* context) const { ::nft_ctx_free(context); }
};

/// Rewrites the port of single packets on their way out of their sender, there and back.
std::string rules(const std::string& address, std::uint16_t port)
{
    const std::string own = std::to_string(port);
    std::string text = "add table ip portlight_names\ndelete table ip portlight_names\n"
                       "table ip portlight_names { chain out { "
                       "type filter hook output priority -150;\n";
    for (const auto* protocol : { "udp", "tcp" }) {
        const std::string name = protocol;
        text +=
            "ip daddr " + address + " " + name + " dport 53 " + name + " dport set " + own + "\n";
        text +=
            "ip saddr " + address + " " + name + " sport " + own + " " + name + " sport set 53\n";
    }
    return text + "}\n}\n";
}

Result<void> addRules(const std::string& address, std::uint16_t port)
{
    const std::unique_ptr<nft_ctx, ContextDeleter> context(::nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context)
        return makeError(Errc::Unavailable, "nftables cannot be used");
    ::nft_ctx_buffer_output(context.get());
    ::nft_ctx_buffer_error(context.get());
    if (::nft_run_cmd_from_buffer(context.get(), rules(address, port).c_str()) == 0)
        return success();
    const std::string text = ::nft_ctx_get_error_buffer(context.get());
    return makeError(Errc::Unavailable,
        "lead a container's port 53 to its name server: " + text.substr(0, text.find('\n')));
}

} // namespace

Result<NameSockets> openNameSockets(const Fd& space, const std::string& address, std::uint16_t port)
{
    NameSockets sockets;
    PL_TRY(runInNamespace(space, [&]() -> Result<void> {
        PL_TRY(addRules(address, port));
        PL_TRY(sockets.udp, openHostPort({ "udp", address, port }));
        PL_TRY(sockets.tcp, openHostPort({ "tcp", address, port }));
        return success();
    }));
    return sockets;
}

} // namespace portlight::network
