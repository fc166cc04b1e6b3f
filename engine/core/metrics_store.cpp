#include "engine/core/metrics_store.h"

#include "engine/base/json.h"
#include "engine/base/syscalls.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

constexpr std::string_view kSuffix = ".ring";

std::string labelOf(const RecordedContainer& container)
{
    return dumpJson(Json { { "name", container.name }, { "image", container.image.substr(0, 1024) },
        { "first", container.firstSeconds } });
}

/// What labelOf() wrote; what is missing stays.
void readLabel(const Json& label, RecordedContainer& container)
{
    if (auto name = jsonString(label, "name"))
        container.name = std::move(name).value();
    if (auto image = jsonString(label, "image"))
        container.image = std::move(image).value();
    if (const auto first = jsonInt(label, "first"))
        container.firstSeconds = first.value();
}

struct RingFile {
    std::string id;
    std::string path;
    std::int64_t changedSeconds = 0;
    std::int64_t bytes = 0; ///< on disk: the file is sparse
};

std::vector<RingFile> ringFiles(const std::string& directory)
{
    std::vector<RingFile> files;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(directory, code)) {
        const std::string name = entry.path().filename().string();
        struct stat status {};
        if (!name.ends_with(kSuffix) || ::stat(entry.path().c_str(), &status) != 0)
            continue;
        files.push_back({ name.substr(0, name.size() - kSuffix.size()), entry.path().string(),
            status.st_mtim.tv_sec, status.st_blocks * 512 });
    }
    return files;
}

} // namespace

MetricsStore::MetricsStore(std::string directory, std::int64_t mostBytes)
    : m_directory(directory)
    , m_mostBytes(mostBytes)
    , m_events(std::move(directory))
{
}

Result<std::unique_ptr<MetricsStore>> MetricsStore::open(
    std::string directory, std::int64_t mostBytes)
{
    PL_TRY(makeDirs(directory));
    return std::unique_ptr<MetricsStore>(new MetricsStore(std::move(directory), mostBytes));
}

/// m_mutex is held.
Result<void> MetricsStore::writeOne(const RecordedContainer& container, const MetricsPoint& point)
{
    auto at = m_open.find(container.id);
    if (at == m_open.end()) {
        auto ring = MetricsRing::open(pathOf(container.id));
        if (!ring && ring.error().code == Errc::InvalidArgument) {
            PL_TRY(removeTree(pathOf(container.id))); // another version's: begin anew
            ring = MetricsRing::open(pathOf(container.id));
        }
        if (!ring)
            return ring.error();
        at = m_open.emplace(container.id, Open { std::move(ring).value(), {} }).first;
    }
    Open& open = at->second;
    if (open.name != container.name) {
        RecordedContainer labelled = container;
        labelled.firstSeconds = point.timeSeconds;
        RecordedContainer before;
        if (const auto known = open.ring.readLabel(); known && !known.value().empty())
            if (const auto json = parseJson(known.value()))
                readLabel(json.value(), before);
        if (before.firstSeconds > 0)
            labelled.firstSeconds = before.firstSeconds;
        PL_TRY(open.ring.writeLabel(labelOf(labelled)));
        open.name = container.name;
    }
    return open.ring.write(point);
}

Result<void> MetricsStore::write(
    const std::vector<std::pair<RecordedContainer, MetricsPoint>>& containers)
{
    const std::lock_guard lock(m_mutex);
    Result<void> first = success();
    for (const auto& [container, point] : containers) {
        auto written = writeOne(container, point);
        if (!written && first)
            first = std::move(written);
    }
    return first;
}

void MetricsStore::closeOthers(const std::map<std::string, bool>& running)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_open, [&](const auto& item) { return !running.contains(item.first); });
}

HistoryRange MetricsStore::fitted(HistoryRange wanted, std::int64_t nowSeconds)
{
    std::int64_t step = MetricsRing::kTiers.back().stepSeconds;
    for (const auto& tier : MetricsRing::kTiers)
        if (wanted.fromSeconds >= nowSeconds - tier.reach()) {
            step = tier.stepSeconds;
            break;
        }
    const std::int64_t asked = std::max<std::int64_t>(wanted.stepSeconds, 1);
    HistoryRange range = wanted;
    range.stepSeconds = (asked + step - 1) / step * step;
    return range;
}

Result<std::vector<MetricsPoint>> MetricsStore::read(
    const std::string& id, const HistoryRange& range) const
{
    const auto ring = MetricsRing::openExisting(pathOf(id));
    if (!ring && ring.error().code == Errc::NotFound)
        return std::vector<MetricsPoint>();
    if (!ring)
        return ring.error();
    std::size_t tier = 0;
    for (std::size_t coarser = 1; coarser < MetricsRing::kTiers.size(); ++coarser)
        if (range.stepSeconds % MetricsRing::kTiers[coarser].stepSeconds == 0)
            tier = coarser;
    const std::int64_t begin = range.fromSeconds / range.stepSeconds * range.stepSeconds;
    PL_TRY(auto points, ring.value().read(tier, begin, range.toSeconds));
    if (range.stepSeconds == MetricsRing::kTiers[tier].stepSeconds)
        return points;
    std::vector<MetricsPoint> merges;
    std::vector<MetricsPoint> bucket;
    std::int64_t bucketTime = 0;
    for (const auto& point : points) {
        const std::int64_t time = point.timeSeconds / range.stepSeconds * range.stepSeconds;
        if (time != bucketTime && !bucket.empty()) {
            merges.push_back(merged(bucket, bucketTime));
            bucket.clear();
        }
        bucketTime = time;
        bucket.push_back(point);
    }
    if (!bucket.empty())
        merges.push_back(merged(bucket, bucketTime));
    return merges;
}

Result<std::vector<RecordedContainer>> MetricsStore::list() const
{
    std::vector<RecordedContainer> containers;
    for (const RingFile& file : ringFiles(m_directory)) {
        const auto ring = MetricsRing::openExisting(file.path);
        if (!ring)
            continue; // it has just been collected, or is another version's
        RecordedContainer container { file.id, {}, {}, 0, file.changedSeconds };
        if (const auto label = ring.value().readLabel())
            if (const auto json = parseJson(label.value()))
                readLabel(json.value(), container);
        containers.push_back(std::move(container));
    }
    std::sort(containers.begin(), containers.end(),
        [](const auto& a, const auto& b) { return a.lastSeconds > b.lastSeconds; });
    return containers;
}

Result<void> MetricsStore::collect(std::int64_t nowSeconds, const std::map<std::string, bool>& keep)
{
    auto files = ringFiles(m_directory);
    std::sort(files.begin(), files.end(),
        [](const auto& a, const auto& b) { return a.changedSeconds < b.changedSeconds; });
    std::int64_t total = 0;
    for (const auto& file : files)
        total += file.bytes;
    for (const auto& file : files) {
        const bool isTooOld = file.changedSeconds < nowSeconds - MetricsRing::kTiers.back().reach();
        if (keep.contains(file.id) || (!isTooOld && total <= m_mostBytes))
            continue;
        PL_TRY(removeTree(file.path));
        total -= file.bytes;
    }
    return success();
}

Result<std::int64_t> MetricsStore::bytesOnDisk() const
{
    std::int64_t total = 0;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(m_directory, code)) {
        struct stat status {};
        if (::stat(entry.path().c_str(), &status) == 0)
            total += status.st_blocks * 512;
    }
    return total;
}

} // namespace portlight::core
