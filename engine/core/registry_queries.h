#pragma once

#include "engine/core/registry_service.h"

/// What RegistryService asks registries besides images; blocking.
namespace portlight::core {

/// An identity token, or "" where the registry gives none. Errors: Unauthorized, Unavailable.
Result<std::string> tryLogin(image::HttpClient& http, const image::RegistrySettings& settings,
    const image::RegistryCredentials& credentials);

/// Errors: InvalidArgument for an empty term; Unavailable.
Result<std::vector<SearchResult>> searchRegistry(image::HttpClient& http,
    const image::RegistrySettings& settings, const std::string& term, std::size_t limit,
    const image::RegistryCredentials& credentials);

/// Errors: as RegistryClient::manifest().
Result<DistributionInfo> distributionInfo(image::HttpClient& http,
    const image::RegistrySettings& settings, const oci::Reference& name,
    const image::RegistryCredentials& credentials);

/// For each blob of @p all the repositories of @p target's registry, other than its own, that have
/// it: they go by that name here, or came from there.
std::map<std::string, std::vector<std::string>> mountSources(
    const std::vector<image::StoredImage>& all, const oci::Reference& target);

} // namespace portlight::core
