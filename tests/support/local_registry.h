#pragma once

#include "engine/base/result.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>
#include <string>

namespace portlight::test {

/// A real registry (Debian's docker-registry) on a loopback port of its own, with its storage in a
/// fresh directory; gone with its owner.
class LocalRegistry {
public:
    enum class Kind {
        Plain, ///< HTTP, for everybody
        TlsWithPassword, ///< a certificate of its own, user "somebody" with password "secret"
    };
    static constexpr const char* kUser = "somebody";
    static constexpr const char* kPassword = "secret";

    /// Errors: Unavailable naming the package that is missing, or what the registry says.
    static Result<std::unique_ptr<LocalRegistry>> start(Kind kind);
    ~LocalRegistry();
    LocalRegistry(const LocalRegistry&) = delete;
    LocalRegistry& operator=(const LocalRegistry&) = delete;

    /// "127.0.0.1:40123"
    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    int port() const { return m_port; }
    std::string certificate() const { return path("certificate.pem"); }
    /// The file that holds the bytes of a blob ("sha256:…").
    std::string blobFile(const std::string& digest) const;
    /// Copies an OCI archive's image here with skopeo, as it is.
    Result<void> fill(const std::string& ociArchive, const std::string& name) const;
    /// The digest of a tag's manifest or index, as skopeo reads it.
    Result<std::string> digestOf(const std::string& name) const;

private:
    LocalRegistry() = default;
    std::string path(const char* name) const { return m_directory.filePath(name).toStdString(); }

    QTemporaryDir m_directory;
    QProcess m_process;
    int m_port = 0;
    Kind m_kind = Kind::Plain;
};

} // namespace portlight::test
