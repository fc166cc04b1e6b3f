#include "engine/api/error_mapping.h"

namespace portlight::api {

int statusOf(Errc code)
{
    switch (code) {
    case Errc::InvalidArgument:
        return 400;
    case Errc::Unauthorized:
        return 401;
    case Errc::Forbidden:
        return 403;
    case Errc::NotFound:
        return 404;
    case Errc::NotModified:
        return 304;
    case Errc::Conflict:
        return 409;
    case Errc::NotImplemented:
        return 501;
    case Errc::Unavailable:
    case Errc::Cancelled: // somebody still reads this only where the engine is stopping
        return 503;
    case Errc::Internal:
        break;
    }
    return 500;
}

Response toResponse(const Error& error)
{
    const int status = statusOf(error.code);
    if (status == 304)
        return Response::empty(status);
    Json body = { { "message", error.message } };
    return Response::json(body, status);
}

} // namespace portlight::api
