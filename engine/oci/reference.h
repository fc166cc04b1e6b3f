#pragma once

#include "engine/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace portlight::oci {

/// An image's name: domain/path[:tag][@digest], normalised as Docker does ("nginx" is
/// "docker.io/library/nginx"). Grammar: distribution-spec spec.md, Pulling manifests.
class Reference {
public:
    /// Errors: InvalidArgument "invalid reference format", as clients know it.
    static Result<Reference> parse(std::string_view text);

    const std::string& domain() const noexcept { return m_domain; }
    const std::string& path() const noexcept { return m_path; }
    const std::string& tag() const noexcept { return m_tag; } ///< empty where none was given
    const std::string& digest() const noexcept { return m_digest; } ///< "sha256:…" or empty

    /// "docker.io/library/nginx"
    std::string repository() const { return m_domain + "/" + m_path; }
    /// "nginx": what people see.
    std::string familiarRepository() const;
    /// "docker.io/library/nginx:latest": the tag, or latest where there is neither tag nor digest.
    std::string normalized() const;
    /// "nginx:latest"
    std::string familiar() const;

    Reference withTag(std::string tag) const;

private:
    std::string m_domain;
    std::string m_path;
    std::string m_tag;
    std::string m_digest;
};

/// True for [A-Za-z0-9_][A-Za-z0-9._-]{0,127}.
bool isValidTag(std::string_view tag);

} // namespace portlight::oci
