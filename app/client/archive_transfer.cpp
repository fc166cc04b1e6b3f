#include "app/client/archive_worker.h"
#include "app/client/engine_client_p.h"

#include <QCoreApplication>
#include <QThread>
#include <QTimer>

namespace portlight::client {

namespace {

/// Ends its worker, and what that leaves for later: its socket, whose signals may be under way.
class WorkerThread : public QThread {
public:
    /// Takes @p worker over.
    void work(ArchiveWorker* worker)
    {
        m_worker = worker;
        m_worker->moveToThread(this);
        start();
    }

protected:
    void run() override
    {
        exec();
        delete m_worker;
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

private:
    ArchiveWorker* m_worker = nullptr;
};

/// The half of a transfer that the window sees.
class ThreadedTransfer : public ArchiveTransfer {
public:
    using MakeWorker = std::function<ArchiveWorker*(const QByteArray& prefix)>;

    ThreadedTransfer(MakeWorker makeWorker, QObject* parent)
        : ArchiveTransfer(parent)
        , m_makeWorker(std::move(makeWorker))
    {
    }
    ~ThreadedTransfer() override
    {
        // The worker goes with its thread, and its connection and temporary file with it.
        m_thread.quit();
        m_thread.wait();
    }

    void start(const Expected<QByteArray>& prefix)
    {
        if (m_isOver)
            return;
        if (!prefix) {
            end(prefix.error());
            return;
        }
        m_worker = m_makeWorker(*prefix);
        connect(m_worker, &ArchiveWorker::progressed, this, &ArchiveTransfer::progressed);
        connect(m_worker, &ArchiveWorker::engineReported, this, &ArchiveTransfer::engineReported);
        connect(m_worker, &ArchiveWorker::failed, this, &ThreadedTransfer::end);
        connect(m_worker, &ArchiveWorker::finished, this, [this](const QStringList& images) {
            m_isOver = true;
            m_thread.quit();
            emit finished(images);
        });
        m_thread.setObjectName(QStringLiteral("archive"));
        m_thread.work(m_worker);
        QMetaObject::invokeMethod(m_worker, &ArchiveWorker::start, Qt::QueuedConnection);
    }

    void cancel() override
    {
        if (m_isOver)
            return;
        if (m_worker != nullptr)
            QMetaObject::invokeMethod(m_worker, &ArchiveWorker::cancel, Qt::QueuedConnection);
        else
            QTimer::singleShot(0, this,
                [this] { end({ ApiError::Cause::Cancelled, 0, QStringLiteral("cancelled") }); });
    }

private:
    void end(const ApiError& error)
    {
        if (std::exchange(m_isOver, true))
            return;
        m_thread.quit();
        emit failed(error);
    }

    MakeWorker m_makeWorker;
    WorkerThread m_thread;
    ArchiveWorker* m_worker = nullptr; ///< deleted by its thread's end
    bool m_isOver = false;
};

} // namespace

ArchiveTransfer* EngineClient::loadArchive(const QString& path, QObject* parent)
{
    const QString socketPath = d->address.socketPath;
    auto* transfer = new ThreadedTransfer(
        [socketPath, path](const QByteArray& prefix) {
            return new LoadWorker(socketPath, path, prefix + "/images/load?quiet=0");
        },
        parent);
    QTimer::singleShot(0, transfer, [guard = QPointer(this), transfer] {
        if (guard)
            guard->d->whenNegotiated(
                transfer, [transfer](const auto& prefix) { transfer->start(prefix); });
    });
    return transfer;
}

ArchiveTransfer* EngineClient::saveImages(
    const QStringList& references, const QString& path, ArchiveFormat format, QObject* parent)
{
    QByteArray query;
    for (const QString& reference : references)
        query += (query.isEmpty() ? "?names=" : "&names=") + queryValue(reference);
    if (format != ArchiveFormat::Auto)
        query += format == ArchiveFormat::Oci ? "&format=oci" : "&format=docker";
    const QString socketPath = d->address.socketPath;
    auto* transfer = new ThreadedTransfer(
        [socketPath, path, query](const QByteArray& prefix) {
            return new SaveWorker(socketPath, path, prefix + "/images/get" + query);
        },
        parent);
    QTimer::singleShot(0, transfer, [guard = QPointer(this), transfer] {
        if (guard)
            guard->d->whenNegotiated(
                transfer, [transfer](const auto& prefix) { transfer->start(prefix); });
    });
    return transfer;
}

} // namespace portlight::client
