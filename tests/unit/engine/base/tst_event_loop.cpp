#include "engine/base/event_loop.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <optional>

using namespace portlight;

/// What happens to events that are in the list when a handler takes descriptors away.
class TestEventLoop : public QObject {
    Q_OBJECT

private slots:
    void removedIsNotCalled();
    void sameNumberIsAnother();
};

namespace {

struct Channel {
    Fd read;
    Fd write;
};

/// One that can be read.
std::optional<Channel> readyChannel()
{
    std::array<int, 2> ends {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::write(ends[1], "x", 1) != 1)
        return {};
    return Channel { Fd(ends[0]), Fd(ends[1]) };
}

} // namespace

void TestEventLoop::removedIsNotCalled()
{
    auto loop = EventLoop::create();
    PL_VERIFY(loop);
    auto one = readyChannel();
    auto two = readyChannel();
    QVERIFY(one && two);
    int calls = 0;
    const auto handler = [&](std::uint32_t) {
        ++calls;
        loop.value().remove(one->read);
        loop.value().remove(two->read);
    };
    PL_DONE(loop.value().add(one->read, EPOLLIN, handler));
    PL_DONE(loop.value().add(two->read, EPOLLIN, handler));
    PL_DONE(loop.value().runOnce(0));
    QCOMPARE(calls, 1);
}

// Both are ready at once. Whoever comes first closes the other and opens a new one, which gets its
// number: the old one's event must not reach it, it is not ready.
void TestEventLoop::sameNumberIsAnother()
{
    auto loop = EventLoop::create();
    PL_VERIFY(loop);
    std::array<std::optional<Channel>, 2> channels { readyChannel(), readyChannel() };
    QVERIFY(channels[0] && channels[1]);
    Fd successor;
    int wrongCalls = 0;
    const auto replace = [&](std::size_t other) {
        loop.value().remove(channels[other]->read);
        const int number = channels[other]->read.get();
        successor = Fd(::epoll_create1(EPOLL_CLOEXEC)); // never ready
        QVERIFY(::dup3(successor.get(), number, O_CLOEXEC) == number); // closes the old one
        successor = std::move(channels[other]->read);
        PL_DONE(loop.value().add(successor, EPOLLIN, [&](std::uint32_t) { ++wrongCalls; }));
    };
    for (std::size_t at : { 0U, 1U })
        PL_DONE(loop.value().add(
            channels[at]->read, EPOLLIN, [&replace, at](std::uint32_t) { replace(1 - at); }));
    PL_DONE(loop.value().runOnce(0));
    QVERIFY(successor.isOpen());
    QCOMPARE(wrongCalls, 0);
}

QTEST_GUILESS_MAIN(TestEventLoop)
#include "tst_event_loop.moc"
