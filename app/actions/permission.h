#pragma once

#include "app/client/types/api_error.h"

#include <QList>
#include <QMetaType>
#include <QString>

namespace portlight::actions {

/// Whether an action may be offered now. Texts are translated.
struct Permission {
    bool isAllowed = false;
    QString reason; ///< tooltip of the disabled action; empty when allowed
};

/// What the user must agree to before an action.
struct Confirmation {
    bool isNeeded = false;
    QString title; ///< with object and count: "Delete 3 containers?"
    QString lost; ///< what is gone for good
    QString kept; ///< what stays all the same; may be empty
    QString
        warning; ///< what happens besides, such as a running container being killed; may be empty
    QString details; ///< the objects, a line each
    QString button; ///< the verb: "Delete"
};

/// What became of one object.
struct ActionFailure {
    QString id;
    QString name;
    client::ApiError error;
};

/// What became of an action on a selection, when the last answer has come.
struct ActionSummary {
    QString text; ///< "7 stopped, 1 failed", translated
    int succeeded = 0;
    QList<ActionFailure> failures;
};

} // namespace portlight::actions

Q_DECLARE_METATYPE(portlight::actions::ActionSummary)
