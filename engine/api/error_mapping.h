#pragma once

#include "engine/api/http.h"

namespace portlight::api {

/// The one place where an Errc becomes a status code (Engine API, Errors).
int statusOf(Errc code);

/// Docker's error form, {"message": text}; NotModified is a 304 without a body.
Response toResponse(const Error& error);

} // namespace portlight::api
