#include "engine/api/api_version.h"
#include "engine/api/container_filter.h"
#include "engine/api/event_filter.h"
#include "engine/api/router.h"
#include "engine/api/stream_frames.h"
#include "engine/api/url.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <QtTest>

using namespace portlight;
using namespace portlight::api;

namespace {

using Filters = std::map<std::string, std::vector<std::string>>;

/// The parts of the protocol that need no socket answer at once: "200 name=value …", or the
/// error's code and message.
std::string dispatched(const Router& router, const std::string& method, const std::string& path)
{
    asio::io_context io;
    std::string seen = "no answer";
    auto run = [&]() -> asio::awaitable<void> {
        Request request;
        request.method = method;
        request.path = path;
        auto answer = co_await router.dispatch(std::move(request));
        seen = answer
            ? answer.value().body
            : std::to_string(static_cast<int>(answer.error().code)) + ": " + answer.error().message;
    };
    asio::co_spawn(io, run(), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    io.run();
    return seen;
}

/// Answers with @p name and the path's parameters.
Handler naming(std::string name)
{
    return [name](Request request) -> Task<Response> {
        std::string text = name;
        for (const auto& [key, value] : request.pathParams)
            text += " " + key + "=" + value;
        co_return Response::text(text);
    };
}

Router smallRouter()
{
    Router router;
    router.add("GET", "/images/json", naming("list"));
    router.add("GET", "/images/{name...}/json", naming("inspect"));
    router.add("GET", "/images/{name...}/get", naming("save"));
    router.add("DELETE", "/images/{name...}", naming("remove"));
    router.add("GET", "/containers/{id}/json", naming("container"));
    router.add("GET", "/containers/json", naming("containers"));
    return router;
}

core::Event someEvent()
{
    core::Event event;
    event.type = "container";
    event.action = "die";
    event.actorId = "abcdef0123";
    event.attributes = { { "name", "web" }, { "image", "nginx:1.27" }, { "tier", "front" } };
    event.timeNs = 1'500'000'002'000'000'003;
    return event;
}

} // namespace

class TestApiParts : public QObject {
    Q_OBJECT

private slots:
    void routes_data();
    void routes();
    void versionPrefix_data();
    void versionPrefix();
    void target_data();
    void target();
    void badTarget_data();
    void badTarget();
    void framesSurviveEveryCut();
    void badFrame_data();
    void badFrame();
    void filtersEvents_data();
    void filtersEvents();
    void refusesUnknownEventFilter();
    void eventJson();
    void containerFilter_data();
    void containerFilter();
    void badContainerFilter_data();
    void badContainerFilter();
};

void TestApiParts::routes_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("answer");
    const QString notFound = QString::number(static_cast<int>(Errc::NotFound)) + ": page not found";
    QTest::newRow("literal wins") << "GET" << "/images/json" << "list";
    QTest::newRow("one segment") << "GET" << "/images/nginx/json" << "inspect name=nginx";
    QTest::newRow("slashes in the name")
        << "GET" << "/images/reg.io:5000/a/b:1/json" << "inspect name=reg.io:5000/a/b:1";
    QTest::newRow("a name called json") << "GET" << "/images/json/json" << "inspect name=json";
    QTest::newRow("rest of the path") << "DELETE" << "/images/a/b" << "remove name=a/b";
    QTest::newRow("other ending") << "GET" << "/images/a/json/get" << "save name=a/json";
    QTest::newRow("two patterns") << "GET" << "/containers/json" << "containers";
    QTest::newRow("id") << "GET" << "/containers/json/json" << "container id=json";
    QTest::newRow("wrong method") << "PUT" << "/images/json" << notFound;
    QTest::newRow("lower case method") << "get" << "/images/json" << notFound;
    QTest::newRow("more segments") << "GET" << "/containers/a/b/json" << notFound;
    QTest::newRow("fewer segments") << "GET" << "/containers" << notFound;
    QTest::newRow("empty parameter") << "GET" << "/containers//json" << notFound;
    QTest::newRow("empty name") << "DELETE" << "/images/" << notFound;
    QTest::newRow("slash at the end") << "GET" << "/containers/json/" << notFound;
    QTest::newRow("empty path") << "GET" << "" << notFound;
    QTest::newRow("root") << "GET" << "/" << notFound;
    QTest::newRow("braces are text") << "GET" << "/containers/{id}/json" << "container id={id}";
    QTest::newRow("very many segments")
        << "GET" << "/containers" + QString("/a").repeated(20'000) << notFound;
}

void TestApiParts::routes()
{
    QFETCH(const QString, method);
    QFETCH(const QString, path);
    const auto seen = dispatched(smallRouter(), method.toStdString(), path.toStdString());
    QTEST(QString::fromStdString(seen), "answer");
    // What the Engine API has and this engine has not is told apart from what nobody has.
    const auto isAnswered = [](const char* asked, const char* where, Errc code) {
        return dispatched(smallRouter(), asked, where)
            .starts_with(std::to_string(static_cast<int>(code)) + ": ");
    };
    QVERIFY(isAnswered("POST", "/build", Errc::NotImplemented));
    QVERIFY(isAnswered("POST", "/swarm/init", Errc::NotImplemented));
    for (const char* managers : { "/swarm", "/nodes", "/services", "/tasks/x", "/secrets" })
        QVERIFY2(isAnswered("GET", managers, Errc::Unavailable), managers);
}

void TestApiParts::versionPrefix_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("version"); // empty: refused
    QTest::addColumn<QString>("rest");
    QTest::newRow("none") << "/info" << "1.50" << "/info";
    QTest::newRow("given") << "/v1.43/info" << "1.43" << "/info";
    QTest::newRow("alone") << "/v1.43" << "1.43" << "/";
    QTest::newRow("with slash") << "/v1.43/" << "1.43" << "/";
    QTest::newRow("oldest") << "/v1.24/info" << "1.24" << "/info";
    QTest::newRow("too old") << "/v1.23/info" << "" << "/v1.23/info";
    QTest::newRow("too new") << "/v1.51/info" << "" << "/v1.51/info";
    QTest::newRow("next major") << "/v2.0/info" << "" << "/v2.0/info";
    QTest::newRow("no dot") << "/v1/info" << "1.50" << "/v1/info";
    QTest::newRow("volumes") << "/volumes" << "1.50" << "/volumes";
    QTest::newRow("version") << "/version" << "1.50" << "/version";
    QTest::newRow("three numbers") << "/v1.4.3/info" << "1.50" << "/v1.4.3/info";
    QTest::newRow("negative") << "/v-1.43/info" << "1.50" << "/v-1.43/info";
    QTest::newRow("huge") << "/v1.99999999999999999999/info" << "1.50"
                          << "/v1.99999999999999999999/info";
    QTest::newRow("words") << "/vone.two/info" << "1.50" << "/vone.two/info";
}

