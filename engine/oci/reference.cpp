#include "engine/oci/reference.h"

#include "engine/base/digest.h"

#include <algorithm>

namespace portlight::oci {

namespace {

constexpr std::string_view kDefaultDomain = "docker.io";
constexpr std::size_t kMaxNameBytes = 255;

bool isLowerOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool isAlphanumeric(char c)
{
    return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z');
}

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool isPathComponent(std::string_view text)
{
    if (text.empty() || !isLowerOrDigit(text.front()) || !isLowerOrDigit(text.back()))
        return false;
    for (std::size_t at = 0; at < text.size();) {
        if (isLowerOrDigit(text[at])) {
            ++at;
            continue;
        }
        const char separator = text[at];
        const std::size_t end = std::min(text.find_first_not_of(separator, at), text.size());
        const std::size_t run = end - at;
        const bool isAllowed =
            separator == '-' || (separator == '.' && run == 1) || (separator == '_' && run <= 2);
        if (!isAllowed || end >= text.size() || !isLowerOrDigit(text[end]))
            return false;
        at = end;
    }
    return true;
}

bool isPath(std::string_view text)
{
    for (;;) {
        const auto slash = text.find('/');
        if (!isPathComponent(text.substr(0, slash)))
            return false;
        if (slash == std::string_view::npos)
            return true;
        text.remove_prefix(slash + 1);
    }
}

bool isHost(std::string_view host)
{
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:")
            == std::string_view::npos;
    if (host.empty() || !isAlphanumeric(host.front()) || !isAlphanumeric(host.back()))
        return false;
    return std::all_of(host.begin(), host.end(), [](char c) {
        return isAlphanumeric(c) || c == '-' || c == '.';
    }) && host.find("..") == std::string_view::npos;
}

bool isDomain(std::string_view text)
{
    const auto colon = text.rfind(':');
    const auto bracket = text.rfind(']');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
        return isHost(text);
    const std::string_view port = text.substr(colon + 1);
    return !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos
        && isHost(text.substr(0, colon));
}

Error invalid(std::string_view text, const char* why)
{
    return makeError(Errc::InvalidArgument,
        "invalid reference format" + (*why != 0 ? ": " + std::string(why) : std::string())
            + (text.size() <= 300 ? " (\"" + std::string(text) + "\")" : std::string()));
}

// A first component is a domain only where it cannot be a path: it has a dot or a port, is
// "localhost", or has upper case.
bool looksLikeDomain(std::string_view first)
{
    return first.find_first_of(".:") != std::string_view::npos || first == "localhost"
        || std::any_of(first.begin(), first.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

} // namespace

bool isValidTag(std::string_view tag)
{
    if (tag.empty() || tag.size() > 128 || !(isAlphanumeric(tag.front()) || tag.front() == '_'))
        return false;
    return std::all_of(tag.begin(), tag.end(),
        [](char c) { return isAlphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

Result<Reference> Reference::parse(std::string_view text)
{
    const std::string_view whole = text;
    Reference reference;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        const auto digest = Digest::parse(text.substr(at + 1));
        if (!digest)
            return invalid(whole, "bad digest");
        reference.m_digest = digest.value().text();
        text = text.substr(0, at);
    }
    const auto colon = text.rfind(':');
    const auto lastSlash = text.rfind('/');
    if (colon != std::string_view::npos
        && (lastSlash == std::string_view::npos || colon > lastSlash)) {
        reference.m_tag = text.substr(colon + 1);
        if (!isValidTag(reference.m_tag))
            return invalid(whole, "bad tag");
        text = text.substr(0, colon);
    }
    reference.m_domain = kDefaultDomain;
    if (const auto slash = text.find('/');
        slash != std::string_view::npos && looksLikeDomain(text.substr(0, slash))) {
        reference.m_domain = text.substr(0, slash);
        text.remove_prefix(slash + 1);
    }
    if (reference.m_domain == "index.docker.io")
        reference.m_domain = kDefaultDomain;
    if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return invalid(whole, "repository name must be lowercase");
    if (!isDomain(reference.m_domain) || !isPath(text))
        return invalid(whole, "");
    reference.m_path = text;
    if (reference.m_domain == kDefaultDomain && text.find('/') == std::string_view::npos)
        reference.m_path = "library/" + reference.m_path;
    if (reference.repository().size() > kMaxNameBytes)
        return invalid({}, "repository name must not be more than 255 characters");
    return reference;
}

std::string Reference::familiarRepository() const
{
    if (m_domain != kDefaultDomain)
        return repository();
    constexpr std::string_view kLibrary = "library/";
    const bool isOfficial =
        m_path.starts_with(kLibrary) && m_path.find('/', kLibrary.size()) == std::string::npos;
    return isOfficial ? m_path.substr(kLibrary.size()) : m_path;
}

std::string Reference::normalized() const
{
    std::string text = repository();
    if (!m_tag.empty())
        text += ":" + m_tag;
    else if (m_digest.empty())
        text += ":latest";
    return m_digest.empty() ? text : text + "@" + m_digest;
}

std::string Reference::familiar() const
{
    return familiarRepository() + normalized().substr(repository().size());
}

Reference Reference::withTag(std::string tag) const
{
    Reference other = *this;
    other.m_tag = std::move(tag);
    other.m_digest.clear();
    return other;
}

} // namespace portlight::oci
