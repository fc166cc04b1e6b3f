// What nearly every file of the engine parses, once. Every file still names what it uses: a build
// without PORTLIGHT_PRECOMPILE has to compile, too.
#include "engine/base/async.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>
