#include "engine/names/dns_message.h"

#include <charconv>

namespace portlight::names {

namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kMostName = 255;

std::uint16_t number(std::string_view bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(
        (static_cast<unsigned char>(bytes[at]) << 8) | static_cast<unsigned char>(bytes[at + 1]));
}

void put16(std::string& bytes, unsigned value)
{
    bytes.push_back(static_cast<char>((value >> 8) & 0xff));
    bytes.push_back(static_cast<char>(value & 0xff));
}

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

std::string encodeName(std::string_view name)
{
    std::string bytes;
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        if (label.empty() || label.size() > 63)
            return {};
        bytes.push_back(static_cast<char>(label.size()));
        bytes += label;
        name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    bytes.push_back('\0');
    return bytes.size() > kMostName ? std::string() : bytes;
}

std::vector<std::string_view> labelsOf(std::string_view name)
{
    std::vector<std::string_view> labels;
    for (;;) {
        const auto dot = name.find('.');
        labels.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos)
            return labels;
        name.remove_prefix(dot + 1);
    }
}

} // namespace

std::optional<Question> parseQuestion(std::string_view message)
{
    if (message.size() < kHeaderBytes + 5)
        return std::nullopt;
    const bool isAnswer = (static_cast<unsigned char>(message[2]) & 0x80U) != 0;
    const unsigned operation = (static_cast<unsigned char>(message[2]) >> 3) & 0x0fU;
    if (isAnswer || operation != 0 || number(message, 4) != 1)
        return std::nullopt;
    Question question;
    question.id = number(message, 0);
    question.header = message.substr(0, kHeaderBytes);
    std::size_t at = kHeaderBytes;
    for (;;) {
        if (at >= message.size())
            return std::nullopt;
        const auto size = static_cast<unsigned char>(message[at++]);
        if (size == 0)
            break;
        if (size > 63 || at + size > message.size() || question.name.size() + size + 1 > kMostName)
            return std::nullopt;
        if (!question.name.empty())
            question.name += '.';
        for (std::size_t letter = 0; letter < size; ++letter)
            question.name += lower(message[at + letter]);
        at += size;
    }
    if (at + 4 > message.size())
        return std::nullopt;
    question.type = number(message, at);
    question.isInternet = number(message, at + 2) == 1;
    question.section = message.substr(kHeaderBytes, at + 4 - kHeaderBytes);
    return question;
}

std::string makeAnswer(const Question& question, ResponseCode code, RecordType type,
    const std::vector<std::string>& records, std::uint32_t ttlSeconds)
{
    std::string body;
    std::size_t count = 0;
    for (const auto& record : records) {
        const std::string data = type == RecordType::Ptr ? encodeName(record) : record;
        if (data.empty())
            continue;
        put16(body, 0xc000 | kHeaderBytes); // the question's name
        put16(body, static_cast<unsigned>(type));
        put16(body, 1);
        put16(body, ttlSeconds >> 16);
        put16(body, ttlSeconds & 0xffff);
        put16(body, static_cast<unsigned>(data.size()));
        body += data;
        ++count;
    }
    std::string message = question.header.substr(0, 2);
    // An answer with authority; what was asked for (recursion desired) is repeated.
    const auto asked = static_cast<unsigned char>(question.header[2]);
    message.push_back(static_cast<char>(0x84U | (asked & 0x01U)));
    message.push_back(static_cast<char>(0x80U | static_cast<unsigned>(code)));
    put16(message, 1);
    put16(message, static_cast<unsigned>(count));
    put16(message, 0);
    put16(message, 0);
    return message + question.section + body;
}

std::string reverseAddress(std::string_view name)
{
    constexpr std::string_view kV4 = ".in-addr.arpa";
    constexpr std::string_view kV6 = ".ip6.arpa";
    const bool isV4 = name.ends_with(kV4);
    if (!isV4 && !name.ends_with(kV6))
        return {};
    const auto labels = labelsOf(name.substr(0, name.size() - (isV4 ? kV4 : kV6).size()));
    if (labels.size() != (isV4 ? 4U : 32U))
        return {};
    std::string bytes;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        unsigned value = 0;
        const char* const end = label->data() + label->size();
        const auto [stop, failure] = std::from_chars(label->data(), end, value, isV4 ? 10 : 16);
        if (failure != std::errc() || stop != end || value > (isV4 ? 255U : 15U))
            return {};
        const bool isLowHalf = !isV4 && (labels.rend() - label) % 2 == 1;
        if (isLowHalf)
            bytes.back() = static_cast<char>((static_cast<unsigned char>(bytes.back())) | value);
        else
            bytes.push_back(static_cast<char>(isV4 ? value : value << 4));
    }
    return bytes;
}

std::string withId(std::string message, std::uint16_t id)
{
    message[0] = static_cast<char>(id >> 8);
    message[1] = static_cast<char>(id & 0xff);
    return message;
}

std::uint16_t idOf(std::string_view message)
{
    return number(message, 0);
}

} // namespace portlight::names
