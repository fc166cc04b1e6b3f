#include "engine/image/url_source.h"

#include "engine/image/block_queue.h"

#include <thread>

namespace portlight::image {

namespace {

constexpr std::int64_t kProgressStepBytes = 1 << 20;

class UrlSource final : public ByteSource {
public:
    UrlSource(HttpClient& http, UrlFetch fetch)
        : m_http(http)
        , m_fetch(std::move(fetch))
        , m_thread([this] { run(); })
    {
    }
    ~UrlSource() override
    {
        m_isUnwanted = true;
        m_queue.close();
    }
    UrlSource(const UrlSource&) = delete;
    UrlSource& operator=(const UrlSource&) = delete;

    Result<Block> next() override
    {
        auto item = m_queue.pop();
        if (!item)
            return std::make_shared<const std::string>();
        return std::move(*item);
    }

private:
    void run()
    {
        HttpRequest request;
        request.url = m_fetch.url;
        request.onBody = [this](int, std::string_view piece) { return take(piece); };
        request.onLength = [this](std::int64_t total) { m_total = total; };
        request.isUnwanted = &m_isUnwanted;
        auto response = m_http.perform(std::move(request), m_fetch.isCancelled);
        if (!response) {
            m_queue.push(std::move(response).error());
            return;
        }
        if (const int status = response.value().status; status < 200 || status >= 300) {
            m_queue.push(makeError(status == 404 || status == 410 ? Errc::NotFound
                    : status == 401 || status == 403              ? Errc::Forbidden
                                                                  : Errc::Unavailable,
                "'" + m_fetch.url + "' cannot be fetched: the server answers with status "
                    + std::to_string(status)));
            return;
        }
        if (m_fetch.onBytes)
            m_fetch.onBytes(m_bytes, m_total);
        m_queue.push(Block(std::make_shared<const std::string>()));
    }

    Result<void> take(std::string_view piece)
    {
        if (m_isUnwanted || (m_fetch.isCancelled != nullptr && m_fetch.isCancelled->load()))
            return makeError(Errc::Cancelled, "cancelled");
        m_bytes += static_cast<std::int64_t>(piece.size());
        if (std::max(m_bytes, m_total) > m_fetch.maxBytes)
            return makeError(Errc::InvalidArgument,
                "'" + m_fetch.url + "' is larger than the " + std::to_string(m_fetch.maxBytes)
                    + " bytes that are free");
        if (m_fetch.onBytes && m_bytes - m_reported >= kProgressStepBytes) {
            m_reported = m_bytes;
            m_fetch.onBytes(m_bytes, m_total);
        }
        if (!m_queue.push(Block(std::make_shared<const std::string>(piece))))
            return makeError(Errc::Cancelled, "cancelled");
        return success();
    }

    HttpClient& m_http;
    UrlFetch m_fetch;
    std::int64_t m_bytes = 0;
    std::int64_t m_total = 0;
    std::int64_t m_reported = 0;
    std::atomic<bool> m_isUnwanted = false;
    BlockQueue<Result<Block>> m_queue;
    std::jthread m_thread; // last: it uses all of the above
};

} // namespace

std::unique_ptr<ByteSource> urlSource(HttpClient& http, UrlFetch fetch)
{
    return std::make_unique<UrlSource>(http, std::move(fetch));
}

} // namespace portlight::image
