#pragma once

#include "app/actions/permission.h"

#include <functional>

class QObject;
class QWidget;

namespace portlight::shell {

/// Runs @p action at once, or after the user agreed to @p confirmation in a dialog over @p window.
/// Nothing happens any more once @p context is gone.
void confirmThen(const actions::Confirmation& confirmation, QWidget& window, QObject* context,
    std::function<void()> action);

/// What became of an action: one text, and the failures a line each (empty where all went well).
QString failureLines(const actions::ActionSummary& summary);

} // namespace portlight::shell
