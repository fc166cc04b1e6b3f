#pragma once

#include "app/actions/permission.h"
#include "app/client/types/expected.h"

#include <QList>

#include <functional>

namespace portlight::actions {

struct BatchItem {
    QString id;
    QString name; ///< for the summary, as it was called when the batch began
};

/// One thing that is done to many objects.
struct Batch {
    using Answer = client::Expected<client::Done>;

    QList<BatchItem> items;
    int atOnce = 8;
    /// Begins it for one object and calls back once.
    std::function<void(const BatchItem&, std::function<void(const Answer&)>)> begin;
    /// The answer for one object is there.
    std::function<void(const BatchItem&, const Answer&)> answered;
    /// All answers are there; the summary's text is still to be written.
    std::function<void(const ActionSummary&)> finished;
};

/// Runs @p batch, a few objects at a time; `finished` comes also for an empty one. It ends without
/// a word when the calls that `begin` makes are never answered (their client is gone).
void runBatch(Batch batch);

} // namespace portlight::actions
