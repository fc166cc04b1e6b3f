#include "tests/support/raw_tar.h"

#include <cstdio>

namespace portlight::test {

namespace {

constexpr std::size_t kRecord = 512;
constexpr std::size_t kFieldBytes = 100;

std::string octal(std::size_t digits, std::size_t value)
{
    char text[32];
    const int size = std::snprintf(text, sizeof text, "%0*zo", static_cast<int>(digits), value);
    return std::string(text, static_cast<std::size_t>(size)) + '\0';
}

std::string padded(std::string bytes)
{
    bytes.resize((bytes.size() + kRecord - 1) / kRecord * kRecord, '\0');
    return bytes;
}

// "<length> key=value\n", where the length counts itself.
std::string paxRecord(const std::string& key, const std::string& value)
{
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t length = rest.size();
    while (std::to_string(length).size() + rest.size() != length)
        length = std::to_string(length).size() + rest.size();
    return std::to_string(length) + rest;
}

} // namespace

std::string rawTar(const RawEntry& entry)
{
    std::string before;
    auto pax = entry.pax;
    if (entry.name.size() > kFieldBytes)
        pax.try_emplace("path", entry.name);
    if (entry.link.size() > kFieldBytes)
        pax.try_emplace("linkpath", entry.link);
    if (!pax.empty()) {
        RawEntry header { "PaxHeaders/0", 'x' };
        for (const auto& [key, value] : pax)
            header.content += paxRecord(key, value);
        before = rawTar(header);
    }
    std::string record(kRecord, '\0');
    record.replace(0, std::min(kFieldBytes, entry.name.size()), entry.name, 0, kFieldBytes);
    record.replace(100, 8, octal(7, entry.mode));
    record.replace(108, 8, octal(7, 0));
    record.replace(116, 8, octal(7, 0));
    std::string size = entry.sizeField.empty() ? octal(11, entry.content.size()) : entry.sizeField;
    size.resize(12, '\0');
    record.replace(124, 12, size);
    record.replace(136, 12, octal(11, 0));
    record.replace(148, 8, "        ");
    record[156] = entry.type;
    record.replace(157, std::min(kFieldBytes, entry.link.size()), entry.link, 0, kFieldBytes);
    record.replace(257, 8,
        std::string("ustar\0"
                    "00",
            8));
    record.replace(329, 8, octal(7, entry.deviceMajor));
    record.replace(337, 8, octal(7, entry.deviceMinor));
    std::size_t sum = 0;
    for (const char c : record)
        sum += static_cast<unsigned char>(c);
    record.replace(148, 7, octal(6, sum));
    return before + record + padded(entry.content);
}

std::string rawTarEnd()
{
    return std::string(2 * kRecord, '\0');
}

} // namespace portlight::test
