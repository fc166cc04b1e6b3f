#include "app/models/container_model.h"
#include "app/models/filter_proxy.h"
#include "app/models/image_model.h"
#include "app/models/network_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace portlight::models;
using portlight::client::ContainerState;
using portlight::client::ContainerStats;
using portlight::client::ContainerSummary;
using portlight::client::ImageSummary;
using portlight::client::StatsTick;
using Rows = QList<ContainerSummary>;
using Mode = QAbstractItemModelTester::FailureReportingMode;

namespace {

ContainerSummary container(
    const QString& id, const QString& name, ContainerState state = ContainerState::Running)
{
    ContainerSummary summary;
    summary.id = id;
    summary.name = name;
    summary.state = state;
    return summary;
}

StatsTick tick(qint64 second, const QList<ContainerStats>& containers)
{
    return { QDateTime::fromSecsSinceEpoch(second, Qt::UTC), containers };
}

ContainerStats stats(const QString& id, double cpu, qint64 received)
{
    ContainerStats figures;
    figures.id = id;
    figures.cpuPercent = cpu;
    figures.networkReceivedBytes = received;
    return figures;
}

FilterProxy::Roles containerRoles()
{
    return { ContainerModel::IdRole, ContainerModel::SortRole, ContainerModel::FilterRole,
        ContainerModel::StateRole };
}

portlight::client::VolumeSummary volume(const QString& name)
{
    portlight::client::VolumeSummary summary;
    summary.name = name;
    return summary;
}

portlight::client::NetworkSummary network(const QString& id, const QString& name)
{
    portlight::client::NetworkSummary summary;
    summary.id = id;
    summary.name = name;
    return summary;
}

} // namespace

class TestContainerModel : public QObject {
    Q_OBJECT
private slots:
    void applySnapshot_data();
    void applySnapshot();
    void applyStats_oneSignal();
    void activityAndFailure();
    void proxy_filtersAndSorts();
    void proxy_letsGoInTheMiddleOfAChange();
    void images();
    void volumesAndNetworks();
    void removesRunsOfRowsAtOnce();
};

void TestContainerModel::applySnapshot_data()
{
    const auto web = container("1", "web");
    const auto stopped = container("1", "web", ContainerState::Exited);
    const auto db = container("2", "db");
    const auto old = container("3", "old");
    QTest::addColumn<Rows>("before");
    QTest::addColumn<Rows>("after");
    QTest::addColumn<QList<int>>("insertsRemovesChanges");
    QTest::newRow("first fill") << Rows {} << Rows { web, db } << QList { 1, 0, 0 };
    QTest::newRow("nothing new") << Rows { web, db } << Rows { db, web } << QList { 0, 0, 0 };
    QTest::newRow("state flips") << Rows { web, db } << Rows { stopped, db } << QList { 0, 0, 1 };
    QTest::newRow("one goes") << Rows { web, db, old } << Rows { web, old } << QList { 0, 1, 0 };
    QTest::newRow("all at once") << Rows { web, old } << Rows { stopped, db } << QList { 1, 1, 1 };
    QTest::newRow("id twice") << Rows {} << Rows { web, web } << QList { 1, 0, 0 };
}

void TestContainerModel::applySnapshot()
{
    QFETCH(const Rows, before);
    QFETCH(const Rows, after);
    ContainerModel model;
    QAbstractItemModelTester tester(&model, Mode::QtTest);
    model.applySnapshot(before);
    QSignalSpy inserted(&model, &ContainerModel::rowsInserted);
    QSignalSpy removed(&model, &ContainerModel::rowsRemoved);
    QSignalSpy changed(&model, &ContainerModel::dataChanged);
    model.applySnapshot(after);
    const QList seen { int(inserted.size()), int(removed.size()), int(changed.size()) };
    QTEST(seen, "insertsRemovesChanges");
    for (const auto& expected : after)
        QCOMPARE(model.row(model.rowOf(expected.id)).summary, expected);
}

