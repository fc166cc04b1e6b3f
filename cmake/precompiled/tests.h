// What nearly every test parses, once (see engine.h).
#include "engine/base/json.h"
#include "engine/base/result.h"

#include <QtTest>

#include <memory>
#include <string>
