#include "app/client/http_parser.h"

#include <QString>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace portlight::client {

namespace http = boost::beast::http;

namespace {

/// Collects one message: the head into a value, the body into what the current feed() points to.
class MessageParser : public http::basic_parser<false> {
public:
    explicit MessageParser(bool answersHead)
    {
        eager(true);
        body_limit(boost::none); // archives have no useful upper bound
        header_limit(HttpParser::kHeadLimit);
        if (answersHead)
            skip(true);
    }

    HttpHead head;
    QByteArray* body = nullptr;

private:
    using Text = boost::beast::string_view;
    using Code = boost::beast::error_code;

    void on_request_impl(http::verb, Text, Text, int, Code&) override { }
    void on_response_impl(int code, Text, int, Code&) override { head.status = code; }
    void on_field_impl(http::field, Text name, Text value, Code&) override
    {
        head.fields.insert(QByteArray(name.data(), qsizetype(name.size())).toLower(),
            QByteArray(value.data(), qsizetype(value.size())));
    }
    void on_header_impl(Code&) override { } // nor has a 1xx a body, so a 101 ends here by itself
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override { }
    std::size_t on_body_impl(Text bytes, Code&) override { return take(bytes); }
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override { }
    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, Code&) override
    {
        return take(bytes);
    }
    void on_finish_impl(Code&) override { }

    std::size_t take(Text bytes)
    {
        body->append(bytes.data(), qsizetype(bytes.size()));
        return bytes.size();
    }
};

} // namespace

class HttpParser::Private {
public:
    explicit Private(bool answersHeadNow)
        : answersHead(answersHeadNow)
        , parser(std::make_unique<MessageParser>(answersHeadNow))
    {
    }

    Status parse(QByteArray& body);
    /// After the head: complete its value, pass over interim answers.
    void noteHead();
    Status fail(const boost::beast::error_code& code)
    {
        error = QString::fromStdString(code.message());
        return status = Status::Broken;
    }

    bool answersHead;
    std::unique_ptr<MessageParser> parser;
    Status status = Status::NeedsMore;
    bool isHeadKnown = false;
    HttpHead head;
    /// What the parser could not use yet, such as half a chunk header: presented again with the
    /// bytes that follow.
    QByteArray pending;
    QString error;
};

HttpParser::HttpParser(bool answersHead)
    : d(std::make_unique<Private>(answersHead))
{
}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;

void HttpParser::Private::noteHead()
{
    head = parser->head;
    if (head.status >= 100 && head.status < 200 && head.status != 101) {
        parser = std::make_unique<MessageParser>(answersHead);
        return;
    }
    isHeadKnown = true;
    head.isUpgraded = head.status == 101;
    head.canBeReused = !head.isUpgraded && parser->keep_alive();
    if (const auto length = parser->content_length(); length && *length <= quint64(INT64_MAX))
        head.contentLength = qint64(*length);
}

HttpParser::Status HttpParser::Private::parse(QByteArray& body)
{
    qsizetype used = 0;
    while (used < pending.size() && !(isHeadKnown && parser->is_done())) {
        parser->body = &body; // noteHead() may have put a new parser in place
        boost::beast::error_code code;
        const boost::asio::const_buffer rest(
            pending.constData() + used, std::size_t(pending.size() - used));
        const std::size_t count = parser->put(rest, code);
        used += qsizetype(count);
        const bool isBroken = code && code != http::error::need_more;
        if (!isHeadKnown && parser->is_header_done())
            noteHead();
        else if (!isBroken && count == 0)
            break;
        if (isBroken)
            return fail(code);
        if (head.isUpgraded)
            break;
    }
    pending.remove(0, used);
    if (head.isUpgraded) {
        body.append(pending);
        pending.clear();
    } else if (isHeadKnown && parser->is_done()) {
        status = Status::Complete;
    }
    return status;
}

HttpParser::Status HttpParser::feed(QByteArrayView bytes, QByteArray& body)
{
    if (d->status == Status::Broken)
        return d->status;
    if (d->head.isUpgraded) {
        body.append(bytes.data(), bytes.size());
        return d->status;
    }
    d->pending.append(bytes.data(), bytes.size());
    return d->status == Status::Complete ? d->status : d->parse(body);
}

HttpParser::Status HttpParser::finish()
{
    if (d->status != Status::NeedsMore)
        return d->status;
    if (d->head.isUpgraded)
        return d->status = Status::Complete;
    if (!d->parser->got_some()) {
        d->error = QStringLiteral("the connection was closed before an answer came");
        return d->status = Status::Broken;
    }
    boost::beast::error_code code;
    d->parser->put_eof(code);
    if (code || !d->pending.isEmpty())
        return d->fail(code ? code : make_error_code(http::error::partial_message));
    return d->status = Status::Complete;
}

const HttpHead* HttpParser::head() const
{
    return d->isHeadKnown ? &d->head : nullptr;
}
QByteArray HttpParser::rest() const
{
    return d->pending;
}
QString HttpParser::error() const
{
    return d->error;
}

} // namespace portlight::client
