#include "cli/client/frames.h"
#include "cli/commands/create_options.h"
#include "cli/text/human.h"
#include "cli/text/options.h"
#include "cli/text/table.h"
#include "cli/text/template.h"

#include <QtTest>

using namespace portlight::cli;
using portlight::Result;

namespace {

/// What a template makes of @p data, or its error.
QString rendered(const QString& source, const char* data)
{
    const auto shape = Template::parse(source.toStdString());
    if (!shape)
        return QString::fromStdString(shape.error().message);
    const auto text = shape.value().render(Json::parse(data));
    return QString::fromStdString(text ? text.value() : text.error().message);
}

} // namespace

/// The words of the terminal's commands: templates, options, tables, figures. Expected texts are
/// what docker 28 prints for the same.
class TestCliText : public QObject {
    Q_OBJECT
private slots:
    void templates_data();
    void templates();
    void hostileTemplates_data();
    void hostileTemplates();
    void optionsAreParsed();
    void badOptions_data();
    void badOptions();
    void createBodies_data();
    void createBodies();
    void figures();
    void tables();
    void detachKeys();
};

void TestCliText::templates_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("text");
    QTest::newRow("field") << "{{.Name}}" << "web";
    QTest::newRow("nested") << "a {{ .State.Status }} b" << "a up b";
    QTest::newRow("json") << "{{json .List}}" << "[1,2]";
    QTest::newRow("list") << "{{.List}}" << "[1 2]";
    QTest::newRow("map") << "{{.Labels}}" << "map[a:1 b:2]";
    QTest::newRow("index") << "{{index .Labels \"b\"}} {{index .List 1}}" << "2 2";
    QTest::newRow("index, then a field") << "{{(index .Ports 0).HostPort}}" << "80";
    QTest::newRow("range") << "{{range .List}}<{{.}}>{{end}}" << "<1><2>";
    QTest::newRow("range with names") << "{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}"
                                      << "a=1;b=2;";
    QTest::newRow("range else") << "{{range .None}}x{{else}}empty{{end}}" << "empty";
    QTest::newRow("if") << "{{if .State.Up}}yes{{else}}no{{end}}" << "yes";
    QTest::newRow("if of a missing field") << "{{if .Health}}yes{{else}}no{{end}}" << "no";
    QTest::newRow("else if") << "{{if .None}}a{{else if eq .Name \"web\"}}b{{else}}c{{end}}" << "b";
    QTest::newRow("with") << "{{with .State}}{{.Status}} {{$.Name}}{{end}}" << "up web";
    QTest::newRow("pipe") << "{{.Name | upper | printf \"%s!\"}}" << "WEB!";
    QTest::newRow("variable") << "{{$x := .Name}}{{$x}}{{$x}}" << "webweb";
    QTest::newRow("trim") << "a {{- .Name -}} b" << "awebb";
    QTest::newRow("logic") << "{{if and .Name (not .None)}}1{{end}}{{len .List}}" << "12";
    QTest::newRow("split and join") << "{{join (split \"a,b\" \",\") \"+\"}}" << "a+b";
    QTest::newRow("missing") << "{{.Nope}}"
                             << "template parsing error: map has no entry for key \"Nope\"";
    QTest::newRow("below a missing one")
        << "{{.Nope.More}}" << "template parsing error: map has no entry for key \"Nope\"";
}

void TestCliText::templates()
{
    QFETCH(const QString, source);
    QTEST(rendered(source,
              R"({"Name":"web","State":{"Status":"up","Up":true},"List":[1,2],"None":[],)"
              R"("Labels":{"a":"1","b":"2"},"Ports":[{"HostPort":"80"}]})"),
        "text");
}

void TestCliText::hostileTemplates_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("open action") << "{{.Name";
    QTest::newRow("open text") << "{{\"abc}}";
    QTest::newRow("open bracket") << "{{(len .List}}";
    QTest::newRow("no end") << "{{if .Name}}x";
    QTest::newRow("end alone") << "x{{end}}";
    QTest::newRow("nothing") << "{{}}";
    QTest::newRow("unknown function") << "{{frobnicate .Name}}";
    QTest::newRow("deep blocks") << QString("{{if 1}}").repeated(5000);
    QTest::newRow("deep brackets") << "{{" + QString("(").repeated(100'000);
    QTest::newRow("index out of range") << "{{index .List 7}}";
    QTest::newRow("negative index") << "{{index .List -1}}";
    QTest::newRow("unknown variable") << "{{$x}}";
    QTest::newRow("no arguments") << "{{len}}";
    QTest::newRow("slice backwards") << "{{slice .Name 3 1}}";
}

