#include "app/actions/pull_tasks.h"

#include <QRegularExpression>

namespace portlight::actions {

PullTasks::PullTasks(client::EngineClient& client, TaskList& tasks, QObject* parent)
    : QObject(parent)
    , m_client(client)
    , m_tasks(tasks)
{
    connect(&tasks, &TaskList::cancelRequested, this, [this](int id) {
        const auto pull = m_pulls.find(id);
        if (pull == m_pulls.end())
            return;
        delete pull->stream;
        m_pulls.erase(pull);
        m_tasks.end(id, TaskState::Cancelled, tr("Cancelled"));
    });
}

void PullTasks::forgetSupport()
{
    if (!std::exchange(m_isSupported, true))
        emit supportChanged();
}

int PullTasks::pull(const QString& reference)
{
    const int id = m_tasks.add(tr("Pull %1").arg(reference));
    client::PullStream* stream = m_client.pullImage(reference, this);
    m_pulls.insert(id, { reference, stream, {}, std::nullopt });
    connect(stream, &client::PullStream::progressed, this,
        [this, id](const client::PullProgress& progress) { take(id, progress); });
    connect(stream, &client::EngineStream::failed, this, [this, id](const client::ApiError& error) {
        if (const auto pull = m_pulls.find(id); pull != m_pulls.end())
            pull->error = error;
    });
    connect(stream, &client::EngineStream::ended, this, [this, id] { finish(id); });
    return id;
}

void PullTasks::take(int taskId, const client::PullProgress& progress)
{
    const auto pull = m_pulls.find(taskId);
    if (pull == m_pulls.end())
        return;
    // "Pulling from NAME" carries the tag where the others carry a layer.
    if (progress.layer.isEmpty() || progress.status.startsWith(QLatin1String("Pulling from"))) {
        m_tasks.appendLog(taskId, progress.status);
        return;
    }
    m_tasks.setPart(taskId, { progress.layer, progress.status, progress.bytes, progress.total });
    // Only the download moves the bar: unpacking counts the same bytes once more.
    if (progress.total > 0 && progress.status.startsWith(QLatin1String("Downloading")))
        pull->layers[progress.layer] = { progress.bytes, progress.total };
    else if (auto layer = pull->layers.find(progress.layer); layer != pull->layers.end())
        layer->bytes = layer->total;
    qint64 bytes = 0;
    qint64 total = 0;
    for (const Layer& layer : std::as_const(pull->layers)) {
        bytes += layer.bytes;
        total += layer.total;
    }
    if (total > 0)
        m_tasks.setProgress(taskId, bytes, total);
}

void PullTasks::finish(int taskId)
{
    const auto found = m_pulls.find(taskId);
    if (found == m_pulls.end())
        return;
    const Pull pull = *found;
    m_pulls.erase(found);
    pull.stream->deleteLater();
    if (!pull.error) {
        m_tasks.end(taskId, TaskState::Succeeded, tr("Pulled %1").arg(pull.reference));
        emit pulled(taskId, pull.reference);
        return;
    }
    m_tasks.end(taskId, TaskState::Failed, pull.error->message);
    emit pullFailed(taskId, pull.reference, *pull.error);
    if (pull.error->isUnsupported() && std::exchange(m_isSupported, false))
        emit supportChanged();
}

bool isImageReference(const QString& text)
{
    // The grammar of the distribution project's references, without its length limits.
    static const QRegularExpression form(QStringLiteral(
        "^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?/)?"
        "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
        "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$"));
    return form.match(text).hasMatch();
}

} // namespace portlight::actions
