#include "engine/image/tar_header.h"

#include <cassert>
#include <cstdio>
#include <cstring>

namespace portlight::image {

namespace {

constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kChecksumAt = 148;
constexpr std::int64_t kMaxOctalSize = 077777777777;

void putOctal(std::string& record, std::size_t at, int digits, std::int64_t value)
{
    char text[24];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<long long>(value));
    record.replace(at, static_cast<std::size_t>(digits), text, static_cast<std::size_t>(digits));
}

} // namespace

std::string tarHeader(std::string_view name, std::int64_t sizeBytes)
{
    assert(name.size() <= kNameBytes);
    const bool isDirectory = name.ends_with('/');
    std::string record(kTarRecordBytes, '\0');
    record.replace(0, name.size(), name);
    putOctal(record, kNameBytes, 7, isDirectory ? 0755 : 0644); // mode, right after the name
    putOctal(record, 108, 7, 0); // owner
    putOctal(record, 116, 7, 0); // group
    if (sizeBytes <= kMaxOctalSize) {
        putOctal(record, kSizeAt, 11, sizeBytes);
    } else {
        record[kSizeAt] = '\x80';
        for (std::size_t byte = 0; byte < 8; ++byte)
            record[kSizeAt + 11 - byte] =
                static_cast<char>((static_cast<std::uint64_t>(sizeBytes) >> (8 * byte)) & 0xffU);
    }
    putOctal(record, 136, 11, 0); // time
    record[156] = isDirectory ? '5' : '0';
    record.replace(257, 8, std::string_view("ustar\00000", 8));
    record.replace(kChecksumAt, 8, "        ");
    unsigned sum = 0;
    for (const char c : record)
        sum += static_cast<unsigned char>(c);
    putOctal(record, kChecksumAt, 6, sum);
    record[kChecksumAt + 6] = '\0';
    return record;
}

std::string tarPadding(std::int64_t sizeBytes)
{
    const auto rest = static_cast<std::size_t>(sizeBytes) % kTarRecordBytes;
    return std::string(rest == 0 ? 0 : kTarRecordBytes - rest, '\0');
}

} // namespace portlight::image
