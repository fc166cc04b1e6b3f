#pragma once

#include "app/actions/permission.h"
#include "app/views/dialogs/dialog.h"

namespace portlight::views {

/// Asks before something is lost: what, what stays, and a button that names the verb. Cancel is the
/// default.
class ConfirmDialog : public Dialog {
    Q_OBJECT

public:
    ConfirmDialog(const actions::Confirmation& confirmation, QWidget* parent);

protected:
    // A question keeps the words it was asked in.
    void retranslate() override { }
};

} // namespace portlight::views
