#pragma once

#include "app/client/types/container_details.h"
#include "app/views/widgets/facts_card.h"

namespace portlight::views {

/// What the details card lists, in translated words; what is not known is "–".
QList<Fact> containerFacts(const client::ContainerDetails& details);

} // namespace portlight::views
