#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The few parts of DNS messages that a name server for containers needs: RFC 1035.
namespace portlight::names {

enum class RecordType : std::uint16_t { A = 1, Ptr = 12, Aaaa = 28 };
enum class ResponseCode : std::uint8_t { NoError = 0, ServerFailure = 2, NoSuchName = 3 };

/// The first question of a query.
struct Question {
    std::uint16_t id = 0;
    std::string name; ///< lower case, without the last dot
    std::uint16_t type = 0;
    bool isInternet = true; ///< class IN
    std::string header; ///< the header's 12 bytes
    std::string section; ///< the question's bytes, to be repeated in the answer
};

/// nullopt for what is no query with one question: too short, an answer, a name with a pointer or
/// over 255 bytes.
std::optional<Question> parseQuestion(std::string_view message);

/// An answer: records are the data of @p type (4 or 16 bytes, or a name in text for PTR).
std::string makeAnswer(const Question& question, ResponseCode code, RecordType type,
    const std::vector<std::string>& records, std::uint32_t ttlSeconds);

/// "4.3.2.1.in-addr.arpa", or its IPv6 kind, as the address's 4 or 16 bytes; empty for other names.
std::string reverseAddress(std::string_view name);

/// @p message with another id.
std::string withId(std::string message, std::uint16_t id);
std::uint16_t idOf(std::string_view message);

} // namespace portlight::names
