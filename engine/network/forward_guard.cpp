#include "engine/network/forward_guard.h"

#include "engine/base/syscalls.h"

#include <nftables/libnftables.h>

#include <memory>

namespace portlight::network {

namespace {

constexpr const char* kChain = R"nft( {
    set bridges { type ifname; }
    chain forward {
        type filter hook forward priority 5; policy drop;
        iifname @bridges accept
        oifname @bridges accept
    }
}
)nft";

struct Family {
    const char* table;
    const char* setting;
};
constexpr Family kV4 { "ip portlight_forward", "/proc/sys/net/ipv4/ip_forward" };
constexpr Family kV6 { "ip6 portlight_forward", "/proc/sys/net/ipv6/conf/all/forwarding" };

struct ContextDeleter {
    void operator()(nft_ctx* context) const { ::nft_ctx_free(context); }
};

/// What nft said, or its error.
Result<std::string> nft(const std::string& commands)
{
    const std::unique_ptr<nft_ctx, ContextDeleter> context(::nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context)
        return makeError(Errc::Unavailable, "nftables cannot be used");
    ::nft_ctx_buffer_output(context.get());
    ::nft_ctx_buffer_error(context.get());
    if (::nft_run_cmd_from_buffer(context.get(), commands.c_str()) == 0)
        return std::string(::nft_ctx_get_output_buffer(context.get()));
    const std::string text = ::nft_ctx_get_error_buffer(context.get());
    return makeError(Errc::Unavailable, text.substr(0, text.find('\n')));
}

std::string element(const char* verb, const Family& family, const std::string& bridge)
{
    return std::string(verb) + " element " + family.table + " bridges { \"" + bridge + "\" }\n";
}

bool isOn(const Family& family)
{
    const auto value = readFile(family.setting, 64);
    return value && value.value().starts_with('1');
}

Result<void> forward(const Family& family, const std::string& bridge)
{
    if (isOn(family)) {
        // By us, for another bridge: then this one is let through as well.
        static_cast<void>(nft(element("add", family, bridge)).has_value());
        return success();
    }
    auto made = nft("add table " + std::string(family.table) + "\ndelete table " + family.table
        + "\ntable " + family.table + kChain + element("add", family, bridge));
    if (!made)
        return withContext(made.error(), "keep the host from becoming a router for others");
    // A kernel without the family has nothing to turn on.
    static_cast<void>(writeExisting(family.setting, "1").has_value());
    return success();
}

void endForward(const Family& family, const std::string& bridge)
{
    if (!nft(element("delete", family, bridge)))
        return; // it forwarded before us, or not for this bridge
    const auto left = nft("list set " + std::string(family.table) + " bridges");
    if (!left || left.value().find("elements") != std::string::npos)
        return;
    if (!writeExisting(family.setting, "0"))
        return; // then what keeps it from forwarding for others stays as well
    static_cast<void>(nft("delete table " + std::string(family.table)).has_value());
}

} // namespace

Result<void> forwardFor(const std::string& bridge, bool hasV6)
{
    PL_TRY(forward(kV4, bridge));
    return hasV6 ? forward(kV6, bridge) : success();
}

void endForwardingFor(const std::string& bridge)
{
    endForward(kV4, bridge);
    endForward(kV6, bridge);
}

} // namespace portlight::network
