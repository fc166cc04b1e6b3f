#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>

#include <string>
#include <utility>

namespace portlight {

/// What a caller can act on. Only api/error_mapping turns these into HTTP status codes.
enum class Errc {
    InvalidArgument,
    Unauthorized,
    Forbidden,
    NotFound,
    NotModified,
    Conflict,
    NotImplemented,
    Unavailable,
    Cancelled,
    Internal,
};

/// Why something failed: one clear phrase that names the object, the cause and, where known, what
/// helps; lower case, no full stop. `sysErrno` is 0 where no system call was involved.
struct Error {
    Errc code = Errc::Internal;
    std::string message;
    int sysErrno = 0;
};

/// A value or an Error; never both, and never ignored (it is [[nodiscard]]).
template <class T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

inline Error makeError(Errc code, std::string message)
{
    return Error { code, std::move(message), 0 };
}

/// An Error for a failed system call: "<what>: <text of number>". The code follows the number
/// (ENOENT is NotFound, EACCES and EPERM are Forbidden, EEXIST is Conflict, otherwise Internal).
Error errnoError(int number, const std::string& what);

/// The text of an errno value, independent of the locale (strerrordesc_np(3)).
std::string errnoText(int number);

inline auto success()
{
    return boost::outcome_v2::success();
}

/// A copy of @p error whose message starts with "<context>: ".
inline Error withContext(Error error, const std::string& context)
{
    error.message = context + ": " + error.message;
    return error;
}

} // namespace portlight

/// Passes an error up: PL_TRY(auto fd, openFile(path)); or PL_TRY(doIt());
#define PL_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
/// The same inside a coroutine.
#define PL_CO_TRY(...) BOOST_OUTCOME_CO_TRY(__VA_ARGS__)
