# Sourced by tests/run and tests/lint/run: which files are ours.

# sources: every C and C++ file of the tree, one a line, relative to the top.
sources() {
    (cd "$top" && find engine app cli tests resources -type f \
        \( -name '*.h' -o -name '*.cpp' -o -name '*.c' \) | LC_ALL=C sort)
}