void TestCliText::hostileTemplates()
{
    QFETCH(const QString, source);
    const QString said = rendered(source, R"({"Name":"web","List":[1]})");
    QVERIFY2(said.startsWith("template parsing error: "), qPrintable(said));
}

void TestCliText::optionsAreParsed()
{
    Syntax syntax;
    syntax.options = { flag('i', "interactive", ""), flag('t', "tty", ""), flag(0, "rm", ""),
        list('e', "env", ""), value('p', "publish", "") };
    syntax.endsAtArgument = true;
    const auto given = parseOptions(syntax,
        { "-it", "--rm=false", "-eA=1", "-e", "B=2", "--env=C=3", "-p=80:80", "image", "-x",
            "--rm" });
    QVERIFY(given.has_value());
    QVERIFY(given.value().isSet("interactive") && given.value().isSet("tty"));
    QVERIFY(!given.value().isSet("rm"));
    QCOMPARE(join(given.value().all("env"), " "), std::string("A=1 B=2 C=3"));
    QCOMPARE(given.value().text("publish"), std::string("80:80"));
    QCOMPARE(join(given.value().arguments(), " "), std::string("image -x --rm"));
    syntax.endsAtArgument = false;
    const auto mixed = parseOptions(syntax, { "a", "-t", "--", "-i" });
    QVERIFY(mixed.has_value());
    QVERIFY(mixed.value().isSet("tty") && !mixed.value().isSet("interactive"));
    QCOMPARE(join(mixed.value().arguments(), " "), std::string("a -i"));
}

void TestCliText::badOptions_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown") << "--nope" << "unknown flag: --nope";
    QTest::newRow("unknown letter") << "-z" << "unknown shorthand flag: 'z' in -z";
    QTest::newRow("no value") << "--env" << "flag needs an argument: --env";
    QTest::newRow("no value after a letter") << "-e" << "flag needs an argument: 'e' in -e";
    QTest::newRow("no truth")
        << "--tty=maybe"
        << "invalid argument \"maybe\" for \"--tty\" flag: it is true or false";
}

void TestCliText::badOptions()
{
    QFETCH(const QString, word);
    Syntax syntax;
    syntax.options = { flag('t', "tty", ""), list('e', "env", "") };
    const auto given = parseOptions(syntax, { word.toStdString() });
    QVERIFY(!given.has_value());
    QTEST(QString::fromStdString(given.error().message), "message");
}

void TestCliText::createBodies_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("json"); // or the start of the error
    const auto row = [](const char* name, const QStringList& words, const char* path,
                         const char* json) { QTest::newRow(name) << words << path << json; };
    row("port", { "-p", "127.0.0.1:8080:80/udp" }, "HostConfig.PortBindings",
        R"({"80/udp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]})");
    row("range", { "-p", "8000-8001:80-81" }, "HostConfig.PortBindings",
        R"({"80/tcp":[{"HostIp":"","HostPort":"8000"}],"81/tcp":[{"HostIp":"","HostPort":"8001"}]})");
    row("IPv6", { "-p", "[::1]:1:2" }, "HostConfig.PortBindings",
        R"({"2/tcp":[{"HostIp":"::1","HostPort":"1"}]})");
    row("bad port", { "-p", "x" }, "", "invalid containerPort: x");
    row("port too high", { "-p", "1:70000" }, "", "invalid containerPort: 1:70000");
    row("ranges differ", { "-p", "1-2:5-7" }, "", "invalid ranges specified");
    row("memory", { "-m", "64m" }, "HostConfig.Memory", "67108864");
    row("bad memory", { "-m", "lots" }, "", "invalid size: 'lots'");
    row("cpus", { "--cpus", "1.5" }, "HostConfig.NanoCpus", "1500000000");
    row("restart", { "--restart", "on-failure:3" }, "HostConfig.RestartPolicy",
        R"({"Name":"on-failure","MaximumRetryCount":3})");
    row("mount", { "--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,readonly" }, "HostConfig.Mounts",
        R"([{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1048576},"ReadOnly":true}])");
    row("mount without target", { "--mount", "type=tmpfs" }, "", "invalid argument");
    row("volume", { "-v", "data:/d:ro" }, "HostConfig.Binds", R"(["data:/d:ro"])");
    row("anonymous volume", { "-v", "/d" }, "Volumes", R"({"/d":{}})");
    row("ulimit", { "--ulimit", "nofile=10:20" }, "HostConfig.Ulimits",
        R"([{"Name":"nofile","Soft":10,"Hard":20}])");
    row("health", { "--health-cmd", "true", "--health-interval", "1m30s" }, "Healthcheck",
        R"({"Test":["CMD-SHELL","true"],"Interval":90000000000})");
    row("health taken back", { "--health-cmd", "true", "--no-healthcheck" }, "",
        "--no-healthcheck conflicts");
    row("device", { "--device", "/dev/fuse:rw" }, "HostConfig.Devices",
        R"([{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/fuse","CgroupPermissions":"rw"}])");
    row("labels", { "-l", "a=b=c", "-l", "d" }, "Labels", R"({"a":"b=c","d":""})");
    row("network", { "--network", "name=n,alias=x,ip=10.0.0.9" },
        "NetworkingConfig.EndpointsConfig",
        R"({"n":{"Aliases":["x"],"IPAMConfig":{"IPv4Address":"10.0.0.9"}}})");
}