void TestApiParts::versionPrefix()
{
    QFETCH(const QString, path);
    QFETCH(const QString, version);
    std::string rest = path.toStdString();
    const auto taken = takeVersionPrefix(rest);
    QCOMPARE(taken.has_value(), !version.isEmpty());
    if (taken)
        QCOMPARE(QString::fromStdString(toString(taken.value())), version);
    else
        QCOMPARE(taken.error().code, Errc::InvalidArgument);
    QTEST(QString::fromStdString(rest), "rest");
}

void TestApiParts::target_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("query"); // name=value; in the multimap's order
    const auto row = [](const char* name, const char* text, const char* path, const char* query) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(path) << QByteArray(query);
    };
    row("plain", "/info", "/info", "");
    row("encoded slash", "/images/a%2Fb/json", "/images/a/b/json", "");
    row("at the very end", "/a%41", "/aA", "");
    row("plus in a path", "/a+b", "/a+b", "");
    row("plus in a query", "/a?x=1+2", "/a", "x=1 2;");
    row("encoded plus", "/a?x=1%2B2", "/a", "x=1+2;");
    row("no value", "/a?x&y=", "/a", "x=;y=;");
    row("twice", "/a?x=2&x=1", "/a", "x=2;x=1;");
    row("empty items", "/a?&&x=1&", "/a", "x=1;");
    row("equals in the value", "/a?x=1=2", "/a", "x=1=2;");
    row("question mark in the value", "/a?x=1?2", "/a", "x=1?2;");
    row("fragment", "/a?x=1#part", "/a", "x=1;");
    row("absolute form", "http://host/a?x=1", "/a", "x=1;");
    row("absolute form without path", "http://host", "/", "");
}

void TestApiParts::target()
{
    QFETCH(const QByteArray, text);
    const auto parsed = parseTarget(text.toStdString());
    QVERIFY(parsed);
    QTEST(QByteArray::fromStdString(parsed.value().path), "path");
    std::string query;
    for (const auto& [name, value] : parsed.value().query)
        query.append(name).append("=").append(value).append(";");
    QTEST(QByteArray::fromStdString(query), "query");
}

