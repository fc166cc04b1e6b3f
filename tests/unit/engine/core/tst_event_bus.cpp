#define QT_NO_EMIT // Asio has functions of that name
#include "engine/core/event_bus.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <QtTest>

using namespace portlight;
using namespace portlight::core;

namespace {

Event named(const std::string& action, std::int64_t timeNs = 0)
{
    Event event;
    event.type = "container";
    event.action = action;
    event.timeNs = timeNs;
    return event;
}

using Listening = std::shared_ptr<EventBus::Listener>;

/// Awaits events until one fails; their actions and the failure's code, in order.
asio::awaitable<void> collect(Listening listener, std::vector<std::string>& seen)
{
    for (;;) {
        const auto event = co_await listener->next();
        if (!event) {
            seen.push_back("error " + std::to_string(static_cast<int>(event.error().code)));
            co_return;
        }
        seen.push_back(event.value().action);
    }
}

std::string code(Errc value)
{
    return "error " + std::to_string(static_cast<int>(value));
}

} // namespace

class TestEventBus : public QObject {
    Q_OBJECT

private slots:
    void listenersSeeWhatComesAfter();
    void closedListenerReadsWhatIsLeft();
    void slowListenerIsEnded();
    void cancelledListenerEnds();
    void goneListenersAreForgotten();
    void historyIsBoundedAndOrdered();

private:
    /// Runs until nothing is left to do but wait.
    void settle()
    {
        m_io.restart();
        m_io.poll();
    }
    void spawn(asio::awaitable<void> task, asio::cancellation_slot slot = {});

    asio::io_context m_io { 1 };
};

void TestEventBus::spawn(asio::awaitable<void> task, asio::cancellation_slot slot)
{
    asio::co_spawn(m_io, std::move(task), asio::bind_cancellation_slot(slot, asio::detached));
}

void TestEventBus::listenersSeeWhatComesAfter()
{
    EventBus bus(m_io.get_executor());
    bus.publish(named("before"));
    std::vector<std::string> first;
    std::vector<std::string> second;
    spawn(collect(bus.listen(), first));
    settle();
    QVERIFY(first.empty());
    bus.publish(named("one"));
    settle();
    spawn(collect(bus.listen(), second));
    bus.publish(named("two"));
    bus.publish(named("three"));
    settle();
    QCOMPARE(first, (std::vector<std::string> { "one", "two", "three" }));
    QCOMPARE(second, (std::vector<std::string> { "two", "three" }));
    bus.close();
    settle();
    QCOMPARE(first.back(), code(Errc::Cancelled));
}

void TestEventBus::closedListenerReadsWhatIsLeft()
{
    EventBus bus(m_io.get_executor());
    auto listener = bus.listen();
    bus.publish(named("last"));
    bus.close();
    std::vector<std::string> seen;
    spawn(collect(listener, seen));
    settle();
    QCOMPARE(seen, (std::vector<std::string> { "last", code(Errc::Cancelled) }));
}

void TestEventBus::slowListenerIsEnded()
{
    EventBus bus(m_io.get_executor());
    const auto listener = bus.listen();
    for (std::size_t at = 0; at <= EventBus::kListenerBacklog; ++at)
        bus.publish(named("event"));
    bus.publish(named("after the gap"));
    std::vector<std::string> seen;
    spawn(collect(listener, seen));
    settle();
    // Everything up to the gap, and then the truth about it; nothing that hides it.
    QCOMPARE(seen.size(), EventBus::kListenerBacklog + 1);
    QCOMPARE(seen.back(), code(Errc::Unavailable));
}

void TestEventBus::cancelledListenerEnds()
{
    EventBus bus(m_io.get_executor());
    asio::cancellation_signal signal;
    std::vector<std::string> seen;
    spawn(collect(bus.listen(), seen), signal.slot());
    settle();
    signal.emit(asio::cancellation_type::terminal);
    settle();
    QVERIFY(seen.empty() || seen.back() == code(Errc::Cancelled));
    QCOMPARE(bus.listenerCount(), std::size_t(0));
}

void TestEventBus::goneListenersAreForgotten()
{
    EventBus bus(m_io.get_executor());
    auto listener = bus.listen();
    const auto other = bus.listen();
    QCOMPARE(bus.listenerCount(), std::size_t(2));
    listener.reset();
    QCOMPARE(bus.listenerCount(), std::size_t(1));
    bus.publish(named("for the other"));
    QCOMPARE(bus.listenerCount(), std::size_t(1));
}

void TestEventBus::historyIsBoundedAndOrdered()
{
    EventBus bus(m_io.get_executor());
    const auto count = static_cast<std::int64_t>(EventBus::kHistory) + 10;
    for (std::int64_t at = 1; at <= count; ++at)
        bus.publish(named("event", at));
    const auto all = bus.history(0, count);
    QCOMPARE(all.size(), EventBus::kHistory);
    QCOMPARE(all.front().timeNs, std::int64_t(11));
    QCOMPARE(all.back().timeNs, count);
    QCOMPARE(bus.history(20, 22).size(), std::size_t(3));
    QCOMPARE(bus.history(22, 20).size(), std::size_t(0));
    bus.publish(named("now"));
    QVERIFY(bus.history(count + 1, std::numeric_limits<std::int64_t>::max()).size() == 1);
}

QTEST_GUILESS_MAIN(TestEventBus)
#include "tst_event_bus.moc"
