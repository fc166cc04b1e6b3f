#pragma once

#include "engine/base/json.h"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Typed access to optional fields of the specs' JSON; all errors are InvalidArgument and name the
/// key.
namespace portlight::oci {

/// The whole number @p key in the range of @p T; nullopt where it is missing or null.
template <class T> Result<std::optional<T>> numberField(const Json& object, const char* key)
{
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return std::optional<T>();
    const auto wrong = [key] {
        return makeError(Errc::InvalidArgument,
            "field '" + std::string(key) + "' is not a whole number in its range");
    };
    if (member.is_number_unsigned()) {
        const auto value = member.get<std::uint64_t>();
        if (value > static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
            return wrong();
        return std::optional<T>(static_cast<T>(value));
    }
    if (!member.is_number_integer())
        return wrong();
    // Parsed text gives signed values only when they are negative; built values may be signed.
    const auto value = member.get<std::int64_t>();
    if (!std::in_range<T>(value))
        return wrong();
    return std::optional<T>(static_cast<T>(value));
}

/// As numberField, but the field must be there.
template <class T> Result<T> requiredNumber(const Json& object, const char* key)
{
    PL_TRY(const auto value, numberField<T>(object, key));
    if (!value)
        return makeError(Errc::InvalidArgument, "field '" + std::string(key) + "' is missing");
    return *value;
}

/// The string @p key, which must be there and not be empty.
Result<std::string> requiredString(const Json& object, const char* key);
/// An object of strings; missing is empty.
Result<std::map<std::string, std::string>> stringMapField(const Json& object, const char* key);

/// Reads each element of the list @p key with @p read; missing is empty.
template <class T>
Result<std::vector<T>> listField(
    const Json& object, const char* key, Result<T> (*read)(const Json&))
{
    std::vector<T> items;
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return items;
    if (!member.is_array())
        return makeError(Errc::InvalidArgument, "field '" + std::string(key) + "' is not a list");
    for (const Json& element : member) {
        auto item = read(element);
        if (!item)
            return withContext(item.error(), key);
        items.push_back(std::move(item).value());
    }
    return items;
}

/// The member @p key, which must be an object or missing (then null).
Result<const Json*> objectField(const Json& object, const char* key);

} // namespace portlight::oci