void TestContainerModel::applyStats_oneSignal()
{
    ContainerModel model;
    QAbstractItemModelTester tester(&model, Mode::QtTest);
    model.applySnapshot({ container("1", "a"), container("2", "b"), container("3", "c") });
    QSignalSpy changed(&model, &ContainerModel::dataChanged);
    model.applyStats(tick(10, { stats("1", 5, 1000), stats("3", 7, 0), stats("unknown", 1, 1) }));
    model.applyStats(tick(12, { stats("1", 42.66, 3000), stats("3", 7, 0) }));
    QCOMPARE(changed.size(), 2);
    QCOMPARE(model.find("1")->networkBytesPerSecond, std::optional(1000.0));
    QCOMPARE(
        model.index(0, ContainerModel::CpuColumn).data().toString(), QStringLiteral("42.7\u2009%"));
    QCOMPARE(model.index(1, ContainerModel::CpuColumn).data().toString(), QStringLiteral("–"));
    QVERIFY(!model.index(1, ContainerModel::CpuColumn).data(ContainerModel::SortRole).isValid());
    model.applyStats(tick(13, { stats("1", 1, 3000) }));
    QVERIFY(!model.find("3")->stats.cpuPercent);
    model.applyStats(tick(14, { stats("1", 1, 10) })); // the counter went back: not a negative rate
    QVERIFY(!model.find("1")->networkBytesPerSecond);
}

void TestContainerModel::activityAndFailure()
{
    ContainerModel model;
    model.applySnapshot({ container("1", "a") });
    const auto state = [&] { return model.index(0, ContainerModel::StateColumn); };
    model.setActivity("1", ContainerActivity::Stopping);
    QCOMPARE(state().data().toString(), QStringLiteral("Stopping"));
    model.setActivity("1", ContainerActivity::None);
    model.setFailure("1", "no permission");
    QCOMPARE(state().data().toString(), QStringLiteral("Running"));
    QCOMPARE(state().data(Qt::ToolTipRole).toString(), QStringLiteral("no permission"));
    model.setActivity("1", ContainerActivity::Killing); // a new try takes the old failure away
    QVERIFY(model.find("1")->failure.isEmpty());
    model.setActivity("unknown", ContainerActivity::Killing);
}

void TestContainerModel::proxy_filtersAndSorts()
{
    ContainerModel model;
    FilterProxy proxy(containerRoles());
    proxy.setSourceModel(&model);
    QAbstractItemModelTester tester(&proxy, Mode::QtTest);
    model.applySnapshot({ container("1", "web-10"), container("2", "Web-2"),
        container("3", "db", ContainerState::Exited) });
    const auto names = [&] {
        QStringList list;
        for (int row = 0; row < proxy.rowCount(); ++row)
            list.append(proxy.index(row, 0).data().toString());
        return list;
    };
    proxy.sort(ContainerModel::NameColumn);
    QCOMPARE(names(), (QStringList { "db", "Web-2", "web-10" }));
    model.applyStats(tick(1, { stats("1", 3, 0), stats("2", 9, 0) }));
    proxy.sort(ContainerModel::CpuColumn, Qt::AscendingOrder);
    QCOMPARE(names(), (QStringList { "web-10", "Web-2", "db" }));
    proxy.sort(ContainerModel::CpuColumn, Qt::DescendingOrder);
    QCOMPARE(names(), (QStringList { "Web-2", "web-10", "db" }));
    proxy.setStates({ int(ContainerState::Running) });
    QCOMPARE(proxy.rowCount(), 2);
    QVERIFY(!proxy.indexOfId("3").isValid());
    proxy.setSearchText("10  WEB");
    QCOMPARE(names(), QStringList { "web-10" });
    QCOMPARE(proxy.indexOfId("1").row(), 0);
    proxy.setSearchText("nothing like it");
    QCOMPARE(proxy.rowCount(), 0);
    QVERIFY(proxy.isFiltering());
}

