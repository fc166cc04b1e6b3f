#include "app/client/engine_client_p.h"

#include <QTimer>

namespace portlight::client {

namespace {
constexpr int kOldestMinor = 24;
constexpr int kNewestMinor = 50;
} // namespace

QString negotiateVersion(const QByteArray& newestOfEngine)
{
    const QList<QByteArray> parts = newestOfEngine.split('.');
    bool isNumber = false;
    const int minor = parts.size() == 2 ? parts.at(1).toInt(&isNumber) : 0;
    if (!isNumber || parts.at(0) != "1" || minor < kOldestMinor)
        return {};
    return QStringLiteral("1.%1").arg(std::min(minor, kNewestMinor));
}

void EngineClient::Private::enqueue(HttpCall* pending)
{
    if (pending->request().target.startsWith("/portlight/")) {
        queue.add(pending);
        return;
    }
    const QPointer<HttpCall> guard(pending);
    waiting.push_back([this, guard](const std::optional<ApiError>& error) {
        if (guard.isNull())
            return;
        if (error) {
            guard->finish({ {}, {}, error });
            return;
        }
        guard->setTarget(prefix() + guard->request().target);
        queue.add(guard);
    });
    negotiate();
}

void EngineClient::Private::negotiate()
{
    if (isNegotiating)
        return;
    if (!apiVersion.isEmpty()) {
        for (const auto& ready : std::exchange(waiting, {}))
            ready(std::nullopt);
        return;
    }
    isNegotiating = true;
    queue.add(new HttpCall(
        { "GET", "/_ping", {}, {}, std::nullopt },
        [this](const HttpCall::Answer& answer) { handlePing(answer); }, q));
}

void EngineClient::Private::handlePing(const HttpCall::Answer& answer)
{
    isNegotiating = false;
    std::optional<ApiError> error = answer.error;
    if (!error && !answer.head.isSuccess())
        error = json::decodeError(answer.head.status, answer.body);
    if (!error) {
        apiVersion = negotiateVersion(answer.head.field("api-version"));
        if (apiVersion.isEmpty())
            error = ApiError { ApiError::Cause::Protocol, answer.head.status,
                QStringLiteral("the engine speaks no version of the API that this program knows") };
    } else {
        apiVersion.clear();
    }
    const QPointer<EngineClient> guard(q);
    for (const auto& ready : std::exchange(waiting, {}))
        if (guard)
            ready(error);
}

void EngineClient::Private::whenNegotiated(
    QObject* context, std::function<void(Expected<QByteArray>)> ready)
{
    const QPointer<QObject> guard(context);
    waiting.push_back([this, guard, ready](const std::optional<ApiError>& error) {
        if (guard)
            ready(error ? Expected<QByteArray>(*error) : Expected<QByteArray>(prefix()));
    });
    negotiate();
}

EngineClient::EngineClient(EngineAddress address, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(address), this))
{
}
EngineClient::~EngineClient() = default;

const EngineAddress& EngineClient::address() const
{
    return d->address;
}
QString EngineClient::apiVersion() const
{
    return d->apiVersion;
}

RequestHandle EngineClient::ping(QObject* context, Callback<QString> done)
{
    auto* pending = new PendingCall(this);
    connect(context, &QObject::destroyed, pending, &QObject::deleteLater);
    d->apiVersion.clear(); // another engine may be there by now
    d->whenNegotiated(pending, [this, pending, done](const Expected<QByteArray>& prefix) {
        pending->deleteLater();
        done(prefix ? Expected<QString>(d->apiVersion) : Expected<QString>(prefix.error()));
    });
    return RequestHandle(pending);
}

RequestHandle EngineClient::version(QObject* context, Callback<EngineVersion> done)
{
    return d->call<EngineVersion>("GET", "/version", {}, context, done, json::decodeVersion);
}

RequestHandle EngineClient::info(QObject* context, Callback<EngineInfo> done)
{
    return d->call<EngineInfo>("GET", "/info", {}, context, done, json::decodeInfo);
}

RequestHandle EngineClient::hostReport(QObject* context, Callback<HostReport> done)
{
    return d->call<HostReport>(
        "GET", "/portlight/v1/host", {}, context, done, json::decodeHostReport);
}

RequestHandle EngineClient::listContainers(QObject* context, Callback<QList<ContainerSummary>> done)
{
    return d->call<QList<ContainerSummary>>(
        "GET", "/containers/json?all=1", {}, context, done, json::decodeContainers);
}

