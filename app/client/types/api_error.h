#pragma once

#include <QMetaType>
#include <QString>

namespace portlight::client {

/// Why a call to the engine gave no value. A value; the texts are the engine's own words or plain
/// English of this program, meant as detail under a translated title.
struct ApiError {
    /// What a caller can act on.
    enum class Cause {
        Refused, ///< the engine answered with a status outside 200–399
        Unreachable, ///< no engine at the socket, or it went away before it answered
        Protocol, ///< an answer that is not HTTP, not the JSON we know, or was cut short
        LocalFile, ///< a file of this machine could not be read or written
        Cancelled, ///< given up by the user
    };

    Cause cause = Cause::Refused;
    int status = 0; ///< HTTP status, 0 when there was none
    QString message; ///< one sentence without full stop, never empty

    bool isNotFound() const { return cause == Cause::Refused && status == 404; }
    bool isConflict() const { return cause == Cause::Refused && status == 409; }
    /// The engine does not know the call at all, in contrast to an object that it does not have.
    bool isUnsupported() const;

    bool operator==(const ApiError&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::ApiError)
