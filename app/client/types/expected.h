#pragma once

#include "app/client/types/api_error.h"

#include <utility>
#include <variant>

namespace portlight::client {

/// The value of a call that has none, such as "stopped".
struct Done {
    bool operator==(const Done&) const = default;
};

/// What a call to the engine gave: a @p T or the reason why there is none.
template <typename T> class [[nodiscard]] Expected {
public:
    Expected(T value)
        : m_content(std::in_place_index<0>, std::move(value))
    {
    }
    Expected(ApiError error)
        : m_content(std::in_place_index<1>, std::move(error))
    {
    }

    bool hasValue() const { return m_content.index() == 0; }
    explicit operator bool() const { return hasValue(); }
    /// Only when hasValue().
    const T& value() const& { return *std::get_if<0>(&m_content); }
    T&& value() && { return std::move(*std::get_if<0>(&m_content)); }
    const T& operator*() const& { return value(); }
    const T* operator->() const { return &value(); }
    /// Only when not hasValue().
    const ApiError& error() const { return *std::get_if<1>(&m_content); }

private:
    std::variant<T, ApiError> m_content;
};

} // namespace portlight::client