void TestApiParts::badTarget_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("relative") << QByteArray("info");
    QTest::newRow("other scheme") << QByteArray("ftp://host/a");
    QTest::newRow("asterisk") << QByteArray("*");
    QTest::newRow("cut sequence") << QByteArray("/a%4");
    QTest::newRow("bare percent") << QByteArray("/a%");
    QTest::newRow("no hex digit") << QByteArray("/a%4g");
    QTest::newRow("signed hex") << QByteArray("/a%+1");
    QTest::newRow("encoded NUL") << QByteArray("/a%00");
    QTest::newRow("NUL") << QByteArray("/a\0b", 4);
    QTest::newRow("in the query's name") << QByteArray("/a?%zz=1");
    QTest::newRow("in the query's value") << QByteArray("/a?x=%");
}

void TestApiParts::badTarget()
{
    QFETCH(const QByteArray, text);
    const auto parsed = parseTarget(text.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
}

void TestApiParts::framesSurviveEveryCut()
{
    const std::string bytes = encodeStreamFrame(StreamKind::Stdout, "one")
        + encodeStreamFrame(StreamKind::Stderr, "")
        + encodeStreamFrame(StreamKind::Stderr, std::string(300, 'x'));
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        StreamFrameParser parser;
        std::string seen;
        for (const auto& part : { bytes.substr(0, cut), bytes.substr(cut) }) {
            parser.feed(part);
            for (;;) {
                const auto frame = parser.next();
                QVERIFY(frame);
                if (!frame.value())
                    break;
                seen += std::to_string(static_cast<int>(frame.value()->kind)) + ":"
                    + std::to_string(frame.value()->bytes.size()) + " ";
            }
        }
        QCOMPARE(seen, std::string("1:3 2:0 2:300 "));
        QVERIFY(!parser.isInside());
    }
}

void TestApiParts::badFrame_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("unknown kind") << QByteArray("\x04\0\0\0\0\0\0\1x", 9);
    QTest::newRow("high bit") << QByteArray("\xff\0\0\0\0\0\0\1x", 9);
    QTest::newRow("padding") << QByteArray("\1\0\1\0\0\0\0\1x", 9);
    QTest::newRow("over the limit") << QByteArray("\1\0\0\0\0\0\0\x65", 8);
    QTest::newRow("four gigabytes") << QByteArray("\1\0\0\0\xff\xff\xff\xff", 8);
    QTest::newRow("text") << QByteArray("plain text of a terminal");
}

void TestApiParts::badFrame()
{
    QFETCH(const QByteArray, bytes);
    StreamFrameParser parser(100);
    parser.feed(bytes.toStdString());
    const auto frame = parser.next();
    QVERIFY(!frame);
    QCOMPARE(frame.error().code, Errc::InvalidArgument);
}

void TestApiParts::filtersEvents_data()
{
    QTest::addColumn<QString>("filters"); // "name=value" lines
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("none") << "" << true;
    QTest::newRow("type") << "type=container" << true;
    QTest::newRow("other type") << "type=image" << false;
    QTest::newRow("alternatives") << "event=start\nevent=die" << true;
    QTest::newRow("filters add up") << "type=container\nevent=start" << false;
    QTest::newRow("start of the id") << "container=abcdef" << true;
    QTest::newRow("not the middle of the id") << "container=bcdef" << false;
    QTest::newRow("name") << "container=web" << true;
    QTest::newRow("part of a name") << "container=we" << false;
    QTest::newRow("empty value") << "container=" << false;
    QTest::newRow("image") << "image=nginx:1.27" << true;
    QTest::newRow("image without tag") << "image=nginx" << true;
    QTest::newRow("other tag") << "image=nginx:1.26" << false;
    QTest::newRow("label's key") << "label=tier" << true;
    QTest::newRow("label's value") << "label=tier=front" << true;
    QTest::newRow("all labels") << "label=tier=front\nlabel=other" << false;
    QTest::newRow("scope") << "scope=local" << true;
    QTest::newRow("swarm's scope") << "scope=swarm" << false;
    QTest::newRow("kind that cannot be") << "node=web" << false;
}

void TestApiParts::filtersEvents()
{
    QFETCH(const QString, filters);
    Filters map;
    for (const auto& line : filters.split('\n', Qt::SkipEmptyParts))
        map[line.section('=', 0, 0).toStdString()].push_back(line.section('=', 1).toStdString());
    const auto filter = EventFilter::create(map);
    QVERIFY(filter);
    QTEST(filter.value().accepts(someEvent()), "isAccepted");
}