RequestHandle EngineClient::inspectContainer(
    const QString& reference, QObject* context, Callback<ContainerDetails> done)
{
    return d->call<ContainerDetails>("GET", "/containers/" + pathSegment(reference) + "/json", {},
        context, done, json::decodeContainer);
}

RequestHandle EngineClient::createContainer(
    const CreateContainerRequest& request, QObject* context, Callback<CreatedContainer> done)
{
    QByteArray target = "/containers/create";
    if (!request.name.isEmpty())
        target += "?name=" + queryValue(request.name);
    return d->call<CreatedContainer>(
        "POST", target, json::encodeCreate(request), context, done, json::decodeCreated);
}

RequestHandle EngineClient::startContainer(
    const QString& reference, QObject* context, Callback<Done> done)
{
    return d->act("POST", "/containers/" + pathSegment(reference) + "/start", context, done);
}

RequestHandle EngineClient::stopContainer(const QString& reference,
    std::optional<std::chrono::seconds> grace, QObject* context, Callback<Done> done)
{
    QByteArray target = "/containers/" + pathSegment(reference) + "/stop";
    if (grace)
        target += "?t=" + QByteArray::number(qint64(grace->count()));
    return d->act("POST", target, context, done);
}

RequestHandle EngineClient::restartContainer(
    const QString& reference, QObject* context, Callback<Done> done)
{
    return d->act("POST", "/containers/" + pathSegment(reference) + "/restart", context, done);
}

RequestHandle EngineClient::killContainer(
    const QString& reference, const QString& signal, QObject* context, Callback<Done> done)
{
    return d->act("POST",
        "/containers/" + pathSegment(reference) + "/kill?signal=" + queryValue(signal), context,
        done);
}

RequestHandle EngineClient::removeContainer(
    const QString& reference, bool force, bool withVolumes, QObject* context, Callback<Done> done)
{
    return d->act("DELETE",
        "/containers/" + pathSegment(reference) + "?force=" + (force ? "1" : "0")
            + "&v=" + (withVolumes ? "1" : "0"),
        context, done);
}

RequestHandle EngineClient::waitContainer(
    const QString& reference, QObject* context, Callback<int> done)
{
    return d->call<int>("POST", "/containers/" + pathSegment(reference) + "/wait", {}, context,
        done, json::decodeExitCode);
}

RequestHandle EngineClient::listImages(QObject* context, Callback<QList<ImageSummary>> done)
{
    return d->call<QList<ImageSummary>>(
        "GET", "/images/json", {}, context, done, json::decodeImages);
}

RequestHandle EngineClient::inspectImage(
    const QString& reference, QObject* context, Callback<ImageDetails> done)
{
    return d->call<ImageDetails>(
        "GET", "/images/" + pathSegment(reference) + "/json", {}, context, done, json::decodeImage);
}

RequestHandle EngineClient::removeImage(
    const QString& reference, bool force, QObject* context, Callback<QStringList> done)
{
    return d->call<QStringList>("DELETE",
        "/images/" + pathSegment(reference) + "?force=" + (force ? "1" : "0"), {}, context, done,
        json::decodeRemovedImage);
}

RequestHandle EngineClient::listVolumes(QObject* context, Callback<QList<VolumeSummary>> done)
{
    return d->call<QList<VolumeSummary>>("GET", "/volumes", {}, context, done, json::decodeVolumes);
}

RequestHandle EngineClient::createVolume(
    const QString& name, QObject* context, Callback<QString> done)
{
    return d->call<QString>("POST", "/volumes/create", json::encodeCreateVolume(name), context,
        done, json::decodeVolumeName);
}

RequestHandle EngineClient::removeVolume(const QString& name, QObject* context, Callback<Done> done)
{
    return d->act("DELETE", "/volumes/" + pathSegment(name), context, done);
}

RequestHandle EngineClient::listNetworks(QObject* context, Callback<QList<NetworkSummary>> done)
{
    return d->call<QList<NetworkSummary>>(
        "GET", "/networks", {}, context, done, json::decodeNetworks);
}

RequestHandle EngineClient::createNetwork(
    const CreateNetworkRequest& request, QObject* context, Callback<QString> done)
{
    return d->call<QString>("POST", "/networks/create", json::encodeCreateNetwork(request), context,
        done, json::decodeId);
}

RequestHandle EngineClient::removeNetwork(
    const QString& reference, QObject* context, Callback<Done> done)
{
    return d->act("DELETE", "/networks/" + pathSegment(reference), context, done);
}

} // namespace portlight::client
