#include "engine/base/result.h"

#include <cerrno>
#include <cstring>

namespace portlight {

namespace {

Errc codeOf(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return Errc::NotFound;
    case EACCES:
    case EPERM:
        return Errc::Forbidden;
    case EEXIST:
    case EBUSY:
        return Errc::Conflict;
    case EINVAL:
    case ENAMETOOLONG:
        return Errc::InvalidArgument;
    case ECANCELED:
        return Errc::Cancelled;
    default:
        return Errc::Internal;
    }
}

} // namespace

std::string errnoText(int number)
{
    if (const char* text = ::strerrordesc_np(number)) {
        std::string lower(text);
        // "No such file…" reads on after a colon; acronyms such as "RPC" stay.
        if (lower.size() > 1 && lower[0] >= 'A' && lower[0] <= 'Z' && lower[1] >= 'a')
            lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
        return lower;
    }
    return "error " + std::to_string(number);
}

Error errnoError(int number, const std::string& what)
{
    return Error { codeOf(number), what + ": " + errnoText(number), number };
}

} // namespace portlight