void TestApiParts::refusesUnknownEventFilter()
{
    const auto filter = EventFilter::create({ { "colour", { "red" } } });
    QVERIFY(!filter);
    QCOMPARE(filter.error().code, Errc::InvalidArgument);
    QVERIFY(filter.error().message.find("colour") != std::string::npos);
}

void TestApiParts::eventJson()
{
    const Json json = toJson(someEvent());
    QCOMPARE(dumpJson(json["Type"]), std::string("\"container\""));
    QCOMPARE(dumpJson(json["status"]), std::string("\"die\""));
    QCOMPARE(dumpJson(json["from"]), std::string("\"nginx:1.27\""));
    QCOMPARE(dumpJson(json["time"]), std::string("1500000002"));
    QCOMPARE(dumpJson(json["timeNano"]), std::string("1500000002000000003"));
    core::Event network = someEvent();
    network.type = "network";
    QVERIFY(!toJson(network).contains("status"));
}

void TestApiParts::containerFilter_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("value");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("id") << "id" << "abc" << true;
    QTest::newRow("other id") << "id" << "bc" << false;
    QTest::newRow("part of the name") << "name" << "eb" << true;
    QTest::newRow("from its start") << "name" << "^we" << true;
    QTest::newRow("with the slash") << "name" << "^/web$" << true;
    QTest::newRow("to its end") << "name" << "^we$" << false;
    QTest::newRow("anchors alone") << "name" << "^" << true;
    QTest::newRow("end alone") << "name" << "$" << true;
    QTest::newRow("no expression") << "name" << "w.b" << false;
    QTest::newRow("expression that takes for ever") << "name" << "(w+)+$" << false;
    QTest::newRow("status") << "status" << "exited" << true;
    QTest::newRow("other status") << "status" << "running" << false;
    QTest::newRow("exit code") << "exited" << "3" << true;
    QTest::newRow("other exit code") << "exited" << "0" << false;
    QTest::newRow("label") << "label" << "tier=front" << true;
    QTest::newRow("label key") << "label" << "tier" << true;
    QTest::newRow("label prefix") << "label" << "tie" << false;
    QTest::newRow("without label") << "label!" << "tier" << false;
    QTest::newRow("ancestor by id") << "ancestor" << "anything" << true;
    QTest::newRow("published") << "publish" << "80" << false;
    QTest::newRow("exposed") << "expose" << "80/tcp" << true;
}

void TestApiParts::containerFilter()
{
    QFETCH(const QString, filter);
    QFETCH(const QString, value);
    asio::io_context io;
    core::Container container(io.get_executor());
    container.id = "abcdef";
    container.name = "web";
    container.imageId = "sha256:1";
    container.createdAtNs = 50;
    container.config.labels = { { "tier", "front" } };
    container.config.exposedPorts = { "80/tcp" };
    container.state.status = core::RunStatus::Exited;
    container.state.exitCode = 3;
    const auto made = ContainerFilter::create(
        { { filter.toStdString(), { value.toStdString() } } }, { "sha256:1" }, {}, {});
    QVERIFY(made);
    QTEST(made.value().accepts(container), "isAccepted");
    for (const auto& [before, since, isAccepted] :
        { std::tuple(51, 49, true), std::tuple(50, 49, false), std::tuple(51, 50, false) }) {
        const auto between = ContainerFilter::create({}, {}, before, since);
        QVERIFY(between);
        QCOMPARE(between.value().accepts(container), isAccepted);
    }
}

void TestApiParts::badContainerFilter_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("value");
    QTest::newRow("unknown filter") << "colour" << "red";
    QTest::newRow("unknown status") << "status" << "asleep";
    QTest::newRow("exit code no number") << "exited" << "three";
    QTest::newRow("exit code empty") << "exited" << "";
    QTest::newRow("exit code too large") << "exited" << "99999999999999";
    QTest::newRow("exit code with more") << "exited" << "3x";
}

void TestApiParts::badContainerFilter()
{
    QFETCH(const QString, filter);
    QFETCH(const QString, value);
    const auto made =
        ContainerFilter::create({ { filter.toStdString(), { value.toStdString() } } }, {}, {}, {});
    QVERIFY(!made);
    QCOMPARE(made.error().code, Errc::InvalidArgument);
}

QTEST_GUILESS_MAIN(TestApiParts)
#include "tst_api_parts.moc"