void TestCliText::createBodies()
{
    QFETCH(const QStringList, words);
    QFETCH(const QString, path);
    QFETCH(const QString, json);
    Syntax syntax;
    syntax.options = createOptions();
    syntax.endsAtArgument = true;
    std::vector<std::string> line;
    for (const QString& word : words)
        line.push_back(word.toStdString());
    line.push_back("image");
    const auto options = parseOptions(syntax, line);
    QVERIFY2(options.has_value(), options ? "" : options.error().message.c_str());
    const auto body = createBody(options.value());
    if (!body) {
        QVERIFY2(path.isEmpty(), body.error().message.c_str());
        QVERIFY2(QString::fromStdString(body.error().message).startsWith(json),
            body.error().message.c_str());
        return;
    }
    QCOMPARE(QString::fromStdString(dumpJson(memberAt(body.value(), path.toStdString()))), json);
}

void TestCliText::figures()
{
    QCOMPARE(humanSize(1'981'999), std::string("1.98MB"));
    QCOMPARE(humanSize(0), std::string("0B"));
    QCOMPARE(binarySize(196'608), std::string("192KiB"));
    QCOMPARE(humanDuration(0), std::string("Less than a second"));
    QCOMPARE(humanDuration(59), std::string("59 seconds"));
    QCOMPARE(humanDuration(3600), std::string("About an hour"));
    QCOMPARE(humanDuration(3 * 86400), std::string("3 days"));
    QCOMPARE(shortened("docker-entrypoint.sh nginx", 20), std::string("docker-entrypoint.s…"));
    QCOMPARE(base64("a"), std::string("YQ=="));
    QCOMPARE(base64("ab"), std::string("YWI="));
    QCOMPARE(fromBase64("YWJj").value(), std::string("abc"));
    QVERIFY(!parseDuration("5 minutes").has_value());
    QVERIFY(!parseBytes("-3").has_value());
}

void TestCliText::tables()
{
    QCOMPARE(aligned({ "ID\tNAME", "a-long-identifier\tx" }),
        std::string("ID                  NAME\na-long-identifier   x\n"));
    const std::vector<Json> rows { Json { { "Name", "b" }, { "ID", "1" } } };
    const auto listed = [&](const std::string& format) {
        return formattedList(
            format, "{{.ID}}\t{{.Name}}", { { "ID", "ID" }, { "Name", "NAME" } }, rows)
            .value();
    };
    QCOMPARE(listed(""), std::string("ID        NAME\n1         b\n"));
    QCOMPARE(listed("table {{.Name}}"), std::string("NAME\nb\n"));
    QCOMPARE(listed("{{.Name}}\\t{{.ID}}"), std::string("b\t1\n"));
    QCOMPARE(listed("json"), std::string("{\"ID\":\"1\",\"Name\":\"b\"}\n"));
}

void TestCliText::detachKeys()
{
    DetachKeys keys;
    QCOMPARE(keys.feed("ab\x10"), std::string("ab")); // held back: it may be the start
    QCOMPARE(keys.feed("c\x10\x10"),
        std::string("\x10"
                    "c\x10"));
    QVERIFY(!keys.isDetached());
    QCOMPARE(keys.feed("\x11"
                       "late"),
        std::string());
    QVERIFY(keys.isDetached());
    DetachKeys own;
    QVERIFY(own.set("ctrl-a,d"));
    QCOMPARE(own.feed("\x01"
                      "d"),
        std::string());
    QVERIFY(own.isDetached());
    QVERIFY(!own.set("ctrl-"));
    QVERIFY(!own.set("abc"));
}

QTEST_GUILESS_MAIN(TestCliText)
#include "tst_cli_text.moc"
