#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QStringList>

#include <memory>

namespace portlight::shell {

/// One window per engine: a lock file decides, a local socket carries the second one's arguments.
/// Both lie in the user's runtime folder, readable by that user only.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    /// @p engineSocket tells windows of different engines apart.
    explicit SingleInstance(const QString& engineSocket, QObject* parent = nullptr);
    ~SingleInstance() override;

    /// True when this process is the first. A lock that a killed process left is taken over.
    bool claim();
    /// Hands a page name and archives to the first; false when it did not take them within 2 s.
    bool handOver(const QString& page, const QStringList& archives);

signals:
    void requested(const QString& page, const QStringList& archives);

private:
    void receive();

    QString m_base;
    std::unique_ptr<QLockFile> m_lock;
    QLocalServer m_server;
};

} // namespace portlight::shell
