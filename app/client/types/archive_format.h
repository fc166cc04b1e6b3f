#pragma once

#include <QMetaType>

namespace portlight::client {

/// Forms of an image archive that can be written. Auto leaves it to the engine (Docker's form).
enum class ArchiveFormat { Auto, Docker, Oci };

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::ArchiveFormat)
