#include "app/client/types/api_error.h"

namespace portlight::client {

bool ApiError::isUnsupported() const
{
    if (cause != Cause::Refused)
        return false;
    // 404 is ambiguous: Engine API servers answer "page not found" for a call they do not have.
    return status == 501 || status == 405
        || (status == 404 && message.contains(QLatin1String("page not found")));
}

} // namespace portlight::client
