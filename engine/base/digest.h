#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace portlight {

/// A SHA-256 digest as the image spec writes it (descriptor.md, Digests): "sha256:" and 64
/// lower-case hex digits. A Digest always holds a valid one, so its hex part is safe as a file
/// name.
class Digest {
public:
    /// Errors: InvalidArgument for any other algorithm, length or character.
    static Result<Digest> parse(std::string_view text);
    static Digest of(std::string_view bytes);
    static Digest fromHash(const unsigned char (&hash)[32]);

    const std::string& text() const noexcept { return m_text; }
    std::string_view hex() const noexcept { return std::string_view(m_text).substr(7); }

    friend bool operator==(const Digest&, const Digest&) = default;
    friend auto operator<=>(const Digest&, const Digest&) = default;

private:
    explicit Digest(std::string text)
        : m_text(std::move(text))
    {
    }
    std::string m_text;
};

/// Incremental SHA-256 (OpenSSL EVP, which uses the CPU's SHA instructions).
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    void update(const void* bytes, std::size_t size);
    /// Ends the computation; the hasher then starts over.
    Digest finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace portlight