// The table is hidden, and so the pointer leaves it, while its last rows are being filtered out.
void TestContainerModel::proxy_letsGoInTheMiddleOfAChange()
{
    ContainerModel model;
    FilterProxy proxy(containerRoles());
    proxy.setSourceModel(&model);
    proxy.sort(ContainerModel::NameColumn);
    const QAbstractItemModelTester tester(&proxy, Mode::QtTest);
    model.applySnapshot({ container("2", "b"), container("1", "a"), container("3", "c") });
    proxy.setSortHeld(true);
    connect(&proxy, &QAbstractItemModel::rowsAboutToBeRemoved, &proxy,
        [&proxy] { proxy.setSortHeld(false); });
    proxy.setSearchText(QStringLiteral("nothing like it"));
    QCOMPARE(proxy.rowCount(), 0);
    proxy.setSearchText({});
    QTRY_VERIFY(proxy.dynamicSortFilter());
    QCOMPARE(proxy.rowCount(), 3);
    QCOMPARE(proxy.index(0, 0).data(ContainerModel::IdRole).toString(), QStringLiteral("1"));
}

void TestContainerModel::images()
{
    ImageModel model;
    QAbstractItemModelTester tester(&model, Mode::QtTest);
    ImageSummary named;
    named.id = "sha256:0123456789abcdef";
    named.references = { "nginx:1", "nginx:latest" };
    named.sizeBytes = 1'500'000;
    ImageSummary nameless;
    nameless.id = "sha256:fedcba9876543210";
    model.applySnapshot({ named, nameless });
    QCOMPARE(
        model.index(0, ImageModel::SizeColumn).data().toString(), QStringLiteral("1.5\u2009MB"));
    QCOMPARE(model.suggestions(), (QStringList { "fedcba987654", "nginx:1", "nginx:latest" }));
    QSignalSpy changed(&model, &ImageModel::dataChanged);
    model.applyUsage({ { named.id, 2 } });
    QCOMPARE(changed.size(), 1);
    QCOMPARE(model.find(named.id)->usedBy, 2);
    model.applySnapshot({ nameless });
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.rowOf(nameless.id), 0);
}

void TestContainerModel::volumesAndNetworks()
{
    VolumeModel volumes;
    NetworkModel networks;
    QAbstractItemModelTester volumeTester(&volumes, Mode::QtTest);
    QAbstractItemModelTester networkTester(&networks, Mode::QtTest);
    volumes.applyUsers({ { "data", { "db" } } }); // the list of containers may come first
    volumes.applySnapshot({ volume("data"), volume("spare") });
    QCOMPARE(volumes.find("data")->users, QStringList { "db" });
    QCOMPARE(volumes.index(0, 0).data(VolumeModel::StateRole).toInt(), 1);
    QCOMPARE(volumes.index(1, 0).data(VolumeModel::StateRole).toInt(), 0);
    QSignalSpy changed(&volumes, &VolumeModel::dataChanged);
    volumes.applyUsers({ { "spare", { "db" } } });
    QCOMPARE(changed.size(), 2);
    QVERIFY(!volumes.index(0, VolumeModel::SizeColumn).data(VolumeModel::SortRole).isValid());

    networks.applyMembers({ { "shop", { "web", "db" } } });
    networks.applySnapshot({ network("1", "bridge"), network("2", "shop") });
    QCOMPARE(
        networks.index(0, 0).data(NetworkModel::StateRole).toInt(), int(NetworkModel::BuiltIn));
    QCOMPARE(networks.index(1, 0).data(NetworkModel::StateRole).toInt(), int(NetworkModel::Used));
    QCOMPARE(networks.index(1, NetworkModel::MembersColumn).data().toString(), QString("web, db"));
    QCOMPARE(networks.names(), (QStringList { "bridge", "shop" }));
}

void TestContainerModel::removesRunsOfRowsAtOnce()
{
    Rows many;
    for (int i = 0; i < 10; ++i)
        many.append(container(QString::number(i), "c"));
    ContainerModel model;
    QAbstractItemModelTester tester(&model, Mode::QtTest);
    model.applySnapshot(many);
    QSignalSpy removed(&model, &ContainerModel::rowsRemoved);
    model.applySnapshot({ many.at(0), many.at(5), many.at(9) });
    QCOMPARE(removed.size(), 2); // 1–4 and 6–8
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.rowOf("9"), 2);
    QCOMPARE(model.rowOf("7"), -1);
}

QTEST_GUILESS_MAIN(TestContainerModel)
#include "tst_container_model.moc"
