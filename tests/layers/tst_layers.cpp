#include "tests/layers/include_check.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace portlight::layers;

class TestLayers : public QObject {
    Q_OBJECT
private slots:
    void theTreeHoldsItsLayers();
    void singleIncludes_data();
    void singleIncludes();
    void plantedIncludeIsFoundInATree();
    void missingTreeIsNoSuccess();
};

void TestLayers::theTreeHoldsItsLayers()
{
    int scanned = 0;
    const auto found = checkTree(PORTLIGHT_SOURCE_DIR, scanned);
    for (const auto& violation : found)
        qWarning("%s:%d: %s", violation.file.c_str(), violation.line, violation.reason.c_str());
    QVERIFY2(scanned > 0, "no source was scanned");
    QCOMPARE(found.size(), std::size_t(0));
}

void TestLayers::singleIncludes_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("line"); // -1: allowed
    QTest::newRow("down") << "engine/core/a.cpp" << "#include \"engine/image/b.h\"\n" << -1;
    QTest::newRow("own row") << "engine/image/a.cpp" << "#include \"engine/image/a.h\"\n" << -1;
    QTest::newRow("library") << "engine/base/a.cpp" << "#include <vector>\n" << -1;
    QTest::newRow("generated") << "app/views/a.cpp" << "#include \"a.moc\"\n" << -1;
    QTest::newRow("main") << "engine/main.cpp" << "#include \"engine/api/server.h\"\n" << -1;
    QTest::newRow("commands") << "cli/commands/a.cpp" << "#include \"cli/text/b.h\"\n" << -1;
    QTest::newRow("command's base") << "cli/client/a.h" << "#include \"engine/base/fd.h\"\n" << -1;
    QTest::newRow("engine from cli") << "cli/main.cpp" << "#include \"engine/core/b.h\"\n" << 1;
    QTest::newRow("window from cli") << "cli/main.cpp" << "#include \"app/client/b.h\"\n" << 1;
    QTest::newRow("cli from window") << "app/shell/a.h" << "#include \"cli/json.h\"\n" << 1;
    QTest::newRow("text only") << "engine/base/a.cpp" << "// like #include \"app/b.h\"\n" << -1;
    QTest::newRow("up") << "engine/base/a.h" << "\n\n#include \"engine/core/b.h\"\n" << 3;
    QTest::newRow("sideways") << "engine/image/a.h" << "#include \"engine/runtime/b.h\"\n" << 1;
    QTest::newRow("no end of line") << "engine/image/a.h" << "#include \"engine/api/b.h\"" << 1;
    QTest::newRow("engine from app") << "app/client/a.h" << "#include \"engine/base/fd.h\"\n" << 1;
    QTest::newRow("app from engine") << "engine/main.cpp" << "#include \"app/client/a.h\"\n" << 1;
    QTest::newRow("api past core") << "engine/api/a.h" << "#include \"engine/store/b.h\"\n" << 1;
    QTest::newRow("views to client") << "app/views/a.h" << "#include \"app/client/b.h\"\n" << 1;
    QTest::newRow("types upwards") << "app/client/types/a.h" << "#include \"app/client/b.h\"\n"
                                   << 1;
    QTest::newRow("brackets") << "engine/base/a.h" << "# include <engine/core/b.h>\n" << 1;
    QTest::newRow("relative") << "engine/base/a.h" << "#include \"../core/b.h\"\n" << 1;
    QTest::newRow("from tests") << "engine/base/a.h" << "#include \"tests/support/b.h\"\n" << 1;
    QTest::newRow("unknown target") << "engine/core/a.h" << "#include \"engine/misc/b.h\"\n" << 1;
    QTest::newRow("unknown directory") << "engine/misc/a.h" << "" << 0;
}

void TestLayers::singleIncludes()
{
    QFETCH(const QString, file);
    QFETCH(const QString, text);
    QFETCH(const int, line);
    const auto found = checkFile(file.toStdString(), text.toStdString());
    QCOMPARE(found.size(), std::size_t(line < 0 ? 0 : 1));
    if (line < 0)
        return;
    QCOMPARE(QString::fromStdString(found.front().file), file);
    QCOMPARE(found.front().line, line);
    QVERIFY(!found.front().reason.empty());
}

void TestLayers::plantedIncludeIsFoundInATree()
{
    const QTemporaryDir tree;
    QVERIFY(QDir(tree.path()).mkpath("engine/base") && QDir(tree.path()).mkpath("app/models")
        && QDir(tree.path()).mkpath("cli"));
    const auto write = [&](const char* name, const char* text) {
        QFile file(tree.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text) > 0;
    };
    QVERIFY(write("engine/base/good.h", "#include <string>\n"));
    QVERIFY(
        write("app/models/planted.cpp", "#include <QString>\n#include \"engine/base/good.h\"\n"));
    int scanned = 0;
    const auto found = checkTree(tree.path().toStdString(), scanned);
    QCOMPARE(scanned, 2);
    const Violation planted { "app/models/planted.cpp", 2,
        "app/models may not include engine/base (\"engine/base/good.h\")" };
    QCOMPARE(found.size(), std::size_t(1));
    QVERIFY(found.front() == planted);
}

void TestLayers::missingTreeIsNoSuccess()
{
    const QTemporaryDir empty;
    int scanned = 0;
    QCOMPARE(checkTree(empty.path().toStdString(), scanned).size(), std::size_t(3));
    QCOMPARE(scanned, 0);
}

QTEST_APPLESS_MAIN(TestLayers)
#include "tst_layers.moc"
