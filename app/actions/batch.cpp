#include "app/actions/batch.h"

#include <memory>

namespace portlight::actions {

namespace {

struct Run {
    Batch batch;
    qsizetype next = 0;
    int underWay = 0;
    ActionSummary summary;
};

void goOn(const std::shared_ptr<Run>& run)
{
    while (run->underWay < run->batch.atOnce && run->next < run->batch.items.size()) {
        const BatchItem item = run->batch.items.at(run->next++);
        ++run->underWay;
        run->batch.begin(item, [run, item](const Batch::Answer& answer) {
            --run->underWay;
            if (answer)
                ++run->summary.succeeded;
            else
                run->summary.failures.append({ item.id, item.name, answer.error() });
            run->batch.answered(item, answer);
            goOn(run);
        });
    }
    if (run->underWay == 0 && run->next == run->batch.items.size())
        run->batch.finished(run->summary);
}

} // namespace

void runBatch(Batch batch)
{
    auto run = std::make_shared<Run>();
    run->batch = std::move(batch);
    goOn(run);
}

} // namespace portlight::actions
