#include "app/models/columns.h"

#include "app/models/container_model.h"
#include "app/models/image_model.h"
#include "app/models/network_model.h"
#include "app/models/volume_model.h"

#include <QCoreApplication>

namespace portlight::models {

namespace {

struct Columns {
    Q_DECLARE_TR_FUNCTIONS(Columns)
};

constexpr Qt::Alignment kRight = Qt::AlignRight | Qt::AlignVCenter;
constexpr int kFigureLeast = 96; // the figure without the line of its past
constexpr int kTextLeast = 84;
constexpr Qt::Alignment kLeft = Qt::AlignLeft | Qt::AlignVCenter;

} // namespace

ColumnInfo containerColumn(int column)
{
    switch (column) {
    case ContainerModel::NameColumn:
        return { Columns::tr("Name"), {}, Columns::tr("Name, image and id"), 260, kLeft, true,
            true };
    case ContainerModel::StateColumn:
        return { Columns::tr("State"), {}, Columns::tr("What it is doing"), 130, kLeft, false,
            true };
    case ContainerModel::CpuColumn:
        return { Columns::tr("CPU"), QStringLiteral("%"),
            Columns::tr("Processor time; 100 % is one core"), 190, kRight, false, true,
            kFigureLeast };
    case ContainerModel::MemoryColumn:
        return { Columns::tr("Memory"), {}, Columns::tr("Memory without droppable cache"), 190,
            kRight, false, true, kFigureLeast };
    case ContainerModel::NetworkColumn:
        return { Columns::tr("Network"), {}, Columns::tr("Received and sent per second"), 110,
            kRight, false, false };
    case ContainerModel::DiskColumn:
        return { Columns::tr("Disk"), {}, Columns::tr("Read and written per second"), 110, kRight,
            false, false };
    case ContainerModel::ProcessesColumn:
        return { Columns::tr("Processes"), {}, Columns::tr("Processes and threads"), 90, kRight,
            false, false };
    case ContainerModel::PortsColumn:
        return { Columns::tr("Ports"), {}, Columns::tr("Published and exposed ports"), 130, kLeft,
            false, true, kTextLeast };
    case ContainerModel::CreatedColumn:
        return { Columns::tr("Created"), {}, Columns::tr("When it was made"), 120, kLeft, false,
            true };
    default:
        return {};
    }
}

ColumnInfo imageColumn(int column)
{
    switch (column) {
    case ImageModel::NameColumn:
        return { Columns::tr("Name"), {}, Columns::tr("All names of the image"), 300, kLeft, true,
            true };
    case ImageModel::IdColumn:
        return { Columns::tr("Id"), {}, Columns::tr("Digest of its configuration"), 130, kLeft,
            false, true };
    case ImageModel::UsedByColumn:
        return { Columns::tr("Used by"), {}, Columns::tr("Containers made from it"), 120, kLeft,
            false, true };
    case ImageModel::SizeColumn:
        return { Columns::tr("Size"), {}, Columns::tr("Size of its layers, unpacked"), 110, kRight,
            false, true };
    case ImageModel::ArchitectureColumn:
        return { Columns::tr("Architecture"), {}, Columns::tr("Processor it is made for"), 110,
            kLeft, false, false };
    case ImageModel::CreatedColumn:
        return { Columns::tr("Created"), {}, Columns::tr("When it was built"), 130, kLeft, false,
            true };
    default:
        return {};
    }
}

ColumnInfo volumeColumn(int column)
{
    switch (column) {
    case VolumeModel::NameColumn:
        return { Columns::tr("Name"), {}, Columns::tr("Name of the volume"), 300, kLeft, true,
            true };
    case VolumeModel::UsedByColumn:
        return { Columns::tr("Used by"), {}, Columns::tr("Containers that have it mounted"), 220,
            kLeft, false, true, kTextLeast };
    case VolumeModel::SizeColumn:
        return { Columns::tr("Size"), {}, Columns::tr("Size of its files, where it was measured"),
            110, kRight, false, false };
    case VolumeModel::DriverColumn:
        return { Columns::tr("Driver"), {}, Columns::tr("What keeps it"), 100, kLeft, false, true };
    case VolumeModel::MountPointColumn:
        return { Columns::tr("Directory"), {}, Columns::tr("Where its files are on the host"), 260,
            kLeft, false, false };
    case VolumeModel::CreatedColumn:
        return { Columns::tr("Created"), {}, Columns::tr("When it was made"), 130, kLeft, false,
            true };
    default:
        return {};
    }
}

ColumnInfo networkColumn(int column)
{
    switch (column) {
    case NetworkModel::NameColumn:
        return { Columns::tr("Name"), {}, Columns::tr("Name and id"), 260, kLeft, true, true };
    case NetworkModel::MembersColumn:
        return { Columns::tr("Members"), {}, Columns::tr("Containers that are connected to it"),
            200, kLeft, false, true, kTextLeast };
    case NetworkModel::DriverColumn:
        return { Columns::tr("Driver"), {}, Columns::tr("What makes it"), 130, kLeft, false, true };
    case NetworkModel::SubnetColumn:
        return { Columns::tr("Subnet"), {}, Columns::tr("Addresses that it gives"), 170, kLeft,
            false, true };
    case NetworkModel::GatewayColumn:
        return { Columns::tr("Gateway"), {}, Columns::tr("Address of the way out"), 140, kLeft,
            false, false };
    case NetworkModel::CreatedColumn:
        return { Columns::tr("Created"), {}, Columns::tr("When it was made"), 130, kLeft, false,
            true };
    default:
        return {};
    }
}

} // namespace portlight::models
