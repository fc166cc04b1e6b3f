#include "app/client/types/container_summary.h"

#include <array>
#include <utility>

namespace portlight::client {

ContainerState containerStateFromApi(const QString& word)
{
    static constexpr std::array<std::pair<QLatin1String, ContainerState>, 7> kWords { {
        { QLatin1String("created"), ContainerState::Created },
        { QLatin1String("running"), ContainerState::Running },
        { QLatin1String("paused"), ContainerState::Paused },
        { QLatin1String("restarting"), ContainerState::Restarting },
        { QLatin1String("removing"), ContainerState::Removing },
        { QLatin1String("exited"), ContainerState::Exited },
        { QLatin1String("dead"), ContainerState::Dead },
    } };
    for (const auto& [text, state] : kWords)
        if (word == text)
            return state;
    return ContainerState::Unknown;
}

} // namespace portlight::client
