#include "engine/oci_cli/exec_options.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::oci_cli;

namespace {

constexpr OptionName kKnown[] { { "bundle", 'b', true }, { "force", 'f' }, { "env", 'e', true } };

using Words = std::vector<std::string>;

} // namespace

/// The command line taken apart, right and wrong.
class TestOciOptions : public QObject {
    Q_OBJECT

private slots:
    void forms();
    void wrong_data();
    void wrong();
    void numbers();
    void ids();
    void cpus();
};

void TestOciOptions::forms()
{
    const Words words { "--bundle", "/a", "-e", "A=1", "--env=B=2", "-eC=3", "-f", "id", "--",
        "-x" };
    const auto greedy = parseOptions(kKnown, words, true);
    QVERIFY(greedy);
    QCOMPARE(greedy.value().value("bundle"), std::string("/a"));
    QCOMPARE(greedy.value().all("env"), Words({ "A=1", "B=2", "C=3" }));
    QVERIFY(greedy.value().has("force"));
    QCOMPARE(greedy.value().words, Words({ "id", "-x" }));
    const auto upToVerb = parseOptions(kKnown, Words { "-f", "exec", "-f", "--unknown" }, false);
    QVERIFY(upToVerb);
    QCOMPARE(upToVerb.value().words, Words({ "exec", "-f", "--unknown" }));
    QVERIFY(!parseOptions(kKnown, Words { "--force=false" }, true).value().has("force"));
    QVERIFY(parseOptions(kKnown, Words { "--force=true" }, true).value().has("force"));
}

void TestOciOptions::wrong_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("unknown") << QStringList { "--nothing" };
    QTest::newRow("unknown letter") << QStringList { "-z" };
    QTest::newRow("no value") << QStringList { "--bundle" };
    QTest::newRow("a value too many") << QStringList { "--force=maybe" };
    QTest::newRow("letters in one") << QStringList { "-fb" };
}

void TestOciOptions::wrong()
{
    QFETCH(const QStringList, words);
    Words list;
    for (const QString& word : words)
        list.push_back(word.toStdString());
    const auto parsed = parseOptions(kKnown, list, true);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Errc::InvalidArgument);
}

void TestOciOptions::numbers()
{
    QCOMPARE(bytesOption("64m", "x").value(), std::int64_t { 64 } << 20U);
    QCOMPARE(bytesOption("1G", "x").value(), std::int64_t { 1 } << 30U);
    QCOMPARE(bytesOption("-1", "x").value(), std::int64_t { -1 });
    for (const char* text : { "", "k", "-1k", "9223372036854775807k", "1x", "1.5m" })
        QVERIFY2(!bytesOption(text, "x"), text);
    QVERIFY(!numberOption("12a", "x"));
}

void TestOciOptions::ids()
{
    for (const char* id : { "a", "web-1", "a_b+c.d" })
        QVERIFY2(checkId(id), id);
    for (const char* id : { "", ".", "..", ".hidden", "a/b", "../a", "a b", "ä", "a\n" })
        QVERIFY2(!checkId(id), id);
    QVERIFY(!checkId(std::string(256, 'a')));
}

void TestOciOptions::cpus()
{
    const auto set = cpuSet("0-2,5");
    QVERIFY(set);
    QCOMPARE(CPU_COUNT(&set.value()), 4);
    QVERIFY(CPU_ISSET(5, &set.value()));
    for (const char* text : { "a", "3-1", "-", "1,,2", "99999" })
        QVERIFY2(!cpuSet(text), text);
}

QTEST_APPLESS_MAIN(TestOciOptions)
#include "tst_oci_options.moc"
