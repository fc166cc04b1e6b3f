#pragma once

#include "app/client/types/container_details.h"

#include <QString>

namespace portlight::models {

/// Why a container does not run, for people. Texts are translated.
struct ExitText {
    QString heading; ///< "Ended 7 minutes ago with exit code 137"
    QString reason; ///< what that means and what may help
    bool isFailure = false;
};

/// Of a container that ended or could not be started; both texts are empty for one that runs or
/// never ran.
ExitText exitText(const client::ContainerDetails& details);

/// "SIGKILL" for 9; "signal 70" for those without a name. signal(7).
QString signalName(int number);

} // namespace portlight::models
