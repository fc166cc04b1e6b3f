#pragma once

#include "app/client/types/create_container_request.h"

#include <QString>

namespace portlight::actions {

/// The docker command that makes and starts the same container, quoted for a POSIX shell. Where no
/// image is chosen yet it says IMAGE.
QString dockerRunCommand(const client::CreateContainerRequest& request);

/// Splits what a person types as a command as a POSIX shell would split it into words: single and
/// double quotes, backslash; no expansion. nullopt for an unfinished quote.
std::optional<QStringList> splitCommand(const QString& text);

/// Lines `NAME=value` as pasted, for example from an env file: empty lines and comments are
/// skipped, `export ` and quotes around the value are taken off.
struct EnvironmentText {
    QStringList entries;
    QString badLine; ///< the first line that is no such thing, empty: all are
};
EnvironmentText parseEnvironment(const QString& text);

/// Whether the engine takes @p name: a letter or digit, then at least one of those or "_.-".
bool isValidContainerName(const QString& name);

} // namespace portlight::actions
