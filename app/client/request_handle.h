#pragma once

#include <QObject>
#include <QPointer>

namespace portlight::client {

/// One call under way. Owned by the client; deleting it gives the call up.
class PendingCall : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
};

/// Names a call under way, to give it up. Copies name the same call; letting a handle go does not
/// cancel.
class RequestHandle {
public:
    RequestHandle() = default;
    explicit RequestHandle(PendingCall* call)
        : m_call(call)
    {
    }

    /// The answer will not be delivered any more. The engine may have done the work all the same.
    void cancel();
    bool isPending() const { return !m_call.isNull(); }

private:
    QPointer<PendingCall> m_call;
};

} // namespace portlight::client
