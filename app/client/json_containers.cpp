#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <cmath>

namespace portlight::client::json {

using L1 = QLatin1String;

namespace {

Health healthFromApi(const QString& word)
{
    if (word == L1("healthy"))
        return Health::Healthy;
    if (word == L1("unhealthy"))
        return Health::Unhealthy;
    return word == L1("starting") ? Health::Starting : Health::None;
}

/// The list has health and exit code only inside its English sentence.
void readStatusText(ContainerSummary& container)
{
    static const QRegularExpression exited(QStringLiteral("^Exited \\((-?\\d+)\\)"));
    if (const auto match = exited.match(container.statusText); match.hasMatch())
        container.exitCode = match.captured(1).toInt();
    if (container.statusText.endsWith(L1("(healthy)")))
        container.health = Health::Healthy;
    else if (container.statusText.endsWith(L1("(unhealthy)")))
        container.health = Health::Unhealthy;
    else if (container.statusText.endsWith(L1("(health: starting)")))
        container.health = Health::Starting;
}

QString withoutSlash(const QString& name)
{
    return name.startsWith(u'/') ? name.mid(1) : name;
}

ContainerSummary summary(const QJsonObject& object)
{
    ContainerSummary container;
    container.id = object[L1("Id")].toString();
    if (const QStringList names = strings(object[L1("Names")]); !names.isEmpty())
        container.name = withoutSlash(names.first());
    container.image = object[L1("Image")].toString();
    container.imageId = object[L1("ImageID")].toString();
    container.command = object[L1("Command")].toString();
    container.state = containerStateFromApi(object[L1("State")].toString());
    container.statusText = object[L1("Status")].toString();
    container.created = QDateTime::fromSecsSinceEpoch(integer(object[L1("Created")]), Qt::UTC);
    for (const auto& item : object[L1("Ports")].toArray()) {
        const QJsonObject port = item.toObject();
        container.ports.append({ port[L1("IP")].toString(), quint16(port[L1("PublicPort")].toInt()),
            quint16(port[L1("PrivatePort")].toInt()),
            port[L1("Type")].toString(QStringLiteral("tcp")) });
    }
    for (const auto& item : object[L1("Mounts")].toArray())
        if (const QString name = item.toObject()[L1("Name")].toString(); !name.isEmpty())
            container.volumes.append(name);
    const QJsonObject networks =
        object[L1("NetworkSettings")].toObject()[L1("Networks")].toObject();
    for (auto network = networks.begin(); network != networks.end(); ++network)
        container.networks.insert(
            network.key(), network.value().toObject()[L1("IPAddress")].toString());
    container.labels = stringMap(object[L1("Labels")]);
    readStatusText(container);
    return container;
}

void readState(ContainerDetails& container, const QJsonObject& state)
{
    container.state = containerStateFromApi(state[L1("Status")].toString());
    container.health = healthFromApi(state[L1("Health")].toObject()[L1("Status")].toString());
    container.pid = integer(state[L1("Pid")]);
    container.wasOomKilled = state[L1("OOMKilled")].toBool();
    container.startError = state[L1("Error")].toString();
    container.started = decodeTime(state[L1("StartedAt")].toString());
    container.finished = decodeTime(state[L1("FinishedAt")].toString());
    if (container.finished.isValid() && container.pid == 0)
        container.exitCode = state[L1("ExitCode")].toInt();
}

void readConfig(ContainerDetails& container, const QJsonObject& config)
{
    container.image = config[L1("Image")].toString();
    container.entrypoint = words(config[L1("Entrypoint")]);
    container.command = words(config[L1("Cmd")]);
    container.environment = strings(config[L1("Env")]);
    container.workingDirectory = config[L1("WorkingDir")].toString();
    container.user = config[L1("User")].toString();
    container.hostname = config[L1("Hostname")].toString();
    container.hasTty = config[L1("Tty")].toBool();
    container.labels = stringMap(config[L1("Labels")]);
}

void readHostConfig(ContainerDetails& container, const QJsonObject& config)
{
    container.restartPolicy = config[L1("RestartPolicy")].toObject()[L1("Name")].toString();
    container.networkMode = config[L1("NetworkMode")].toString();
    container.limits.memoryBytes = positive(config[L1("Memory")]);
    container.limits.memorySwapBytes = positive(config[L1("MemorySwap")]);
    container.limits.pids = positive(config[L1("PidsLimit")]);
    if (const auto nano = positive(config[L1("NanoCpus")]))
        container.limits.cpuCores = double(*nano) / 1e9;
    else if (const auto quota = positive(config[L1("CpuQuota")]))
        container.limits.cpuCores =
            double(*quota) / double(positive(config[L1("CpuPeriod")]).value_or(100'000));
}

} // namespace

Expected<QList<ContainerSummary>> decodeContainers(const QByteArray& body)
{
    auto parsed = parseArray(body);
    if (!parsed)
        return parsed.error();
    QList<ContainerSummary> containers;
    for (const auto& item : *parsed) {
        containers.append(summary(item.toObject()));
        if (containers.last().id.isEmpty())
            return shapeError(QStringLiteral("a container without an id"));
    }
    return containers;
}

Expected<ContainerDetails> decodeContainer(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    ContainerDetails container;
    container.id = object[L1("Id")].toString();
    if (container.id.isEmpty())
        return shapeError(QStringLiteral("a container without an id"));
    container.name = withoutSlash(object[L1("Name")].toString());
    container.imageId = object[L1("Image")].toString();
    container.created = decodeTime(object[L1("Created")].toString());
    container.restartCount = object[L1("RestartCount")].toInt();
    container.logPath = object[L1("LogPath")].toString();
    readState(container, object[L1("State")].toObject());
    readConfig(container, object[L1("Config")].toObject());
    readHostConfig(container, object[L1("HostConfig")].toObject());
    const QJsonObject network = object[L1("NetworkSettings")].toObject();
    container.ports = portMap(network[L1("Ports")].toObject());
    container.ipAddress = network[L1("IPAddress")].toString();
    for (const auto& item : network[L1("Networks")].toObject())
        if (container.ipAddress.isEmpty())
            container.ipAddress = item.toObject()[L1("IPAddress")].toString();
    for (const auto& item : object[L1("Mounts")].toArray()) {
        const QJsonObject mount = item.toObject();
        container.mounts.append({ mount[L1("Type")].toString(), mount[L1("Source")].toString(),
            mount[L1("Destination")].toString(), mount[L1("RW")].toBool() });
    }
    container.rawJson = body;
    return container;
}

Expected<CreatedContainer> decodeCreated(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    CreatedContainer created { (*parsed)[L1("Id")].toString(), strings((*parsed)[L1("Warnings")]) };
    if (created.id.isEmpty())
        return shapeError(QStringLiteral("a container without an id"));
    return created;
}

Expected<int> decodeExitCode(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    if (!(*parsed)[L1("StatusCode")].isDouble())
        return shapeError(QStringLiteral("no exit code"));
    return (*parsed)[L1("StatusCode")].toInt();
}

namespace {

QJsonObject encodeHostConfig(const CreateContainerRequest& request)
{
    QJsonObject host;
    QJsonObject bindings;
    for (const PortMapping& port : request.ports) {
        const QString key = QStringLiteral("%1/%2").arg(port.containerPort).arg(port.protocol);
        QJsonArray list = bindings[key].toArray();
        list.append(QJsonObject { { L1("HostIp"), port.hostAddress },
            { L1("HostPort"), port.hostPort == 0 ? QString() : QString::number(port.hostPort) } });
        bindings[key] = list;
    }
    if (!bindings.isEmpty())
        host[L1("PortBindings")] = bindings;
    QJsonArray mounts;
    for (const BindMount& mount : request.mounts)
        mounts.append(mount.source + u':' + mount.destination
            + (mount.isReadOnly ? QStringLiteral(":ro") : QString()));
    if (!mounts.isEmpty())
        host[L1("Binds")] = mounts;
    if (request.limits.memoryBytes)
        host[L1("Memory")] = *request.limits.memoryBytes;
    if (request.limits.memorySwapBytes)
        host[L1("MemorySwap")] = *request.limits.memorySwapBytes;
    if (request.limits.cpuCores)
        host[L1("NanoCpus")] = qint64(std::llround(*request.limits.cpuCores * 1e9));
    if (request.limits.pids)
        host[L1("PidsLimit")] = *request.limits.pids;
    if (!request.restartPolicy.isEmpty())
        host[L1("RestartPolicy")] = QJsonObject { { L1("Name"), request.restartPolicy } };
    if (!request.networkMode.isEmpty())
        host[L1("NetworkMode")] = request.networkMode;
    if (request.removesItself)
        host[L1("AutoRemove")] = true;
    return host;
}

} // namespace

QByteArray encodeCreate(const CreateContainerRequest& request)
{
    QJsonObject body { { L1("Image"), request.image }, { L1("Tty"), request.hasTty },
        { L1("OpenStdin"), request.opensStdin } };
    const auto setList = [&body](const char* name, const QStringList& list) {
        if (!list.isEmpty())
            body[L1(name)] = QJsonArray::fromStringList(list);
    };
    const auto setText = [&body](const char* name, const QString& text) {
        if (!text.isEmpty())
            body[L1(name)] = text;
    };
    setList("Entrypoint", request.entrypoint);
    setList("Cmd", request.command);
    setList("Env", request.environment);
    setText("WorkingDir", request.workingDirectory);
    setText("User", request.user);
    setText("Hostname", request.hostname);
    QJsonObject exposed;
    for (const PortMapping& port : request.ports)
        exposed[QStringLiteral("%1/%2").arg(port.containerPort).arg(port.protocol)] = QJsonObject();
    if (!exposed.isEmpty())
        body[L1("ExposedPorts")] = exposed;
    QJsonObject labels;
    for (auto label = request.labels.begin(); label != request.labels.end(); ++label)
        labels[label.key()] = label.value();
    if (!labels.isEmpty())
        body[L1("Labels")] = labels;
    body[L1("HostConfig")] = encodeHostConfig(request);
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace portlight::client::json
