#include "engine/base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace portlight {

namespace {
constexpr std::string_view kPrefix = "sha256:";
}

Result<Digest> Digest::parse(std::string_view text)
{
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 64
        || !std::all_of(text.begin() + kPrefix.size(), text.end(), isHex))
        return makeError(Errc::InvalidArgument,
            "'" + std::string(text.substr(0, 80)) + "' is not a sha256 digest");
    return Digest(std::string(text));
}

Digest Digest::fromHash(const unsigned char (&hash)[32])
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(kPrefix);
    for (const unsigned char byte : hash) {
        text.push_back(kDigits[byte >> 4U]);
        text.push_back(kDigits[byte & 15U]);
    }
    return Digest(std::move(text));
}

Digest Digest::of(std::string_view bytes)
{
    Hasher hasher;
    hasher.update(bytes.data(), bytes.size());
    return hasher.finish();
}

struct Hasher::State {
    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context { EVP_MD_CTX_new(),
        &EVP_MD_CTX_free };
};

Hasher::Hasher()
    : m_state(std::make_unique<State>())
{
    // These calls fail only without memory or with a crippled OpenSSL: nothing could go on then.
    if (!m_state->context || EVP_DigestInit_ex(m_state->context.get(), EVP_sha256(), nullptr) != 1)
        std::abort();
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(const void* bytes, std::size_t size)
{
    EVP_DigestUpdate(m_state->context.get(), bytes, size);
}

Digest Hasher::finish()
{
    unsigned char hash[32];
    unsigned int size = sizeof hash;
    EVP_DigestFinal_ex(m_state->context.get(), hash, &size);
    EVP_DigestInit_ex(m_state->context.get(), EVP_sha256(), nullptr);
    return Digest::fromHash(hash);
}

} // namespace portlight
