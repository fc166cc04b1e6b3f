#pragma once

#include <QByteArray>
#include <QHash>

#include <memory>
#include <optional>

namespace portlight::client {

/// First part of an HTTP answer.
struct HttpHead {
    int status = 0;
    QHash<QByteArray, QByteArray> fields; ///< names in lower case; the last of equal names
    std::optional<qint64> contentLength;
    bool isUpgraded = false; ///< 101: what follows is not HTTP any more
    bool canBeReused = false; ///< the connection stays open after this answer

    bool isSuccess() const { return status == 101 || (status >= 200 && status < 400); }
    QByteArray field(const QByteArray& lowerCaseName) const { return fields.value(lowerCaseName); }
};

/// Parser of one HTTP/1.1 answer, fed with bytes as they come, in any pieces. RFC 9112. Interim
/// answers (1xx but 101) are passed over. Knows no socket.
class HttpParser {
public:
    enum class Status {
        NeedsMore, ///< the answer goes on
        Complete, ///< the answer is whole; further bytes belong to rest()
        Broken, ///< not HTTP or not what was announced; see error()
    };

    /// Head and trailers may take this much, more is Broken.
    static constexpr quint32 kHeadLimit = 64 * 1024;

    /// @p answersHead: to a HEAD request, so that no body follows whatever the head says.
    explicit HttpParser(bool answersHead = false);
    ~HttpParser();
    HttpParser(HttpParser&&) noexcept;
    HttpParser& operator=(HttpParser&&) noexcept;

    /// Appends what @p bytes hold of the body to @p body. After a 101 the state is NeedsMore for
    /// good and all bytes are body.
    Status feed(QByteArrayView bytes, QByteArray& body);
    /// The peer closed: Complete when the answer could end here, else Broken.
    Status finish();

    /// Null until the head is whole.
    const HttpHead* head() const;
    /// Bytes after the end of a Complete answer.
    QByteArray rest() const;
    QString error() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::client
