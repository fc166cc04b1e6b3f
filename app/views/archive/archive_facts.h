#pragma once

#include "app/client/types/archive_report.h"
#include "app/views/widgets/facts_card.h"

namespace portlight::views {

QList<Fact> archivedImageFacts(const client::ArchivedImage& image);
QList<Fact> archivedLayerFacts(const client::ArchivedLayer& layer);
/// "Docker archive", "OCI archive, zstd".
QString archiveFormatText(const client::ArchiveReport& report);

} // namespace portlight::views
